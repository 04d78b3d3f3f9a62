"""What is raised for a model that cannot be converted: TensorFlow's ConverterError and ours."""

import pickle
import re
import subprocess
import sys
import traceback

import pytest
import tensorflow as tf
from tensorflow.lite.python.convert import ConverterError as Reference

import litecast
from litecast import tflite


class Decoder(tf.Module):
    """Needs kernels of TensorFlow's and one of the user's."""

    @tf.function(input_signature=[tf.TensorSpec([], tf.string, "file")])
    def decode(self, file):
        number = tf.strings.to_number(file)
        image = tf.io.decode_jpeg(file)
        return {"a": image, "b": tf.linalg.svd(tf.zeros([3, 3]) + number, compute_uv=False)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    model = Decoder()
    tf.saved_model.save(model, str(folder / "decoder"), signatures=model.decode)
    return str(folder / "decoder")


@pytest.fixture
def error(lite, saved):
    """What scripts catch by the name that TensorFlow has for it."""
    with pytest.raises(Reference) as caught:
        lite.TFLiteConverter.from_saved_model(saved).convert()
    return caught.value


def test_is_caught_by_the_name_of_tensorflow(error):
    assert type(error).__name__ == "ConverterError"


def test_lines_that_scripts_look_for(error):
    lines = str(error).splitlines()
    assert "TF Select ops: DecodeJpeg, StringToNumber" in lines
    assert "Custom ops: Svd" in lines
    details = [lines[i + 1] for i, line in enumerate(lines) if line == "Details:"]
    assert (
        len(details) == 2 and details[0].startswith("\ttf.DecodeJpeg") and details[1].startswith("\ttf.Svd")
    )


def test_codes_of_the_errors(error):
    codes = {each.operator.name: int(each.error_code) for each in error.errors}
    assert codes == {"tf.DecodeJpeg": 1, "tf.StringToNumber": 1, "tf.Svd": 2}


def test_fields_of_the_errors(error):
    for each in error.errors:
        assert each.component == "CONVERT_TF_TO_TFLITE_MODEL"
        assert each.subcomponent == "CONVERT_SAVED_MODEL"
        assert each.error_message
        op = each.operator.name.removeprefix("tf.")
        assert re.match(op, each.location.call[0].name, re.IGNORECASE) or "Svd" in op


def test_errors_can_be_added(error):
    before = len(error.errors)
    error.append_error(error.errors[0])
    assert len(error.errors) == before + 1


def test_ours_is_both(saved):
    with pytest.raises(tflite.ConverterError) as caught:
        tflite.TFLiteConverter.from_saved_model(saved).convert()
    error = caught.value
    assert isinstance(error, litecast.ConversionError) and isinstance(error, litecast.Error)
    assert {each.op for each in error.diagnostics} == {"DecodeJpeg", "StringToNumber", "Svd"}
    assert "litecast.tflite.ConverterError: the model" in "".join(traceback.format_exception(error))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, Reference) and isinstance(again, tflite.ConverterError)
    assert again.diagnostics == error.diagnostics and str(again) == str(error)
    assert [e.operator for e in again.errors] == [e.operator for e in error.errors]


def test_ours_needs_no_tensorflow(saved):
    code = """
import sys
from litecast import tflite
try:
    tflite.TFLiteConverter.from_saved_model(sys.argv[1]).convert()
except tflite.ConverterError as error:
    print([int(each.error_code) for each in error.errors], "tensorflow" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code, saved], capture_output=True, text=True)
    assert done.stdout.strip() == "[1, 1, 2] False", done.stderr


def test_remedies_name_what_a_python_program_has(saved):
    with pytest.raises(litecast.ConversionError) as caught:
        litecast.convert(saved)
    told = str(caught.value)
    assert "--" not in told
    assert "input_arrays=['DecodeJpeg:0']" in told
    assert "select_tf_ops=True" in told and "custom_ops=['Svd']" in told
    with pytest.raises(tflite.ConverterError) as caught:
        tflite.TFLiteConverter.from_saved_model(saved).convert()
    for told in (str(caught.value), *(each.remedy for each in caught.value.diagnostics)):
        assert "--" not in told and "select_tf_ops=" not in told
    assert "OpsSet.SELECT_TF_OPS" in str(caught.value) and "allow_custom_ops = True" in str(caught.value)


def test_remedies_are_what_helps(saved):
    """What the message says to write, written."""
    model = litecast.convert(saved, select_tf_ops=True, custom_ops=["Svd"])
    assert set(model.report.ops) >= {"FlexDecodeJpeg", "FlexStringToNumber", "Svd"}
    for shown in (model.summary(), model._repr_html_()):
        assert "DecodeJpeg" in shown and "TensorFlow" in shown and "yours" in shown
        assert "--" not in shown
    converter = tflite.TFLiteConverter.from_saved_model(saved)
    converter.target_spec.supported_ops = [tflite.OpsSet.TFLITE_BUILTINS, tflite.OpsSet.SELECT_TF_OPS]
    converter.allow_custom_ops = True
    assert converter.convert() == bytes(litecast.convert(saved, select_tf_ops=True, custom_ops=True))
