"""Graphs whose images are NCHW. TensorFlow's kernels on the CPU are NHWC: XLA gives the truth."""

import tensorflow as tf

from .registry import constant, floats, graph

_NCHW = {"data_format": "NCHW"}


def _conv(x, name, filters, strides=1, padding="SAME", dilations=1):
    kernel = constant(name, 3, 3, x.shape[1], filters) * 0.4
    y = tf.nn.conv2d(x, kernel, strides, padding, dilations=dilations, **_NCHW)
    return tf.nn.bias_add(y, constant(f"{name} bias", filters), **_NCHW)


def _norm(x, name):
    c = x.shape[1]
    y, _, _ = tf.compat.v1.nn.fused_batch_norm(
        x, constant(f"{name} gamma", c, low=0.5, high=1.5), constant(f"{name} beta", c),
        constant(f"{name} mean", c), constant(f"{name} variance", c, low=0.5, high=2.0),
        is_training=False, **_NCHW,
    )  # fmt: skip
    return y


@graph(x=floats("batch", 3, 24, 28), xla=True)
def nchw_residual_network(x):
    x = tf.nn.relu(_norm(_conv(x, "nchw stem", 8, strides=2), "nchw stem"))
    x = tf.nn.max_pool2d(x, 3, 2, "SAME", **_NCHW)
    for i in range(2):
        y = tf.nn.relu(_norm(_conv(x, f"nchw {i}a", 8), f"nchw {i}a"))
        x = tf.nn.relu(x + _norm(_conv(y, f"nchw {i}b", 8), f"nchw {i}b"))
    x = tf.reduce_mean(x, [2, 3])
    return {"scores": tf.matmul(x, constant("nchw head", 8, 5))}


@graph(x=floats("batch", 4, 16, 20), xla=True)
def nchw_many_ops(x):
    y = _conv(x, "nchw many", 8)
    depthwise = tf.nn.depthwise_conv2d(
        y, constant("nchw depthwise", 3, 3, 8, 1), [1, 1, 2, 2], "SAME", **_NCHW
    )
    return {
        "padded": _conv(tf.pad(x, [[0, 0], [0, 0], [1, 1], [2, 0]]), "nchw pad", 6, padding="VALID"),
        "dilated": _conv(x, "nchw dilated", 4, dilations=2),
        "depthwise": depthwise,
        "average": tf.nn.avg_pool2d(y, 2, 2, "VALID", **_NCHW),
        "concat": tf.concat([y, x], 1),
        "scaled": y * constant("nchw scale", 8, 1, 1),
        "softmax": tf.nn.softmax(y, 1),
        "space": tf.nn.space_to_depth(y, 2, **_NCHW),
        "flat": tf.reshape(depthwise, [-1, 8 * 8 * 10]),
    }


@graph(x=floats("batch", 6, 8, 10), xla=True)
def nchw_decoder(x):
    batch = tf.shape(x)[0]
    y = tf.nn.conv2d_transpose(
        x, constant("nchw up", 3, 3, 4, 6) * 0.3, tf.stack([batch, 4, 16, 20]), 2, "SAME", **_NCHW
    )
    y = tf.nn.leaky_relu(tf.nn.bias_add(y, constant("nchw up bias", 4), **_NCHW), 0.1)
    mean, variance = tf.nn.moments(y, [2, 3], keepdims=True)
    y = (y - mean) * tf.math.rsqrt(variance + 1e-3) * constant("nchw instance", 4, 1, 1)
    skip = tf.transpose(tf.image.resize(tf.transpose(x, [0, 2, 3, 1]), [16, 20]), [0, 3, 1, 2])
    return {"image": _conv(tf.concat([y, skip], 1), "nchw out", 3)}


@graph(x=floats("batch", 12, 12, 3), xla=True)
def nchw_core_in_nhwc_graph(x):
    y = tf.transpose(x, [0, 3, 1, 2])
    y = tf.nn.relu(_norm(_conv(y, "nchw core", 6), "nchw core"))
    y = _conv(y, "nchw core 2", 4)
    return {"y": tf.transpose(y, [0, 2, 3, 1]), "kept": tf.reduce_max(y, 1)}
