"""The names that a script finds in tf.lite and tf.compat.v1.lite, there and here."""

import inspect
import typing
import warnings

import numpy as np
import pytest
import tensorflow as tf

import litecast
import models
from litecast import tflite
from litecast.tflite import v1

NAMES = [
    "Interpreter",
    "OpsSet",
    "Optimize",
    "RepresentativeDataset",
    "TFLiteConverter",
    "TargetSpec",
    "experimental",
]
EXPERIMENTAL = [
    "Analyzer",
    "OpResolverType",
    "QuantizationDebugOptions",
    "QuantizationDebugger",
    "authoring",
    "load_delegate",
]
OLD_NAMES = ["OpHint", "TocoConverter", "constants", "toco_convert"]
CONSTANTS = {
    "FLOAT": tf.float32,
    "FLOAT16": tf.float16,
    "INT8": tf.int8,
    "INT16": tf.int16,
    "INT32": tf.int32,
    "INT64": tf.int64,
    "STRING": tf.string,
    "QUANTIZED_UINT8": tf.uint8,
    "TFLITE": 2,
    "GRAPHVIZ_DOT": 3,
}


def public(module):
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("name", NAMES)
def test_name_of_tf_lite(lite, name):
    assert getattr(lite, name) is not None


@pytest.mark.parametrize("name", EXPERIMENTAL)
def test_name_of_tf_lite_experimental(lite, name):
    assert getattr(lite.experimental, name) is not None


@pytest.mark.parametrize("name", NAMES + OLD_NAMES)
def test_name_of_version_1(lite_v1, name):
    assert getattr(lite_v1, name) is not None


@pytest.mark.parametrize("name", CONSTANTS)
def test_constant_of_version_1(lite_v1, name):
    assert getattr(lite_v1.constants, name) == CONSTANTS[name]


def test_the_reference_has_no_other_names():
    """So that the tests above are complete."""
    assert public(tf.lite) == set(NAMES)
    assert public(tf.lite.experimental) == set(EXPERIMENTAL)
    assert public(tf.compat.v1.lite) == {*NAMES, *OLD_NAMES}
    assert public(tf.compat.v1.lite.constants) == set(CONSTANTS)


def test_what_a_script_sees_of_the_modules():
    assert set(NAMES) <= set(dir(tflite)) and set(NAMES) | set(OLD_NAMES) <= set(dir(v1))
    assert set(CONSTANTS) == set(dir(v1.constants))
    for module in (tflite, tflite.experimental, v1, v1.constants):
        assert all(getattr(module, name) is not None for name in module.__all__)
        with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
            module.Nothing  # noqa: B018


FACTORIES = {
    "from_saved_model": ["saved_model_dir", "signature_keys", "tags"],
    "from_keras_model": ["model"],
    "from_concrete_functions": ["funcs", "trackable_obj"],
    "experimental_from_jax": ["serving_funcs", "inputs"],
    "convert": ["self"],
    "__init__": ["self", "funcs", "trackable_obj"],
}
OLD_FACTORIES = {
    "from_session": ["sess", "input_tensors", "output_tensors"],
    "from_frozen_graph": ["graph_def_file", "input_arrays", "output_arrays", "input_shapes"],
    "from_saved_model": [
        "saved_model_dir", "input_arrays", "input_shapes", "output_arrays", "tag_set", "signature_key",
    ],
    "from_keras_model_file": [
        "model_file", "input_arrays", "input_shapes", "output_arrays", "custom_objects",
    ],
    "get_input_arrays": ["self"],
    "convert": ["self"],
    "__init__": [
        "self", "graph_def", "input_tensors", "output_tensors", "input_arrays_with_shape",
        "output_arrays", "experimental_debug_info_func",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", FACTORIES)
def test_parameters_of(lite, name):
    signature = inspect.signature(getattr(lite.TFLiteConverter, name))
    assert list(signature.parameters) == FACTORIES[name]


@pytest.mark.parametrize("name", OLD_FACTORIES)
def test_parameters_of_version_1(lite_v1, name):
    signature = inspect.signature(getattr(lite_v1.TFLiteConverter, name))
    assert list(signature.parameters) == OLD_FACTORIES[name]


def test_toco_convert(lite_v1):
    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [2, 4], "x")
        y = tf.nn.relu(x, name="y")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        data = lite_v1.toco_convert(graph.as_graph_def(), [x], [y], allow_custom_ops=False)
    (got,) = models.run_positional(data, models.x())
    np.testing.assert_array_equal(got, np.maximum(models.x(), 0))


def test_what_is_left_of_old_converters_says_so():
    with pytest.raises(litecast.NotYetSupported, match="experimental_implements"):
        v1.OpHint("lstm")
    with (
        pytest.warns(DeprecationWarning),
        pytest.raises(litecast.NotYetSupported, match="default_ranges_stats"),
    ):
        v1.toco_convert(None, [], [], default_ranges_stats=(0, 6))


CLASSES = [
    getattr(module, name)
    for module in (litecast, tflite, v1)
    for name in module.__all__
    if inspect.isclass(getattr(module, name)) and getattr(module, name).__module__.startswith("litecast")
]


@pytest.mark.parametrize("thing", CLASSES, ids=lambda thing: f"{thing.__module__}.{thing.__qualname__}")
def test_types_of_attributes_can_be_asked_for_at_run_time(thing):
    typing.get_type_hints(thing)


PUBLIC = [
    litecast.convert,
    *(getattr(litecast.Model, name) for name in ("save", "summary", "__bytes__", "__len__")),
    *(getattr(tflite.TFLiteConverter, name) for name in FACTORIES),
    *(getattr(v1.TFLiteConverter, name) for name in OLD_FACTORIES),
    tflite.TargetSpec.__init__,
    tflite.RepresentativeDataset.__init__,
    v1.toco_convert,
]


@pytest.mark.parametrize("function", PUBLIC, ids=lambda function: function.__qualname__)
def test_types_can_be_asked_for_at_run_time(function):
    hints = typing.get_type_hints(function)
    parameters = {name for name in inspect.signature(function).parameters if name not in ("self", "cls")}
    variadic = {"args", "kwargs"}
    assert parameters - variadic <= set(hints) and "return" in hints
