"""Operations that TensorFlow's kernels or the user's run: options, report, errors."""

import models
import pytest
import tensorflow as tf
from tensorflow.lite.python import lite as reference

import litecast
from litecast import tflite

Ops = tflite.OpsSet


class Words(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "x")])
    def serve(self, x):
        return {"n": tf.strings.length(tf.strings.join([x, "!"])) * 2}


class Factors(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([3, 3], tf.float32, "x")])
    def serve(self, x):
        return {"s": tf.linalg.svd(x, compute_uv=False) * 2.0}


@pytest.fixture(scope="module")
def words():
    return Words()


def converter_of(module, lite=tflite):
    return lite.TFLiteConverter.from_concrete_functions([module.serve.get_concrete_function()], module)


def custom_names(data):
    return {op for op in models.ops(data) if op.upper() != op}


def test_select_tf_ops(words):
    with pytest.raises(litecast.ConversionError, match="select_tf_ops=True"):
        litecast.convert(words)
    model = litecast.convert(words, select_tf_ops=True)
    assert model.report.ops == {"FlexStringJoin": 1, "FlexStringLength": 1, "MUL": 1}
    kernel = model.report.kernels[0]
    assert isinstance(kernel, litecast.Kernel)
    assert (kernel.op, kernel.kind, kernel.count) == ("StringJoin", "select_tf", 1)
    assert kernel.places and kernel.reason and kernel.remedy
    assert model.report.runtime_growth_mb > 0
    assert not model.report.runs_on_standard_runtime and not model.report.runs_on_play_services


def test_select_tf_ops_throughout(words):
    report = litecast.convert(words, select_tf_ops="always").report
    assert report.ops == {"FlexMul": 1, "FlexStringJoin": 1, "FlexStringLength": 1}
    assert litecast.convert(models.affine(), select_tf_ops=True).report.kernels == ()


def test_custom_ops(words):
    with pytest.raises(litecast.ConversionError, match="StringLength"):
        litecast.convert(words, custom_ops=["StringJoin"])
    for names in (True, ["StringJoin", "StringLength"]):
        report = litecast.convert(words, custom_ops=names).report
        assert report.ops == {"MUL": 1, "StringJoin": 1, "StringLength": 1}
        assert {k.kind for k in report.kernels} == {"custom"} and report.runtime_growth_mb == 0


def test_user_tf_ops():
    module = Factors()
    with pytest.raises(litecast.ConversionError, match=r"custom_ops=\['Svd'\]"):
        litecast.convert(module, select_tf_ops=True)
    report = litecast.convert(module, select_tf_ops=True, select_user_tf_ops=["Svd"]).report
    assert report.ops == {"FlexSvd": 1, "MUL": 1}


@pytest.mark.parametrize(
    "ops", [[Ops.TFLITE_BUILTINS, Ops.SELECT_TF_OPS], {Ops.SELECT_TF_OPS}], ids=["needed", "alone"]
)
def test_supported_ops_as_in_the_reference(words, ops):
    def custom(lite):
        converter = converter_of(words, lite)
        converter.target_spec.supported_ops = [getattr(lite.OpsSet, str(op)) for op in ops]
        return custom_names(converter.convert())

    theirs = {name for name in custom(tf.lite) if "Identity" not in name}
    assert custom(tflite) == theirs and "FlexStringJoin" in theirs


def test_allow_custom_ops_as_in_the_reference(words):
    def custom(lite):
        converter = converter_of(words, lite)
        converter.allow_custom_ops = True
        return custom_names(converter.convert())

    assert custom(tflite) == custom(tf.lite) == {"StringJoin", "StringLength"}


def test_user_tf_ops_of_the_target(words):
    converter = converter_of(Factors())
    converter.target_spec.supported_ops = [Ops.TFLITE_BUILTINS, Ops.SELECT_TF_OPS]
    with pytest.raises(tflite.ConverterError, match="Custom ops: Svd") as caught:
        converter.convert()
    assert caught.value.errors[0].error_code == 2
    converter.target_spec.experimental_select_user_tf_ops = ["Svd"]
    assert custom_names(converter.convert()) == {"FlexSvd"}


class State(tf.Module):
    """What only TensorFlow's runtime keeps: text, rows that become more, a table that changes."""

    def __init__(self):
        self.text = tf.Variable("ab", name="text")
        self.rows = tf.Variable(tf.ones([1, 2]), shape=[None, 2], name="rows")
        self.table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
        self.table.insert(tf.constant(["k"]), tf.constant([7], tf.int64))

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32, "x")])
    def serve(self, x):
        self.text.assign(self.text + "c")
        self.rows.assign(tf.concat([self.rows, x[None]], 0))
        self.table.insert(self.text[None], tf.constant([1], tf.int64))
        return {"t": self.text.read_value(), "n": tf.shape(self.rows)[0], "s": self.table.size()}


class Inherits(State):
    pass


@pytest.mark.parametrize("kind", [State, Inherits])
def test_state_in_memory_is_what_it_is_in_a_file(kind, tmp_path):
    module = kind()
    tf.saved_model.save(module, str(tmp_path), signatures=module.serve)
    ops = litecast.convert(module, select_tf_ops=True).report.ops
    assert ops == litecast.convert(tmp_path, select_tf_ops=True).report.ops
    assert ops["FlexMutableHashTableV2"] == 2 and ops["FlexLookupTableImportV2"] == 1


class Text(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "x")])
    def serve(self, x):
        return {"n": tf.strings.length(x), "l": tf.strings.lower(x)}


def test_errors_name_what_is_missing():
    module, wanted = Text(), "TF Select ops: StringLength, StringLower"
    with pytest.raises(tflite.ConverterError, match=wanted) as ours:
        converter_of(module).convert()
    with pytest.raises(reference.ConverterError, match=wanted) as theirs:
        converter_of(module, tf.lite).convert()
    assert {e.error_code for e in ours.value.errors} == {1}
    assert {int(e.error_code) for e in theirs.value.errors} == {1}
