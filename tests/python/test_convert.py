"""litecast.convert: sources on disk, results, failures, threads."""

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import litecast


def run_python(code, *arguments):
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    import models
    import tensorflow as tf

    folder = str(tmp_path_factory.mktemp("saved") / "affine")
    tf.saved_model.save(models.affine(), folder, signatures=models.affine().affine)
    return folder


@pytest.fixture(scope="module")
def unconvertible(tmp_path_factory):
    import tensorflow as tf

    class Decoder(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([], tf.string, "file")])
        def decode(self, file):
            return tf.io.decode_jpeg(file), tf.strings.to_hash_bucket_fast(file, 7)

    folder = str(tmp_path_factory.mktemp("saved") / "decoder")
    module = Decoder()
    tf.saved_model.save(module, folder, signatures=module.decode)
    return folder


# ---- results ----


def test_a_model_in_memory_has_its_bytes_and_a_report(saved):
    model = litecast.convert(saved)
    assert bytes(model)[4:8] == b"TFL3"
    assert len(model) == model.size == model.report.bytes == len(bytes(model))
    assert memoryview(model).readonly
    assert np.frombuffer(model, np.uint8).size == model.size
    assert model.report.inputs == (
        litecast.Tensor("x", "serving_default_x:0", "float32", (None, 4)),
    )
    assert model.report.outputs[0].name == "y"
    assert model.report.ops == {"FULLY_CONNECTED": 1}
    assert model.report.runs_on_standard_runtime
    assert model.path is None


def test_a_view_keeps_the_bytes_alive(saved):
    view = memoryview(litecast.convert(saved))
    gc.collect()
    assert bytes(view[4:8]) == b"TFL3"


def test_output_is_written_and_read_back(saved, tmp_path):
    path = tmp_path / "model.tflite"
    model = litecast.convert(saved, path)
    assert model.path == str(path)
    assert bytes(model) == path.read_bytes() == bytes(litecast.convert(saved))
    with pytest.raises(BufferError, match="lies in a file"):
        memoryview(model)


def test_save_writes_the_same_bytes(saved, tmp_path):
    model = litecast.convert(saved)
    model.save(tmp_path / "a.tflite")
    litecast.convert(saved, tmp_path / "b.tflite").save(tmp_path / "c.tflite")
    assert {(tmp_path / name).read_bytes() for name in ("a.tflite", "b.tflite", "c.tflite")} == {
        bytes(model)
    }
    with pytest.raises(litecast.IoError):
        model.save(tmp_path / "missing" / "a.tflite")


def test_summary_and_notebook_table_say_the_same(saved):
    model = litecast.convert(saved)
    for text in (model.summary(), model._repr_html_()):
        assert "FULLY_CONNECTED" in text
        assert "float32[?,4]" in text
    assert "<table>" in model._repr_html_()
    assert repr(model).startswith("<litecast.Model of ")


def test_names_are_escaped_in_a_notebook():
    tensor = litecast.Tensor("<b>x", "x", "float32", None)
    signature = litecast.Signature("k", (tensor,), ())
    report = litecast.Report((signature,), {}, 1, 0.1, "", True, True, ("<i>",))
    from litecast._html import model_html

    html = model_html(litecast.Model(None, report, "m.tflite"))
    assert "<b>x" not in html and "&lt;b&gt;x" in html and "&lt;i&gt;" in html


def test_reports_can_be_pickled(saved):
    report = litecast.convert(saved).report
    assert pickle.loads(pickle.dumps(report)) == report


def test_options_reach_the_conversion(saved):
    model = litecast.convert(
        saved, signatures=["serving_default"], input_shapes={"x": (3, 4)}, metadata=False
    )
    assert model.report.inputs[0].shape == (3, 4)
    assert b"CONVERSION_METADATA" not in bytes(model)
    model = litecast.convert(saved, input_shapes={"x": (None, 4)}, io_order="declared")
    assert model.report.inputs[0].shape == (None, 4)


# ---- wrong use ----


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({"signatures": "serving_default"}, TypeError, "not a string"),
        ({"signatures": ["no"]}, litecast.UsageError, "serving_default"),
        ({"tags": ["train"]}, litecast.UsageError, "serve"),
        ({"io_order": "any"}, litecast.UsageError, "declared"),
        ({"recurrent": "any"}, litecast.UsageError, "fused"),
        ({"input_shapes": {"z": [1]}}, litecast.UsageError, "no input 'z'"),
        ({"input_shapes": [1, 4]}, TypeError, "maps names"),
        ({"input_arrays": [3]}, TypeError, "list of strings"),
        ({"select_tf_ops": "perhaps"}, litecast.UsageError, "where_needed"),
        ({"custom_ops": "Qr"}, TypeError, "custom_ops is a list of strings"),
    ],
)
def test_wrong_arguments_are_refused(saved, arguments, error, words):
    with pytest.raises(error, match=words):
        litecast.convert(saved, **arguments)


@pytest.mark.parametrize("source", [3, None, object(), [1], {}, {"a": 1}, b"\0"])
def test_objects_that_are_no_source_are_refused(source):
    with pytest.raises((litecast.Error, ValueError)):
        litecast.convert(source)


def test_pytorch_modules_are_refused_in_words():
    class Module:
        def state_dict(self):
            return {}

    with pytest.raises(litecast.NotYetSupported, match="PyTorch"):
        litecast.convert(Module())


def test_missing_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(litecast.IoError, match="no such file"):
        litecast.convert(tmp_path / "missing")
    (tmp_path / "model.onnx").write_bytes(b"?")
    with pytest.raises(litecast.UsageError, match="ONNX"):
        litecast.convert(tmp_path / "model.onnx")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "saved_model.pb").write_bytes(b"\x12\xff")
    with pytest.raises(litecast.MalformedInput, match="saved_model.pb"):
        litecast.convert(broken)


def test_all_that_cannot_be_converted_is_told_at_once(unconvertible, tmp_path):
    with pytest.raises(litecast.ConversionError) as caught:
        litecast.convert(unconvertible, tmp_path / "out.tflite")
    ops = {diagnostic.op for diagnostic in caught.value.diagnostics}
    assert ops == {"DecodeJpeg", "StringToHashBucketFast"}
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.op in str(caught.value) and diagnostic.reason and diagnostic.places
    assert not os.listdir(tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics and str(again) == str(caught.value)


def test_converter_error_has_the_fields_of_the_reference(unconvertible):
    from litecast import tflite

    converter = tflite.TFLiteConverter.from_saved_model(unconvertible)
    with pytest.raises(tflite.ConverterError, match="TF Select ops: DecodeJpeg") as caught:
        converter.convert()
    assert isinstance(caught.value, litecast.ConversionError)
    error = caught.value.errors[0]
    assert error.operator.name == "tf.DecodeJpeg" and error.error_code == 1
    assert error.location.call[0].name == caught.value.diagnostics[0].places[0]


# ---- paths ----


@pytest.mark.parametrize("name", ["Größe 模型.tflite", "x" * 200 + ".tflite"])
def test_unusual_names_of_the_output(saved, tmp_path, name):
    litecast.convert(saved, tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0


def test_names_that_are_no_text(saved, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.tflite"
    litecast.convert(saved, path)
    assert os.path.getsize(path) > 0
    with pytest.raises(litecast.IoError):
        litecast.convert(os.fsencode(tmp_path) + b"/\xfe")


def test_a_name_that_is_too_long_is_an_io_error(saved, tmp_path):
    with pytest.raises(litecast.IoError):
        litecast.convert(saved, tmp_path / ("x" * 300))


def test_a_folder_that_does_not_exist_is_an_io_error(saved, tmp_path):
    with pytest.raises(OSError, match="missing"):
        litecast.convert(saved, tmp_path / "missing" / "model.tflite")


def test_nothing_need_be_written_in_the_working_folder(saved, tmp_path):
    """In one that has been removed not even root can write."""
    code = """
import os, sys
os.chdir(sys.argv[3])
os.rmdir(sys.argv[3])
import litecast
print(litecast.convert(sys.argv[1], sys.argv[2]).size == litecast.convert(sys.argv[1]).size)
try:
    litecast.convert(sys.argv[1], "here.tflite")
except litecast.IoError as error:
    print("here.tflite" in str(error))
"""
    here = tmp_path / "here"
    here.mkdir()
    told = run_python(code, saved, tmp_path / "m.tflite", here).splitlines()
    assert told == ["True", "True"]


# ---- progress, signals, threads, processes ----


def test_progress_is_told_and_can_stop(saved, tmp_path):
    steps = []
    litecast.convert(saved, progress=lambda step, fraction: steps.append((step, fraction)))
    assert steps and all(0 <= fraction <= 1 for _, fraction in steps)
    with pytest.raises(litecast.Cancelled):
        litecast.convert(saved, tmp_path / "m.tflite", progress=lambda step, fraction: False)
    assert not os.listdir(tmp_path)


def test_what_progress_raises_arrives(saved, tmp_path):
    def fail(step, fraction):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        litecast.convert(saved, tmp_path / "m.tflite", progress=fail)
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("step", ["reading", "optimizing", "writing"])
def test_control_c_at_any_step_leaves_nothing(saved, tmp_path, step):
    """The first step after the signal ends the conversion: no other one follows."""
    steps = []

    def progress(at, fraction):
        steps.append(at)
        if at == step:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        litecast.convert(saved, tmp_path / "m.tflite", progress=progress)
    assert steps[-1] == step and steps.count(step) == 1
    assert not os.listdir(tmp_path)


# All that the native module is to be told, for scripts that call it themselves.
OPTIONS = """
options = dict(signatures=[], tags=[], input_shapes={}, io_order="reference", input_arrays=[],
               output_arrays=[], metadata=True, debug_metadata=False, preserve_asserts=False,
               reduce_type_precision=False, target="runtime", select_tf_ops="never",
               select_user_tf_ops=[], select_all_tf_ops=False, supported_backends=[],
               allow_custom_ops=False, custom_ops=[], recurrent="auto")
"""

PENDING = """
import ctypes, functools, os, sys
from litecast import _native
class Nothing(Exception): pass
source, output = map(os.fsencode, sys.argv[1:])
interrupt = ctypes.pythonapi.PyErr_SetInterrupt
convert = functools.partial(_native.convert, source, output, options, None)
# next(iter(function, sentinel)) calls a function without an instruction of Python in between: the
# signal has come, and the interpreter has had no occasion to look for it.
calls = [iter(interrupt, Nothing), iter(convert, Nothing)]
try:
    results = [*map(next, calls)]
except KeyboardInterrupt:
    print("interrupted")
"""


def test_the_native_program_looks_for_signals(saved, tmp_path):
    assert run_python(OPTIONS + PENDING, saved, tmp_path / "m.tflite") == "interrupted"
    assert not os.listdir(tmp_path)


def test_two_threads_convert_at_once(saved):
    expected = bytes(litecast.convert(saved))
    results = []

    def work():
        for _ in range(20):
            results.append(bytes(litecast.convert(saved)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 80


UNLOCKED = """
import os, sys, threading, time
from litecast import _native
source = os.fsencode(sys.argv[1])
# From now on another thread runs only where this one gives up the interpreter's lock by itself.
sys.setswitchinterval(1e6)
ran = []
def other():
    started.release()
    goes_on.acquire()
    ran.append(True)
started, goes_on = threading.Lock(), threading.Lock()
started.acquire(); goes_on.acquire()
threading.Thread(target=other, daemon=True).start()
started.acquire()
goes_on.release()
for i in range(100000):
    _native.convert(source, None, options, None)
    if ran: break
print(ran)
"""


def test_other_threads_run_meanwhile(saved):
    assert run_python(OPTIONS + UNLOCKED, saved) == "[True]"


def _convert_in_child(saved, pipe):
    pipe.send(bytes(litecast.convert(saved)))


def test_forked_processes_convert(saved):
    expected = bytes(litecast.convert(saved))
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_convert_in_child, args=(saved, there))
    process.start()
    there.close()
    assert here.recv() == expected
    process.join()
    assert process.exitcode == 0
