"""Files of StableHLO operators: verified, compiled and run by XLA, beside the answers of TensorFlow.

The reference's files are read by the same means, where it can write one.
"""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError

import litecast
import models
import stablehlo_text
from litecast import tflite


def f32(*shape):
    return tf.TensorSpec(shape, tf.float32)


def i32(*shape):
    return tf.TensorSpec(shape, tf.int32)


def weights(*shape):
    return tf.constant(np.random.default_rng(len(shape)).normal(size=shape).astype(np.float32))


def several(*results):
    return {f"y{i}": result for i, result in enumerate(results)}


def converter_of(lite, function, *specs):
    module = tf.Module()
    names = "abc"
    specs = [tf.TensorSpec(s.shape, s.dtype, names[i]) for i, s in enumerate(specs)]
    concrete = tf.function(function, input_signature=specs).get_concrete_function()
    converter = lite.TFLiteConverter.from_concrete_functions([concrete], module)
    converter.target_spec.supported_ops = [lite.OpsSet.EXPERIMENTAL_STABLEHLO_OPS]
    return converter


def values_of(spec, seed):
    numbers = np.random.default_rng(seed)
    if spec.dtype == tf.int32:
        return np.asarray(numbers.integers(0, 2, size=spec.shape), np.int32)
    return np.asarray(numbers.normal(size=spec.shape) * 2, np.float32)


def check(lite, function, *specs):
    data = converter_of(lite, function, *specs).convert()
    graphs = stablehlo_text.operators(data)
    assert all(name.startswith("STABLEHLO_") for graph in graphs for name in graph), graphs
    for seed in range(3):
        inputs = {name: values_of(spec, seed) for name, spec in zip("abc", specs)}
        expected = function(*map(tf.constant, inputs.values()))
        got = stablehlo_text.run(data, **inputs)
        assert got.keys() == expected.keys()
        for name, value in expected.items():
            assert got[name].dtype == value.dtype and got[name].shape == value.shape
            np.testing.assert_allclose(got[name], value, rtol=1e-5, atol=1e-5, err_msg=name)
    return graphs


def _loop_over(x):
    return tf.while_loop(
        lambda i, x: tf.reduce_sum(x) < 100.0,
        lambda i, x: (i + 1, x * x + 1.0 + tf.cast(i, tf.float32)),
        (tf.constant(0), x),
    )


def _masked(x, y):
    return several(
        x < y,
        x <= y,
        tf.equal(x, y),
        tf.not_equal(x, y),
        tf.where(x > y, x, 2.0 * y),
        tf.logical_and(x > y, x > 1.0),
        tf.logical_or(x > y, x >= 1.0),
    )


# What the reference expresses too.
BOTH = {
    "broadcast": (lambda x, y: several(x + y, x * 2.0 - 1.0), f32(2, 3), f32(3)),
    "binary": (
        lambda x, y: several(
            x - y,
            x / y,
            tf.maximum(x, y),
            tf.minimum(x, y),
            tf.pow(tf.abs(x), y),
            tf.math.floormod(x, y),
            tf.math.floordiv(x, y),
            tf.math.squared_difference(x, y),
        ),
        f32(2, 3),
        f32(2, 3),
    ),
    "integers": (
        lambda x, y: several(tf.math.floordiv(5 * x - 3, 5 * y - 2), tf.math.floormod(5 * x - 3, 5 * y - 2)),
        i32(20),
        i32(20),
    ),
    "comparisons": (_masked, f32(2, 3), f32(2, 3)),
    "unary": (
        lambda x: several(
            tf.abs(x),
            tf.exp(x),
            tf.math.log(tf.abs(x) + 0.25),
            tf.math.rsqrt(x * x + 1.0),
            tf.cos(x),
            tf.floor(x),
            -x,
            tf.sigmoid(x),
            tf.tanh(x),
            tf.square(x),
        ),
        f32(2, 3),
    ),
    "activations": (
        lambda x: several(tf.nn.relu(x), tf.nn.relu6(x * 4.0), tf.nn.leaky_relu(x), tf.nn.gelu(x)),
        f32(4, 16),
    ),
    "casts": (
        lambda x: several(tf.cast(x, tf.int32), tf.cast(x > 0.0, tf.float32), tf.cast(x, tf.int64)),
        f32(2, 3),
    ),
    "dense": (lambda x: several(tf.nn.relu(tf.matmul(x, weights(3, 4)) + weights(4)) + 1.0), f32(2, 3)),
    "batch_matmul": (lambda x, y: several(tf.matmul(x, y, transpose_b=True)), f32(2, 5, 3), f32(2, 4, 3)),
    "batches_of_one": (lambda x, y: several(tf.matmul(x, y)), f32(2, 5, 3), f32(1, 3, 4)),
    "conv": (
        lambda x: several(
            tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 2, 4), [1, 2, 2, 1], "SAME"), weights(4))
        ),
        f32(1, 8, 9, 2),
    ),
    "dilated": (
        lambda x: several(tf.nn.conv2d(x, weights(3, 3, 2, 4), 1, "VALID", dilations=2)),
        f32(1, 8, 8, 2),
    ),
    "depthwise": (
        lambda x: several(tf.nn.depthwise_conv2d(x, weights(3, 3, 2, 2), [1, 1, 1, 1], "SAME")),
        f32(1, 8, 8, 2),
    ),
    "transposed": (
        lambda x: several(tf.nn.conv2d_transpose(x, weights(3, 3, 4, 2), [1, 16, 16, 4], 2, "SAME")),
        f32(1, 8, 8, 2),
    ),
    "conv_3d": (
        lambda x: several(tf.nn.conv3d(x, weights(2, 2, 2, 2, 4), [1] * 5, "SAME")),
        f32(1, 4, 4, 4, 2),
    ),
    "pools": (
        lambda x: several(
            tf.nn.max_pool2d(x, 2, 2, "VALID"),
            tf.nn.max_pool2d(x, 3, 2, "SAME"),
            tf.nn.avg_pool2d(x, 2, 2, "VALID"),
            tf.nn.avg_pool2d(x, 3, 2, "SAME"),
        ),
        f32(1, 8, 8, 2),
    ),
    "reductions": (
        lambda x: several(
            tf.reduce_sum(x, 1),
            tf.reduce_max(x, [0, 2]),
            tf.reduce_min(x, -1, keepdims=True),
            tf.reduce_prod(x, 1),
            tf.reduce_any(x > 1.0, 1),
            tf.reduce_all(x > -1.0, 1),
            tf.reduce_mean(x, [1, 2]),
        ),
        f32(2, 3, 4),
    ),
    "places": (lambda x: several(tf.argmax(x, 1), tf.argmin(tf.floor(x), 0, tf.int32)), f32(3, 7)),
    "softmax": (lambda x: several(tf.nn.softmax(x), tf.nn.log_softmax(x)), f32(2, 3)),
    "movement": (
        lambda x: several(
            tf.transpose(x, [1, 0, 2]),
            tf.reshape(x, [-1]),
            tf.expand_dims(x, 0),
            tf.concat([x, 2.0 * x], 1),
            tf.stack([x, -x], 1),
            tf.tile(x, [2, 1, 3]),
            tf.broadcast_to(x, [5, 2, 3, 4]),
        ),
        f32(2, 3, 4),
    ),
    "depth_to_space": (
        lambda x: several(tf.nn.depth_to_space(x, 2), tf.nn.space_to_depth(x, 2)),
        f32(1, 4, 4, 8),
    ),
    "slices": (
        lambda x: several(
            x[:, 1:3],
            x[..., 1::2],
            x[0],
            x[:, tf.newaxis, -1],
            tf.slice(x, [0, 1, 0], [2, 1, 4]),
            *tf.split(x, 2, 2),
            *tf.unstack(x, axis=1),
        ),
        f32(2, 3, 4),
    ),
    "computed_places": (lambda x, i: several(tf.slice(x, [i, 0], [2, 3]), x[i], x[i - 1]), f32(4, 3), i32()),
    "pads": (
        lambda x: several(tf.pad(x, [[1, 2], [0, 1]]), tf.pad(x, [[1, 2], [0, 1]], constant_values=3.0)),
        f32(4, 3),
    ),
    "gather": (
        lambda x, i: several(tf.gather(x, i), tf.gather(x, i, axis=1), tf.gather_nd(x, i[:, tf.newaxis])),
        f32(4, 3),
        i32(2),
    ),
    "batched_gather": (lambda x, i: several(tf.gather(x, i, axis=1, batch_dims=1)), f32(4, 3, 2), i32(4, 2)),
    "scatter": (lambda x, i: several(tf.scatter_nd(i, x, [7, 3])), f32(4, 3), i32(4, 1)),
    "one_hot": (lambda i: several(tf.one_hot(i, 4), tf.one_hot(i, 3, 5.0, -1.0, axis=0)), i32(3)),
    "cumsum": (lambda x: several(tf.cumsum(x, 1), tf.cumsum(x, 0, exclusive=True)), f32(4, 3)),
}

# What the reference gives no file for, or a wrong one, or one with a call of its own.
OURS = {
    "rounding": (
        lambda x: several(tf.round(x * 2.0) / 2.0, tf.round(x), tf.math.ceil(x), tf.sign(x)),
        f32(5, 7),
    ),
    "roots": (lambda x: several(tf.sqrt(tf.abs(x)), tf.nn.elu(x), tf.nn.l2_normalize(x, -1)), f32(2, 3)),
    "error_function": (
        lambda x: several(tf.math.erf(x), tf.math.erfc(x), tf.nn.gelu(x, approximate=True)),
        f32(40),
    ),
    "not": (lambda x: several(tf.logical_not(x > 1.0), tf.math.logical_xor(x > 1.0, x > 2.0)), f32(20)),
    "reversed": (lambda x: several(x[:, ::-1], tf.reverse(x, [0, 1]), x[::-2, 1:]), f32(5, 4)),
    "mirrored": (
        lambda x: several(tf.pad(x, [[1, 2], [2, 0]], "REFLECT"), tf.pad(x, [[1, 2], [2, 0]], "SYMMETRIC")),
        f32(4, 3),
    ),
    "cumsum_from_the_end": (lambda x: several(tf.cumsum(x, 1, exclusive=True, reverse=True)), f32(4, 3)),
    "top_k": (lambda x: several(*tf.math.top_k(x, 3)), f32(4, 9)),
    "loop": (lambda x: several(*_loop_over(x)), f32(3)),
    "branch": (
        lambda x: several(tf.cond(tf.reduce_sum(x) > 0.0, lambda: x + 1.0, lambda: x * 3.0)),
        f32(3),
    ),
    "branches": (
        lambda x, i: several(tf.switch_case(i, [lambda: x + 1.0, lambda: x * 3.0, lambda: x * x])),
        f32(3),
        i32(),
    ),
    "blocks": (
        lambda x: several(
            tf.space_to_batch(x, [2, 2], [[0, 0], [1, 1]]),
            tf.batch_to_space(tf.tile(x, [4, 1, 1, 1]), [2, 2], [[1, 0], [0, 2]]),
        ),
        f32(1, 4, 6, 3),
    ),
    "grouped": (lambda x: several(tf.nn.conv2d(x, weights(3, 3, 2, 4), 2, "SAME")), f32(1, 8, 8, 4)),
}


@pytest.mark.parametrize("name", BOTH)
def test_xla_compiles_what_becomes_of(lite, name):
    check(lite, *BOTH[name])


@pytest.mark.parametrize("name", OURS)
def test_xla_compiles_what_becomes_here_of(name):
    check(tflite, *OURS[name])


@pytest.mark.parametrize(
    "function, specs, expected",
    [
        (lambda x: {"y": x + 1.0}, [f32(2, 3)], [["ADD"]]),
        (
            lambda x: {"y": tf.nn.relu(tf.matmul(x, weights(3, 4))) + 1.0},
            [f32(2, 3)],
            [["DOT_GENERAL", "MAXIMUM", "ADD"]],
        ),
        (lambda x: {"y": tf.reduce_sum(x, 1)}, [f32(2, 3)], [["REDUCE"], ["ADD"]]),
        (
            lambda x: {"y": tf.nn.softmax(x)},
            [f32(2, 3)],
            [["REDUCE", "SUBTRACT", "EXPONENTIAL", "REDUCE", "DIVIDE"], ["MAXIMUM"], ["ADD"]],
        ),
    ],
)
def test_operators_are_those_of_the_reference(lite, function, specs, expected):
    """But for shapes, which are made explicit in several ways."""
    shapes = ("STABLEHLO_RESHAPE", "STABLEHLO_BROADCAST_IN_DIM")
    graphs = check(lite, function, *specs)
    found = [[name for name in graph if name not in shapes] for graph in graphs]
    assert found == [["STABLEHLO_" + name for name in graph] for graph in expected]


def test_the_file_says_that_constants_are_to_be_kept(lite):
    model = stablehlo_text.parse(converter_of(lite, lambda x: {"y": x + 1.0}, f32(2)).convert())
    entries = {entry.name: bytes(model.buffers[entry.buffer].data) for entry in model.metadata}
    assert entries[b"keep_stablehlo_constant"] == b"true"


def test_free_sizes_are_refused(lite):
    converter = converter_of(lite, lambda x: {"y": tf.exp(x) + 1.0}, f32(None, 3))
    with pytest.raises(ConverterError):
        converter.convert()


def test_what_has_no_form_is_named_with_all_its_places():
    def function(x, i):
        return {"y": tf.sin(x) + tf.sin(2.0 * x), "z": tf.bitwise.right_shift(i, i)}

    converter = converter_of(tflite, function, f32(None, 3), i32(2))
    with pytest.raises(tflite.ConverterError) as error:
        converter.convert()
    found = {d.op: d for d in error.value.diagnostics}
    assert "its sizes are free" in found["input"].reason
    assert "input signature" in found["input"].remedy
    assert "RIGHT_SHIFT" in found
    assert all(e.error_code.name == "UNKNOWN" for e in error.value.errors)


def test_strings_are_refused():
    converter = converter_of(tflite, lambda x: {"y": tf.strings.length(x)}, tf.TensorSpec([2], tf.string))
    with pytest.raises(tflite.ConverterError, match="string") as error:
        converter.convert()
    assert all("SELECT_TF_OPS" not in diagnostic.remedy for diagnostic in error.value.diagnostics)


def test_target_of_convert():
    function = models.affine().affine
    model = litecast.convert(function, input_shapes={"x": (2, 4)}, target="stablehlo")
    assert stablehlo_text.operators(bytes(model))[0] == [
        "STABLEHLO_DOT_GENERAL",
        "STABLEHLO_BROADCAST_IN_DIM",
        "STABLEHLO_ADD",
    ]
    got = stablehlo_text.run(bytes(model), x=models.x())
    models.close(got["y"], function(models.x())["y"])


def test_targets_that_there_are():
    with pytest.raises(litecast.UsageError, match="stablehlo"):
        litecast.convert(models.affine().affine, target="xla")
    with pytest.raises(litecast.UsageError, match="neither Select TF ops nor custom ops"):
        litecast.convert(models.affine().affine, target="stablehlo", select_tf_ops=True)
    with pytest.raises(litecast.ConversionError, match="input_shapes"):
        litecast.convert(models.affine().affine, target="stablehlo")
