"""The wheels: built with the interpreters that the machine has, installed alone, and used.

scripts/wheel makes one for each of CPython 3.10, 3.11 and 3.12; the last serves all later versions.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

pytestmark = pytest.mark.long

ROOT = pathlib.Path(__file__).parents[2]
MEGABYTE = 1_000_000
GLIBC = 34  # minor version of the oldest one that a wheel may ask for
# The wheel that serves a version.
WHEELS = {"3.10": "cp310-cp310", "3.11": "cp311-cp311", "3.12": "cp312-abi3", "3.13": "cp312-abi3"}

CONVERT = """
import sys
import litecast
assert litecast.__file__.startswith(sys.prefix), litecast.__file__
model = litecast.convert(sys.argv[1], sys.argv[2])
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
try:
    told = interpreters.run_string(other, "import litecast")
except Exception as error:
    told = error
interpreters.destroy(other)
assert "litecast does not run in a sub-interpreter" in str(told), told
model = litecast.convert(sys.argv[1], sys.argv[2])
print(sum(model.report.ops.values()), model.size, "numpy" in sys.modules, sorted(
    name for name in sys.modules if name.partition(".")[0] in ("tensorflow", "keras", "ai_edge_litert")))
try:
    from litecast.tflite import Interpreter
except ImportError as error:
    print(error)
"""


def interpreter(version):
    """A CPython of that version, on the path or where pyenv puts them."""
    candidates = [shutil.which(f"python{version}")]
    candidates += sorted(pathlib.Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in filter(None, candidates):
        asked = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        )
        if asked.stdout.strip() == version:
            return str(candidate)
    return None


FOUND = {version: path for version in WHEELS if (path := interpreter(version))}


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels():
    """By their tags, as `make wheel` leaves them."""
    builders = [path for version, path in FOUND.items() if version != "3.13"]
    run(ROOT / "scripts/wheel", *(builders or [sys.executable]))
    return {path.name.split("-", 2)[2].rpartition("-")[0]: path for path in (ROOT / "dist").glob("*.whl")}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    import models
    import tensorflow as tf

    folder = tmp_path_factory.mktemp("saved")
    tf.saved_model.save(models.affine(), str(folder), signatures=models.affine().affine)
    return folder


def test_this_machine_has_interpreters():
    assert FOUND


def test_wheels_are_small_and_for_many_systems(wheels):
    for tags, path in wheels.items():
        assert path.stat().st_size <= 4 * MEGABYTE
        (platform,) = [
            tag for tag in path.stem.rpartition("-")[2].split(".") if tag.startswith("manylinux_2_")
        ]
        assert int(platform.split("_")[2]) <= GLIBC, tags


def test_wheels_hold_the_package_whole(wheels):
    package = ROOT / "python/litecast"
    expected = {
        f"litecast/{path.relative_to(package)}"
        for path in package.rglob("*")
        if path.suffix in (".py", ".pyi", ".typed") and "__pycache__" not in path.parts
    }
    for path in wheels.values():
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
            text = archive.read(metadata).decode()
        assert expected <= names and "litecast/bin/litecast" in names
        asked = [line for line in text.splitlines() if line.startswith("Requires-Dist:")]
        assert len(asked) == 1 and asked[0].startswith("Requires-Dist: numpy")


@pytest.mark.parametrize("version", WHEELS)
def test_a_new_environment_converts_with_it(version, wheels, saved, tmp_path):
    if version not in FOUND:
        pytest.skip(f"this machine has no CPython {version}")
    run(FOUND[version], "-m", "venv", tmp_path / "new")
    python = tmp_path / "new/bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheels[WHEELS[version]])
    # Away from the checkout, and without the package that the other tests use.
    alone = {"cwd": tmp_path, "env": {"PATH": "/usr/bin:/bin"}}
    told, hint = run(python, "-c", CONVERT, saved, "model.tflite", **alone).splitlines()
    assert told == f"1 {os.path.getsize(tmp_path / 'model.tflite')} False []"
    assert "pip install ai-edge-litert" in hint
    installed = run(python, "-m", "pip", "list", "--format=freeze", **alone)
    names = {line.partition("==")[0] for line in installed.splitlines()}
    assert names - {"pip", "setuptools"} == {"litecast", "numpy"}
    command = tmp_path / "new/bin/litecast"
    assert "1 FULLY_CONNECTED" in run(command, "convert", saved, "-o", "again.tflite", **alone)
    assert (tmp_path / "again.tflite").read_bytes() == (tmp_path / "model.tflite").read_bytes()


MIGRATED = """
import sys
import numpy as np
import tensorflow as tf
import litecast.tflite as tflite  # was: tf.lite

assert tflite.__file__.startswith(sys.prefix)
model = tf.keras.Sequential([tf.keras.Input((4,), name="x"), tf.keras.layers.Dense(2)])
converter = tflite.TFLiteConverter.from_keras_model(model)
with open("model.tflite", "wb") as file:
    file.write(converter.convert())
interpreter = tflite.Interpreter(model_path="model.tflite")
x = np.ones((1, 4), np.float32)
(got,) = interpreter.get_signature_runner()(x=x).values()
np.testing.assert_allclose(got, model(x), rtol=1e-5)
print("the same")
"""


def test_a_new_environment_with_tensorflow_runs_the_examples(wheels, saved, tmp_path):
    """The packages of tests/requirements.txt, which are TensorFlow, Keras, tf-keras and LiteRT."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    run(sys.executable, "-m", "venv", tmp_path / "new")
    python = tmp_path / "new/bin/python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run(*pip, "-r", ROOT / "tests/requirements.txt", wheels[WHEELS[version]])
    environment = {"PATH": "/usr/bin:/bin", "CUDA_VISIBLE_DEVICES": "-1", "HOME": str(tmp_path)}
    alone = {"cwd": tmp_path, "env": environment}
    examples = ROOT / "examples/python"
    assert "1 FULLY_CONNECTED" in run(python, examples / "saved_model.py", saved, "m.tflite", **alone)
    assert '"status": "done"' in run(python, examples / "service.py", saved, **alone)
    for name in ("keras_model", "concrete_function", "several_signatures"):
        assert "runs on the standard runtime: yes" in run(python, examples / f"{name}.py", **alone)
    assert run(python, "-c", MIGRATED, **alone).splitlines()[-1] == "the same"
