"""The package itself: what importing it costs and brings, its command, its types."""

import os
import pathlib
import subprocess
import sys

import pytest

import litecast

ROOT = pathlib.Path(__file__).parents[2]


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


def modules_of(statement):
    """The modules that a statement brings to an interpreter that has only just started."""
    code = f"import sys; before = {{*sys.modules}}; {statement}; print(*sorted({{*sys.modules}} - before))"
    return set(python(code).split())


@pytest.mark.parametrize(
    "statement", ["import litecast", "import litecast.tflite, litecast.tflite.v1"]
)
def test_import_brings_neither_numpy_nor_a_framework(statement):
    brought = {module.partition(".")[0] for module in modules_of(statement)}
    assert not brought & {"numpy", "tensorflow", "keras", "ai_edge_litert", "jax", "tqdm"}


def test_import_brings_nothing_that_takes_time():
    """What an import costs is the modules it brings: of the standard library only the smallest."""
    standard = {module for module in modules_of("import litecast") if "litecast" not in module}
    assert standard <= {
        "__future__",
        "atexit",
        "os",
        "posixpath",
        "genericpath",
        "stat",
        "_stat",
        "_collections_abc",
    }


def test_import_of_the_classes_of_tf_lite_brings_little():
    brought = modules_of("import litecast.tflite")
    assert not brought & {
        "typing",
        "re",
        "dataclasses",
        "inspect",
        "logging",
        "contextlib",
        "threading",
    }


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
    assert (
        subprocess.run([sys.executable, "-m", "litecast", "no"], capture_output=True).returncode
        == 2
    )


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


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    cache = tmp_path_factory.mktemp("mypy")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "MYPYPATH": "python"},
        )

    return run


def test_types_are_complete(mypy):
    done = mypy("-p", "litecast")
    assert done.returncode == 0, done.stdout
    assert (ROOT / "python/litecast/py.typed").exists()


def test_examples_pass_the_type_checker(mypy):
    # Of TensorFlow no types are known, so what derives from it or is decorated by it has none.
    lenient = ["--allow-subclassing-any", "--allow-untyped-decorators", "--no-warn-unused-ignores"]
    done = mypy(*lenient, *sorted((ROOT / "examples/python").glob("*.py")))
    assert done.returncode == 0, done.stdout


def test_wrong_use_does_not_pass_the_type_checker(mypy, tmp_path):
    script = tmp_path / "wrong.py"
    script.write_text("import litecast\nlitecast.convert('a', signatures=[1]).sise\n")
    assert mypy(script).stdout.count("error:") == 2


def test_the_stub_is_what_the_native_module_says_of_itself(tmp_path):
    fresh = tmp_path / "fresh.pyi"
    environment = {**os.environ, "LITECAST_PYTHON": sys.executable}
    subprocess.run([ROOT / "scripts/stub", fresh], check=True, env=environment)
    assert fresh.read_text() == (ROOT / "python/litecast/_native.pyi").read_text()


SUB_INTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
interpreter = interpreters.create()
try:
    # Later versions of Python return what is raised, earlier ones raise it.
    told = interpreters.run_string(interpreter, "import litecast")
except interpreters.RunFailedError as error:
    told = error
interpreters.destroy(interpreter)
print(told)
import sys, litecast
print(litecast.convert(sys.argv[1], progress=lambda step, fraction: True).report.ops)
"""


@pytest.mark.parametrize("before", ["", "import litecast\n"])
def test_a_sub_interpreter_is_refused_in_words_and_the_main_one_goes_on(before, tmp_path):
    import models
    import tensorflow as tf

    tf.saved_model.save(models.affine(), str(tmp_path), signatures=models.affine().affine)
    told, ops = python(before + SUB_INTERPRETER, tmp_path).rsplit("\n", 1)
    assert "litecast does not run in a sub-interpreter" in told
    assert ops == "{'FULLY_CONNECTED': 1}"


def test_keras_with_another_backend_is_told_what_works():
    """With what Keras says of its backend in its place: neither framework need be installed."""
    code = """
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
import litecast
from litecast import tflite
for backend in ("jax", "torch"):
    keras.config.backend = lambda: backend
    for convert in (litecast.convert, lambda m: tflite.TFLiteConverter.from_keras_model(m).convert()):
        try:
            convert(model)
        except litecast.NotYetSupported as error:
            print(error)
"""
    jax, jax_too, torch, torch_too = python(code).splitlines()
    assert jax == jax_too and torch == torch_too
    assert "jax" in jax and "torch" in torch
    for told in (jax, torch):
        assert "KERAS_BACKEND=tensorflow" in told and "model.export" in told


def exported(library):
    done = subprocess.run(["nm", "-DC", "--defined-only", library], capture_output=True, text=True, check=True)
    return [line.split(" ", 2)[2] for line in done.stdout.splitlines()]


def test_libraries_show_no_names_that_others_have():
    """Another module of the process may bring the same libraries in other versions."""
    folder = pathlib.Path(litecast.__file__).parent
    (library,) = folder.glob("liblitecast*.so")
    foreign = [name for name in exported(library) if "litecast::" not in name]
    assert foreign == [] and any("litecast::convert(" in name for name in exported(library))
    (module,) = folder.glob("_native*.so")
    assert [name for name in exported(module) if not name.startswith("PyInit_")] == []
