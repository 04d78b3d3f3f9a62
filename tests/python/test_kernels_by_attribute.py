"""Attributes of a converter that leave ops to other kernels, in tf.lite's and in ours."""

import importlib.util
import pathlib

import file_facts
import models
import numpy as np
import pytest
import tensorflow as tf

import litecast
from litecast import tflite


def copied(x):
    return {"y": tf.raw_ops.Copy(input=x) * 2.0}


def summarized(x):
    return {
        "n": tf.raw_ops.Bucketize(input=x, boundaries=[1.0, 2.0]),
        "s": tf.raw_ops.TensorSummary(tensor=x),
    }


def hits(x):
    classes = tf.reshape(tf.cast(x, tf.int64), [3, 1])
    found = tf.raw_ops.ComputeAccidentalHits(
        true_classes=classes, sampled_candidates=np.int64([1, 2]), num_true=1
    )
    return {"indices": found.indices, "ids": found.ids, "weights": found.weights}


UNLISTED = [(copied, "Copy"), (summarized, "TensorSummary"), (hits, "ComputeAccidentalHits")]


def converter_of(lite, function, ops):
    traced = tf.function(function, input_signature=[tf.TensorSpec([3], tf.float32, "x")])
    module = tf.Module()
    module.run = traced
    converter = lite.TFLiteConverter.from_concrete_functions([traced.get_concrete_function()], module)
    converter.target_spec.supported_ops = [getattr(lite.OpsSet, name) for name in ops]
    return converter


@pytest.mark.parametrize("function, op", UNLISTED)
def test_any_op_may_be_left_to_tensorflow(lite, function, op):
    converter = converter_of(lite, function, ["TFLITE_BUILTINS", "SELECT_TF_OPS"])
    with pytest.raises(Exception, match=op):
        converter.convert()
    converter._experimental_allow_all_select_tf_ops = True
    ops = models.ops(converter.convert())
    assert [name for name in ops if name.startswith("Flex")] == [f"Flex{op}"]


@pytest.mark.parametrize("function, op", UNLISTED)
def test_without_the_set_of_ops_no_op_is_left_to_tensorflow(lite, function, op):
    converter = converter_of(lite, function, ["TFLITE_BUILTINS"])
    converter._experimental_allow_all_select_tf_ops = True
    with pytest.raises(Exception, match=op):
        converter.convert()


def test_any_op_may_be_left_to_tensorflow_by_an_argument():
    traced = tf.function(hits, input_signature=[tf.TensorSpec([3], tf.float32, "x")])
    function = traced.get_concrete_function()
    with pytest.raises(litecast.ConversionError, match="ComputeAccidentalHits"):
        litecast.convert(function, select_tf_ops=True)
    report = litecast.convert(function, select_tf_ops=True, select_all_tf_ops=True).report
    assert [kernel.op for kernel in report.kernels] == ["ComputeAccidentalHits"]


def asserted(x):
    tf.debugging.Assert(tf.reduce_sum(x) > 0, [x])
    return {"y": x * 2.0}


def asserted_in_a_loop(x):
    for i in tf.range(2):
        tf.debugging.Assert(x[i] > 0, [x])
        x = x * 2.0
    return {"y": x}


@pytest.mark.parametrize("function", [asserted, asserted_in_a_loop])
@pytest.mark.parametrize(
    "ops, custom, op",
    [
        (["TFLITE_BUILTINS"], True, "Assert"),
        (["TFLITE_BUILTINS", "SELECT_TF_OPS"], False, "FlexAssert"),
        (["TFLITE_BUILTINS", "SELECT_TF_OPS"], True, "FlexAssert"),
    ],
)
def test_assertions_stay_where_they_are_asked_for(lite, function, ops, custom, op):
    converter = converter_of(lite, function, ops)
    converter.allow_custom_ops = custom
    assert not file_facts.read(converter.convert()).custom_ops & {"Assert", "FlexAssert"}
    converter._experimental_preserve_assert_op = True
    assert op in file_facts.read(converter.convert()).custom_ops


def test_assertions_need_a_kernel(lite):
    converter = converter_of(lite, asserted, ["TFLITE_BUILTINS"])
    converter._experimental_preserve_assert_op = True
    with pytest.raises(Exception, match="Assert") as caught:
        converter.convert()
    assert {int(error.error_code) for error in caught.value.errors} == {1}


def executor():
    path = pathlib.Path(__file__).parent.parent / "kernels/executor.py"
    spec = importlib.util.spec_from_file_location("executor", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("function", [asserted, asserted_in_a_loop])
def test_assertions_fail_where_they_do_not_hold(function):
    converter = converter_of(tflite, function, ["TFLITE_BUILTINS", "SELECT_TF_OPS"])
    converter._experimental_preserve_assert_op = True
    model = executor().Model(converter.convert())
    for x in ([3.0, 1.0, 2.0], [5.0, 7.0, -1.0]):
        models.close(model({"x": np.float32(x)})["y"], function(tf.constant(x))["y"])
    with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
        model({"x": np.float32([1.0, -8.0, 3.0])})
