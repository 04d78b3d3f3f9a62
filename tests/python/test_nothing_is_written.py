"""Models in memory are converted without a detour over the disk: in a process that cannot write."""

import os
import pathlib
import subprocess
import sys

SOURCES = """
import os, sys
import keras, tf_keras
import tensorflow as tf
import litecast, sealed

class Wide(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.random.normal([512, 512]))
        self.rows = tf.random.normal([64, 512])

    @tf.function(input_signature=[tf.TensorSpec([None, 512], tf.float32, "x")], autograph=False)
    def f(self, x):
        return x @ self.w + self.rows[0]

def keras_model(keras):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(300), keras.layers.Dense(2)])

wide = Wide()
sources = [wide.f.get_concrete_function(), keras_model(keras), keras_model(tf_keras)]
"""


def run(code, folder, *arguments):
    paths = [str(pathlib.Path(__file__).parent), os.environ["PYTHONPATH"]]
    temporary = folder / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "TMPDIR": str(temporary)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not list(temporary.iterdir())
    return done.stdout.strip()


def test_models_in_memory_are_converted_by_a_process_that_cannot_write(tmp_path):
    code = (
        SOURCES
        + "sealed.seal()\nprint([litecast.convert(source).size > 4000 for source in sources])"
    )
    assert run(code, tmp_path) == "[True, True, True]"


def test_a_sealed_process_cannot_write(tmp_path):
    """The other tests here are worth as much as the seal."""
    code = """
import os, sealed
sealed.seal()
refused = []
for attempt in (lambda: open("a", "w").write("b"), lambda: os.mkdir("c"), lambda: os.rename("d", "e")):
    try:
        attempt()
    except PermissionError:
        refused.append(True)
print(refused)
"""
    assert run(code, tmp_path) == "[True, True, True]"


def test_only_the_output_is_written(tmp_path):
    code = SOURCES + "litecast.convert(sources[0], sys.argv[1])"
    output = tmp_path / "out"
    output.mkdir()
    run(code, tmp_path, str(output / "model.tflite"))
    assert [path.name for path in output.iterdir()] == ["model.tflite"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "temporary"]
