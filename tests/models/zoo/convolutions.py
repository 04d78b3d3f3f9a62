"""Convolutions of every kind: separable, dilated, grouped, transposed, in 1-D to 3-D."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, images, model
from .weights import randomise


def _network(name, inputs, outputs):
    network = keras.Model(inputs, outputs, name=name)
    shape = [4, *(axis or 24 for axis in inputs.shape[1:])]
    return randomise(network, floats(*shape).sample(name))


@model(x=images("batch", 32, 40, 4))
def separable_blocks():
    inputs = x = keras.Input((32, 40, 4), name="x")
    for i, (filters, strides) in enumerate(((8, 1), (12, 2), (16, 2))):
        x = layers.SeparableConv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation(("relu", "relu6", "swish")[i])(x)
    return _network("separable_blocks", inputs, layers.DepthwiseConv2D(5, padding="valid")(x))


@model(x=images("batch", 30, 30, 3))
def depthwise_with_multiplier():
    inputs = x = keras.Input((30, 30, 3), name="x")
    x = layers.DepthwiseConv2D(3, depth_multiplier=4, padding="same")(x)
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="valid", activation="relu6")(x)
    x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="valid")(x)
    return _network("depthwise_with_multiplier", inputs, x)


@model(x=images("batch", 33, 33, 4))
def dilated_convolutions():
    inputs = x = keras.Input((33, 33, 4), name="x")
    for rate in (2, 3):
        x = layers.Conv2D(8, 3, dilation_rate=rate, padding="same", activation="relu")(x)
    x = layers.Conv2D(8, 3, dilation_rate=(2, 1), padding="valid")(x)
    x = layers.DepthwiseConv2D(3, dilation_rate=2, padding="same")(x)
    return _network("dilated_convolutions", inputs, layers.BatchNormalization()(x))


@model(x=images("batch", 24, 24, 8))
def grouped_convolutions():
    inputs = x = keras.Input((24, 24, 8), name="x")
    x = layers.Conv2D(16, 3, groups=4, padding="same", activation="relu")(x)
    x = layers.Conv2D(16, 3, groups=2, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return _network("grouped_convolutions", inputs, layers.Conv2D(6, 1, groups=2)(x))


@model(x=images("batch", 12, 10, 6))
def transposed_convolutions():
    inputs = x = keras.Input((12, 10, 6), name="x")
    x = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(6, 4, strides=2, padding="valid", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Conv2DTranspose(4, (3, 2), strides=(1, 2), padding="valid")(x)
    return _network("transposed_convolutions", inputs, x)


@model(
    x=images("batch", "height", "width", 3),
    sizes={"height": (24, 33, 40), "width": (32, 24, 57)},
)
def fully_convolutional_free_size():
    inputs = x = keras.Input((None, None, 3), name="x")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    y = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    x = layers.Concatenate()([layers.Conv2D(8, 3, padding="same")(x), y])
    x = layers.AveragePooling2D(2, padding="same")(x)
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    scores = layers.Conv2D(5, 1)(x)
    outputs = {"map": scores, "mean": layers.GlobalAveragePooling2D()(scores)}
    return _network("fully_convolutional_free_size", inputs, outputs)


@model(
    x=images("batch", "height", "width", 4),
    sizes={"height": (16, 21, 30), "width": (17, 20, 33)},
)
def free_size_transposed_and_dilated():
    inputs = x = keras.Input((None, None, 4), name="x")
    x = layers.Conv2D(8, 3, dilation_rate=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(6, 3, strides=2, padding="same")(x)
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    return _network("free_size_transposed_and_dilated", inputs, x)


@graph(x=floats("batch", 20, 22, 3))
def convolutions_with_explicit_pads(x):
    kernel = constant("explicit", 3, 3, 3, 5)
    deep = constant("explicit deep", 3, 3, 3, 2)
    pads = [[0, 0], [1, 2], [0, 3], [0, 0]]
    return {
        "conv": tf.nn.conv2d(x, kernel, [1, 2, 2, 1], pads),
        "dilated": tf.nn.conv2d(x, kernel, 1, pads, dilations=2),
        "padded": tf.nn.conv2d(tf.pad(x, pads), kernel, 2, "VALID"),
        "depthwise": tf.nn.depthwise_conv2d(x, deep, [1, 1, 1, 1], pads),
        "atrous": tf.nn.atrous_conv2d(x, kernel, 3, "SAME"),
        "dilated_depthwise": tf.nn.depthwise_conv2d(x, deep, [1, 1, 1, 1], "SAME", dilations=[3, 2]),
    }


@graph(x=floats("batch", 15, 17, 4))
def space_batch_convolutions(x):
    """Dilation as older networks write it, and blocks between depth and space."""
    kernel = constant("space batch", 3, 3, 4, 6)
    crops = [[0, 1], [0, 1]]
    y = tf.space_to_batch(x, [2, 2], [[2, 3], [2, 3]])
    y = tf.nn.conv2d(y, kernel, 1, "VALID")
    blocks = tf.nn.space_to_depth(tf.pad(x, [[0, 0], [0, 1], [0, 1], [0, 0]]), 2)
    return {
        "dilated": tf.batch_to_space(y, [2, 2], crops),
        "space_to_depth": blocks,
        "depth_to_space": tf.nn.depth_to_space(tf.nn.conv2d(blocks, constant("dts", 1, 1, 16, 8), 1, "SAME"), 2),
    }


@graph(x=floats("batch", 14, 12, 5), kernel=floats(3, 3, 5, 4))
def convolution_with_computed_kernel(x, kernel):
    return {
        "conv": tf.nn.conv2d(x, kernel * 0.5, 1, "SAME") + constant("computed bias", 4),
        "transposed": tf.nn.conv2d_transpose(
            x, tf.transpose(kernel, [0, 1, 3, 2]), [tf.shape(x)[0], 28, 24, 4], 2
        ),
    }


@graph(x=floats("batch", 16, 18, 6))
def pooling_of_all_kinds(x):
    x = x * constant("pooling", 6, low=0.5, high=1.5)
    return {
        "max_same": tf.nn.max_pool2d(x, 3, 2, "SAME"),
        "max_valid": tf.nn.max_pool2d(x, [2, 3], [1, 2], "VALID"),
        "average_same": tf.nn.avg_pool2d(x, 3, 2, "SAME"),
        "average_valid": tf.nn.avg_pool2d(x, 2, 2, "VALID"),
        "max_1d": tf.nn.max_pool1d(x[:, 0], 3, 2, "SAME"),
        "average_1d": tf.nn.avg_pool1d(x[:, 0], 2, 2, "VALID"),
        "global": tf.reduce_mean(x, [1, 2]),
        "global_kept": tf.reduce_max(x, [1, 2], keepdims=True),
    }
