"""What the GPU delegate takes: a model for each operator, with what it takes and what it does not.

The verdicts were compared with those that the Analyzer of TensorFlow 2.12 gives of the same files. That of 2.21 calls
everything compatible, so it cannot be asked here.
"""

import numpy as np
import pytest
import tensorflow as tf

import litecast

f32, f16, i8, i32, i64, truth = tf.float32, tf.float16, tf.int8, tf.int32, tf.int64, tf.bool
IMAGE = ([1, 4, 4, 2], f32)
ROWS = ([2, 3], f32)
weights = np.random.default_rng(0)


def random(*shape):
    return weights.normal(size=shape).astype(np.float32)


def compiled(function, *inputs):
    specs = [tf.TensorSpec(shape, dtype, f"x{i}") for i, (shape, dtype) in enumerate(inputs)]
    return tf.function(function, input_signature=specs)


# name: function, inputs.
TAKEN = {
    "abs": (tf.abs, ROWS),
    "add": (lambda x: x + random(2, 3), ROWS),
    "add ranks": (lambda x, y: x + y, ([2, 4, 3], f32), ([4, 3], f32)),
    "add_n": (lambda x, y: tf.add_n([x, y]), ROWS, ROWS),
    "average_pool_2d": (lambda x: tf.nn.avg_pool2d(x, 2, 2, "SAME"), IMAGE),
    "batch_matmul": (tf.matmul, ([2, 3, 4], f32), ([2, 4, 3], f32)),
    "cast": (lambda x: tf.cast(x, i32), ROWS),
    "cast of bool": (lambda x: tf.cast(x, f32), ([2], truth)),
    "concatenation": (lambda x: tf.concat([x, x + 1.0], 0), ROWS),
    "conv_2d": (lambda x: tf.nn.conv2d(x, random(3, 3, 2, 4), 1, "SAME"), IMAGE),
    "conv_2d of a free batch": (
        lambda x: tf.nn.conv2d(x, random(3, 3, 2, 4), 1, "SAME"),
        ([None, 4, 4, 2], f32),
    ),
    "conv_2d with a filter": (lambda x, w: tf.nn.conv2d(x, w, 1, "SAME"), IMAGE, ([3, 3, 2, 4], f32)),
    "cos": (tf.cos, ROWS),
    "cumsum": (lambda x: tf.cumsum(x, 1), ROWS),
    "depthwise_conv_2d": (
        lambda x: tf.nn.depthwise_conv2d(x, random(3, 3, 2, 1), [1, 1, 1, 1], "SAME"),
        IMAGE,
    ),
    "depth_to_space": (lambda x: tf.nn.depth_to_space(x, 2), ([1, 4, 4, 8], f32)),
    "div": (lambda x, y: x / y, ROWS, ROWS),
    "elu": (tf.nn.elu, ROWS),
    "equal": (tf.equal, ROWS, ROWS),
    "exp": (tf.exp, ROWS),
    "floor": (tf.floor, ROWS),
    "floor_div": (lambda x, y: x // y, ROWS, ROWS),
    "floor_mod": (lambda x, y: x % y, ROWS, ROWS),
    "fully_connected": (lambda x: tf.matmul(x, random(3, 5)) + random(5), ROWS),
    "gather": (lambda x, i: tf.gather(x, i), ROWS, ([4], i32)),
    "greater": (tf.greater, ROWS, ROWS),
    "hard_swish": (lambda x: x * tf.nn.relu6(x + 3.0) / 6.0, IMAGE),
    "leaky_relu": (tf.nn.leaky_relu, ROWS),
    "log": (tf.math.log, ROWS),
    "logical_and": (tf.logical_and, ([2], truth), ([2], truth)),
    "logistic": (tf.sigmoid, ROWS),
    "max_pool_2d": (lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"), IMAGE),
    "maximum": (tf.maximum, ROWS, ROWS),
    "mean": (lambda x: tf.reduce_mean(x, [1, 2]), IMAGE),
    "mirror_pad": (lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT"), IMAGE),
    "mul": (lambda x, y: x * y, ([2, 4, 3], f32), ([4, 3], f32)),
    "neg": (tf.negative, ROWS),
    "one_hot": (lambda i: tf.one_hot(i, 5), ([4], i32)),
    "pack": (lambda x, y: tf.stack([x, y]), ROWS, ROWS),
    "pad": (lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), IMAGE),
    "pow": (tf.pow, ROWS, ROWS),
    "prelu": (lambda x: tf.maximum(x, 0.0) + random(2) * tf.minimum(x, 0.0), IMAGE),
    "reduce_max": (lambda x: tf.reduce_max(x, 1), ROWS),
    "relu": (tf.nn.relu, ROWS),
    "relu6": (tf.nn.relu6, ROWS),
    "reshape": (lambda x: tf.reshape(x, [3, 2]), ROWS),
    "resize_bilinear": (lambda x: tf.image.resize(x, [8, 8]), IMAGE),
    "resize_nearest_neighbor": (lambda x: tf.image.resize(x, [8, 8], "nearest"), IMAGE),
    "rsqrt": (tf.math.rsqrt, ROWS),
    "sin": (tf.sin, ROWS),
    "slice": (lambda x: tf.slice(x, [0, 1, 1, 0], [1, 2, 2, 2]), IMAGE),
    "softmax": (tf.nn.softmax, ROWS),
    "space_to_depth": (lambda x: tf.nn.space_to_depth(x, 2), IMAGE),
    "split": (lambda x: tf.split(x, 2, 3), IMAGE),
    "sqrt": (tf.sqrt, ROWS),
    "square": (tf.square, ROWS),
    "squared_difference": (tf.math.squared_difference, ROWS, ROWS),
    "strided_slice": (lambda x: x[:, ::2, ::2, :], IMAGE),
    "sub": (lambda x, y: x - y, ROWS, ROWS),
    "sum": (lambda x: tf.reduce_sum(x, 1), ROWS),
    "tanh": (tf.tanh, ROWS),
    "tile": (lambda x: tf.tile(x, [2, 1]), ROWS),
    "transpose": (tf.transpose, ROWS),
    "transpose_conv": (lambda x: tf.nn.conv2d_transpose(x, random(3, 3, 4, 2), [1, 8, 8, 4], 2), IMAGE),
}

# What TensorFlow 2.12's check does not have yet and the delegate does.
TAKEN_LATER = {
    "atan2": (tf.atan2, ROWS, ROWS),
    "bitcast": (lambda x: tf.bitcast(x, i32), ROWS),
    "ceil": (tf.math.ceil, ROWS),
    "gather of int32": (lambda x: tf.gather(x, [1, 0]), ([2, 3], i32)),
    "logical_not": (tf.logical_not, ([2], truth)),
    "logical_or": (tf.logical_or, ([2], truth), ([2], truth)),
    "mul of a row and a column": (lambda x, y: x * y, ([1, 4], f32), ([3, 1], f32)),
    "padv2": (lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=2.0), IMAGE),
    "reduce_all": (lambda x: tf.reduce_all(x, 1), ([2, 3], truth)),
    "reverse_v2": (lambda x: tf.reverse(x, [1]), ROWS),
    "round": (tf.round, ROWS),
    "select": (lambda c, x, y: tf.where(c, x, y), ([2, 3], truth), ROWS, ROWS),
    "topk_v2": (lambda x: tf.math.top_k(x, 2), ROWS),
}

# name: the operator, words of the reason, function, inputs.
REFUSED = {
    "other types": ("CAST", "float32 to int64", lambda x: tf.cast(x, i64), ROWS),
    "cast of int8": ("CAST", "int8 to float32", lambda x: tf.cast(x, f32), ([2], i8)),
    "add_n of three": ("ADD_N", "2 operands, not 3", lambda x, y, z: tf.add_n([x, y, z]), ROWS, ROWS, ROWS),
    "cumsum of int32": ("CUMSUM", "float32 and float16, not int32", tf.cumsum, ([2, 3], i32)),
    "gather of a matrix": ("GATHER", "not of rank 2", lambda i: tf.gather(random(5, 3), i), ([2, 2], i32)),
    "mirror_pad with the border": (
        "MIRROR_PAD", "without the border",
        lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC"), IMAGE),
    "one_hot of integers": ("ONE_HOT", "numbers of float32", lambda i: tf.one_hot(i, 5, dtype=i32), ([4], i32)),
    "one_hot of a matrix": ("ONE_HOT", "not [2,4]", lambda i: tf.one_hot(i, 5), ([2, 4], i32)),
    "pad of a matrix": ("PAD", "paddings of [2,2]", lambda x: tf.pad(x, [[1, 1], [0, 0]]), ROWS),
    "reduction along computed axes": ("SUM", "computed, not 2", lambda x, n: tf.reduce_sum(x, n), ROWS, ([1], i32)),
    "select of rows": (
        "SELECT_V2", "result's sizes [2,3]", lambda c, x, y: tf.where(c, x, y), ([2, 1], truth), ROWS, ([3], f32)),
    "slice of a matrix": ("SLICE", "rank 3 and 4, not 2", lambda x: tf.slice(x, [0, 1], [2, 2]), ROWS),
    "strided_slice of a matrix": ("STRIDED_SLICE", "rank 3 and 4, not 2", lambda x: x[:, ::2], ROWS),
    "strided_slice that drops an axis": ("STRIDED_SLICE", "drops an axis", lambda x: x[:, ::2, 1, :], IMAGE),
    "shape": ("SHAPE", "does not have it", lambda x: tf.shape(x), ([None, 3], f32)),
    "segment_sum": ("SEGMENT_SUM", "does not have it",
                         lambda x: tf.math.segment_sum(x, [0, 1]), ROWS),
    "arg_max": ("ARG_MAX", "does not have it", lambda x: tf.argmax(x, 1, i32), ROWS),
}  # fmt: skip


@pytest.mark.parametrize("name", [*TAKEN, *TAKEN_LATER])
def test_takes(name):
    function, *inputs = (TAKEN | TAKEN_LATER)[name]
    model = compiled(function, *inputs)
    checked = litecast.convert(model, supported_backends=["gpu"])
    assert bytes(checked) == bytes(litecast.convert(model))


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name, tmp_path):
    op, words, function, *inputs = REFUSED[name]
    model = compiled(function, *inputs)
    litecast.convert(model)
    target = tmp_path / "model.tflite"
    with pytest.raises(litecast.ConversionError) as caught:
        litecast.convert(model, target, supported_backends=["gpu"])
    found = {diagnostic.op: diagnostic for diagnostic in caught.value.diagnostics}
    assert words in found[op].reason and "GPU" in found[op].reason
    assert "without supported_backends" in found[op].remedy
    assert found[op].places and list(tmp_path.iterdir()) == []


def test_all_that_is_refused_is_named():
    def function(x):
        y = tf.argmax(tf.cast(x, tf.int8), 1)
        return tf.while_loop(
            lambda n, v: n < y[0], lambda n, v: (n + 1, tf.cumsum(v)), (tf.constant(0, i64), x)
        )[1]

    with pytest.raises(litecast.ConversionError) as caught:
        litecast.convert(compiled(function, ROWS), supported_backends=["gpu"])
    ops = {diagnostic.op for diagnostic in caught.value.diagnostics}
    assert {"CAST", "ARG_MAX", "WHILE"} <= ops


@pytest.mark.parametrize("value", ["gpu", ["npu"], [1], 3])
def test_what_is_no_list_of_backends(value):
    with pytest.raises((litecast.UsageError, TypeError), match="supported_backends"):
        litecast.convert(compiled(tf.abs, ROWS), supported_backends=value)
