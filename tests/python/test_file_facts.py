"""What tools read in a file besides the model: the reference's files and ours."""

import re

import numpy as np
import pytest
import tensorflow as tf

import file_facts
import models


class Pair(tf.Module):
    """Two functions of one weight of 16 KB."""

    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec([None, 64], tf.float32, "x")])
    def once(self, x):
        return {"y": x @ self.w}

    @tf.function(input_signature=[tf.TensorSpec([None, 64], tf.float32, "x")])
    def again(self, x):
        return {"y": tf.nn.relu(x @ self.w)}


def convert(lite, model, *functions):
    concrete = [function.get_concrete_function() for function in functions]
    return lite.TFLiteConverter.from_concrete_functions(concrete, model).convert()


def facts_of(lite, **attributes):
    model = models.affine()
    converter = lite.TFLiteConverter.from_concrete_functions([model.affine.get_concrete_function()], model)
    for name, value in attributes.items():
        setattr(converter, name, value)
    return file_facts.read(converter.convert())


def test_version_of_the_format(lite):
    assert facts_of(lite).version == 3


def test_metadata_entries(lite):
    assert set(facts_of(lite).metadata) == {"min_runtime_version", "CONVERSION_METADATA"}
    without = facts_of(lite, exclude_conversion_metadata=True)
    assert set(without.metadata) == {"min_runtime_version"}


def test_the_oldest_runtime_is_padded_text(lite):
    version = facts_of(lite).min_runtime_version
    assert len(version) == 16 and re.fullmatch(rb"\d+\.\d+\.\d+\0+", version)


def test_the_oldest_runtime_is_the_reference_s():
    from litecast import tflite

    assert facts_of(tflite).min_runtime_version == facts_of(tf.lite).min_runtime_version


def test_conversion_metadata_says_where_it_came_from(lite):
    environment = facts_of(lite).conversion.environment
    assert environment.tensorflowVersion.decode() == tf.__version__
    assert environment.apiVersion == 2


@pytest.mark.parametrize(
    "name, option",
    [("allow_custom_ops", "allowCustomOps"), (None, None)],
)
def test_conversion_metadata_says_with_what_options(lite, name, option):
    options = facts_of(lite, **({name: True} if name else {})).conversion.options
    for each in ("allowCustomOps", "enableSelectTfOps", "forceSelectTfOps"):
        assert getattr(options, each) == (each == option)
    assert options.modelOptimizationModes is None or len(options.modelOptimizationModes) == 0


def test_one_signature_is_main(lite):
    model = models.affine()
    assert file_facts.read(convert(lite, model, model.affine)).graphs == ["main"]


def test_several_signatures_name_their_graphs(lite):
    model = models.affine()
    facts = file_facts.read(convert(lite, model, model.double, model.affine))
    assert facts.graphs == ["affine", "double"]


def test_free_sizes_are_one_and_marked(lite):
    facts = facts_of(lite)
    assert facts.shapes["serving_default_x:0"] == ([1, 4], [-1, 4])


def test_sizes_that_are_fixed_are_not_marked(lite):
    function = tf.function(lambda x: x + 1.0, input_signature=[tf.TensorSpec([2, 4], tf.float32, "x")])
    module = tf.Module()
    module.f = function
    facts = file_facts.read(convert(lite, module, function))
    shape, marked = facts.shapes["serving_default_x:0"]
    assert shape == [2, 4] and marked in (None, [], [2, 4])


def test_signatures_share_their_constants(lite):
    model = Pair()
    facts = file_facts.read(convert(lite, model, model.once, model.again))
    assert facts.buffers.count(64 * 64 * 4) == 1


def test_equal_constants_are_one(lite):
    weights = np.random.default_rng(1).normal(size=(64, 64)).astype(np.float32)

    class Twice(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([2, 64], tf.float32, "x")])
        def f(self, x):
            return tf.nn.relu(x @ tf.constant(weights)) @ tf.constant(weights)

    model = Twice()
    assert file_facts.read(convert(lite, model, model.f)).buffers.count(64 * 64 * 4) == 1
