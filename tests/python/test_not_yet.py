"""What is not built says so, by the option's name, and what is ignored is not ignored silently."""

import pytest
import tensorflow as tf

import models
from litecast import NotYetSupported, tflite


def converter():
    model = models.affine()
    return tflite.TFLiteConverter.from_concrete_functions(
        [model.affine.get_concrete_function()], model
    )


def samples():
    yield [models.x()]


@pytest.mark.parametrize(
    "settings, option",
    [
        ({"optimizations": [tflite.Optimize.DEFAULT]}, "DEFAULT"),
        ({"optimizations": [tf.lite.Optimize.DEFAULT]}, "DEFAULT"),
        ({"optimizations": [tflite.Optimize.EXPERIMENTAL_SPARSITY]}, "EXPERIMENTAL_SPARSITY"),
        ({"optimizations": {tflite.Optimize.DEFAULT}, "representative_dataset": samples}, "DEFAULT"),
        ({"_experimental_low_bit_qat": True}, "_experimental_low_bit_qat"),
        ({"_experimental_qdq_conversion_mode": "STATIC"}, "_experimental_qdq_conversion_mode"),
    ],
)
def test_options_that_are_not_built(settings, option):
    subject = converter()
    for name, value in settings.items():
        setattr(subject, name, value)
    with pytest.raises(NotYetSupported, match=option):
        subject.convert()


@pytest.mark.parametrize("value", ["TFLITE_BUILTINS", "x", 3])
def test_strings_are_no_members_of_ops_set(value):
    subject = converter()
    subject.target_spec.supported_ops = [value]
    with pytest.raises(ValueError, match="no member of OpsSet"):
        subject.convert()


def test_strings_are_no_optimizations():
    subject = converter()
    subject.optimizations = ["DEFAULT"]
    with pytest.raises(ValueError, match="no member of Optimize"):
        subject.convert()


@pytest.mark.parametrize(
    "name, value",
    [
        ("experimental_new_converter", False),
        ("ir_dump_dir", "folder"),
        ("_experimental_use_buffer_offset", True),
        ("_experimental_lower_tensor_list_ops", False),
        ("optimisations", []),
    ],
)
def test_what_has_no_effect_says_so_once(name, value, recwarn):
    setattr(converter(), name, value)
    setattr(converter(), name, value)
    assert [name in str(warning.message) for warning in recwarn] == [True]


def test_samples_without_optimization_are_noticed():
    subject = converter()
    subject.representative_dataset = samples
    with pytest.warns(UserWarning, match="representative_dataset"):
        subject.convert()


@pytest.mark.parametrize(
    "use",
    [
        lambda: tflite.TFLiteConverter.experimental_from_jax([], []),
        lambda: tflite.experimental.Analyzer.analyze(model_content=b""),
        lambda: tflite.experimental.QuantizationDebugger(),
        lambda: tflite.experimental.QuantizationDebugOptions(),
        lambda: tflite.experimental.authoring.compatible(lambda x: x),
    ],
)
def test_classes_that_are_not_built(use):
    with pytest.raises(NotYetSupported):
        use()


def test_jax_functions_are_refused_in_words():
    import litecast

    function = type("PjitFunction", (), {"__module__": "jaxlib.xla_extension"})()
    with pytest.raises(NotYetSupported, match="jax2tf"):
        litecast.convert(function)
