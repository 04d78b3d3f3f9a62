"""The package itself: what importing it costs and brings, its command, its types."""

import subprocess
import sys

import pytest

import litecast


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_import_brings_neither_numpy_nor_a_framework():
    code = "import sys, litecast, litecast.tflite; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    brought = set(python(code).split())
    assert not brought & {"numpy", "tensorflow", "keras", "ai_edge_litert", "jax", "tqdm"}


def test_import_is_quick():
    """Time of the processor, so that what else the machine does is not counted."""
    code = "import time; t = time.process_time(); import litecast; print(time.process_time() - t)"
    assert min(float(python(code)) for _ in range(5)) < 0.030


@pytest.mark.parametrize("first", ["tensorflow", "litecast"])
def test_lives_in_one_process_with_tensorflow(first, tmp_path):
    second = "litecast" if first == "tensorflow" else "tensorflow"
    code = f"""
import sys, {first}, {second}
import tensorflow as tf
@tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
def f(x): return tf.nn.relu(x)
import litecast
print(litecast.convert(f).report.ops)
tf.lite.TFLiteConverter.from_concrete_functions([f.get_concrete_function()], tf.Module()).convert()
"""
    assert python(code).splitlines()[0] == "{'RELU': 1}"


def test_has_a_version():
    assert litecast.__version__.count(".") == 2


def test_command_is_the_native_program():
    done = subprocess.run(
        [sys.executable, "-m", "litecast", "--version"], capture_output=True, text=True
    )
    assert done.stdout.strip() == f"litecast {litecast.__version__}"
    assert subprocess.run([sys.executable, "-m", "litecast", "no"], capture_output=True).returncode == 2


def test_not_yet_supported_names_the_option():
    error = litecast.NotYetSupported("magic", "do it by hand")
    assert error.option == "magic"
    assert str(error) == "magic is not supported by litecast yet; do it by hand"
    assert isinstance(error, NotImplementedError)


def test_exceptions_are_of_the_kinds_that_callers_expect():
    assert issubclass(litecast.IoError, OSError)
    assert issubclass(litecast.UsageError, ValueError)
    assert issubclass(litecast.MalformedInput, ValueError)
    for name in ("IoError", "UsageError", "MalformedInput", "Cancelled", "ConversionError"):
        assert issubclass(getattr(litecast, name), litecast.Error)
