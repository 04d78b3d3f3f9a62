"""Ops that are kept for kernels of TensorFlow or of the user: tf.lite's attributes for it and ours."""

import pytest
import tensorflow as tf
from tensorflow.lite.python.convert import ConverterError

import file_facts
from litecast import tflite

# Numbers of the reference's error codes.
NEEDS_FLEX_OPS, NEEDS_CUSTOM_OPS = 1, 2


def converter_of(lite, model):
    return lite.TFLiteConverter.from_concrete_functions([model.run.get_concrete_function()], model)


def error_codes(error):
    """Each op that stands in the way, and what it needs."""
    return [(data.operator.name, int(data.error_code)) for data in error.errors]


class Checked(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32, "x")])
    def run(self, x):
        tf.debugging.Assert(tf.reduce_sum(x) > 0, [x])
        return {"y": x * 2.0}


BUILTINS, WITH_SELECT = ["TFLITE_BUILTINS"], ["TFLITE_BUILTINS", "SELECT_TF_OPS"]


def checked(lite, ops, custom=False, kept=True):
    converter = converter_of(lite, Checked())
    converter.target_spec.supported_ops = [getattr(lite.OpsSet, name) for name in ops]
    converter.allow_custom_ops = custom
    converter._experimental_preserve_assert_op = kept
    return converter.convert()


@pytest.mark.parametrize(
    "ops, custom, kernel",
    [(BUILTINS, True, "Assert"), (WITH_SELECT, False, "FlexAssert"), (WITH_SELECT, True, "FlexAssert")],
)
def test_assertions_are_kept(lite, ops, custom, kernel):
    main, *branches = file_facts.graphs(checked(lite, ops, custom))
    assert main == ["SUM", "GREATER", "IF", "MUL"] and sorted(branches) == [[], [kernel]]


def test_kept_assertions_need_a_kernel(lite):
    with pytest.raises(ConverterError, match="Assert") as caught:
        checked(lite, BUILTINS)
    assert error_codes(caught.value) == [("tf.Assert", NEEDS_FLEX_OPS)]


def test_assertions_vanish(lite):
    assert file_facts.graphs(checked(lite, WITH_SELECT, kept=False)) == [["MUL"]]


def test_assertions_of_loops_are_kept():
    """In bodies, and whatever form they have."""
    model = tf.Module()

    def run(x):
        for _ in tf.range(20):
            tf.debugging.assert_positive(x)
            x -= 1.0
        return {"y": x}

    model.run = tf.function(run, input_signature=[tf.TensorSpec([3], tf.float32, "x")])
    converter = converter_of(tflite, model)
    converter.allow_custom_ops = converter._experimental_preserve_assert_op = True
    assert ["Assert"] in file_facts.graphs(converter.convert())


class Unlisted(tf.Module):
    """An op that is not among those whose kernels TensorFlow for mobile devices brings."""

    @tf.function(input_signature=[tf.TensorSpec([3], tf.float32, "x")])
    def run(self, x):
        return {"y": tf.raw_ops.Copy(input=x) * 2.0}


def unlisted(lite, ops, everything):
    converter = converter_of(lite, Unlisted())
    converter.target_spec.supported_ops = [getattr(lite.OpsSet, name) for name in ops]
    converter._experimental_allow_all_select_tf_ops = everything
    return converter.convert()


def test_any_op_may_be_a_select_tf_op(lite):
    assert file_facts.graphs(unlisted(lite, WITH_SELECT, True)) == [["FlexCopy", "MUL"]]


@pytest.mark.parametrize(
    "ops, everything, code",
    [
        (WITH_SELECT, False, NEEDS_CUSTOM_OPS),
        (BUILTINS, True, NEEDS_FLEX_OPS),
        (BUILTINS, False, NEEDS_CUSTOM_OPS),
    ],
)
def test_what_is_no_select_tf_op_is_refused(lite, ops, everything, code):
    with pytest.raises(ConverterError) as caught:
        unlisted(lite, ops, everything)
    assert error_codes(caught.value) == [("tf.Copy", code)]
