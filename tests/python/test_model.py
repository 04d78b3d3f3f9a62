"""What a conversion returns: the Model beyond its bytes, and its report."""

import copy
import dataclasses
import os
import pickle
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
import tensorflow as tf

import litecast
import models


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("saved") / "affine")
    tf.saved_model.save(models.affine(), folder, signatures=models.affine().affine)
    return folder


@pytest.fixture(scope="module")
def keras_model():
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu", name="first"),
            layers.Flatten(name="flat"),
            layers.Dense(5, name="last"),
        ]
    )


# ---- the report ----


def test_layers_say_what_became_of_them(keras_model):
    report = litecast.convert(keras_model).report
    # Keras numbers the scopes of its layers.
    layers = {layer.name.rpartition("/")[2].removesuffix("_1"): layer for layer in report.layers}
    assert layers["first"].ops == {"CONV_2D": 1}
    assert layers["first"].constant_bytes == 4 * (3 * 3 * 3 * 4 + 4)
    assert layers["last"].ops == {"FULLY_CONNECTED": 1}
    assert layers["last"].constant_bytes >= 4 * 6 * 6 * 4 * 5
    assert [name for name in layers if name in ("first", "last")] == ["first", "last"]
    total = {}
    for layer in report.layers:
        for op, count in layer.ops.items():
            total[op] = total.get(op, 0) + count
    assert total == report.ops


def test_what_stands_in_no_layer_has_no_name(saved):
    (layer,) = litecast.convert(
        tf.function(lambda x: x * x, input_signature=[tf.TensorSpec([2])])
    ).report.layers
    assert layer == litecast.Layer("", {"MUL": 1}, 0)


def test_a_constant_counts_where_it_is_used_first():
    w = tf.random.normal([64, 64], seed=3)

    def f(x):
        with tf.name_scope("a"):
            x = tf.nn.relu(x @ w)
        with tf.name_scope("b"):
            return x @ w

    report = litecast.convert(tf.function(f, input_signature=[tf.TensorSpec([2, 64])])).report
    assert [(layer.name, layer.constant_bytes) for layer in report.layers] == [("a", 64 * 64 * 4), ("b", 0)]


def test_steps_say_how_long_they_took(saved):
    report = litecast.convert(saved).report
    assert list(report.timings) == ["reading", "building", "optimizing", "writing"]
    assert all(seconds >= 0 for seconds in report.timings.values())
    assert sum(report.timings.values()) == pytest.approx(report.seconds, abs=1e-6)


def test_a_report_is_plain_data(keras_model):
    report = litecast.convert(keras_model).report
    assert dataclasses.is_dataclass(report) and dataclasses.asdict(report)["layers"][0]["ops"]
    assert pickle.loads(pickle.dumps(report)) == report
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.bytes = 0


def test_a_notebook_shows_layers_and_their_sizes(keras_model):
    shown = litecast.convert(keras_model)._repr_html_()
    assert "<summary>" in shown and "first" in shown and "448 B" in shown


# ---- the model ----


def test_models_are_pickled_with_their_bytes(saved, tmp_path):
    model = litecast.convert(saved)
    for again in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
        assert bytes(again) == bytes(model) and again.report == model.report and again.path is None
    in_file = litecast.convert(saved, tmp_path / "m.tflite")
    again = pickle.loads(pickle.dumps(in_file))
    assert again.path == in_file.path and bytes(again) == bytes(model)


def test_what_was_made_cannot_be_exchanged(saved):
    model = litecast.convert(saved)
    for name in ("report", "path", "size"):
        with pytest.raises(AttributeError):
            setattr(model, name, None)


@pytest.mark.parametrize("kind", [str, os.fsencode, lambda path: path])
def test_paths_of_all_kinds(saved, tmp_path, kind):
    model = litecast.convert(saved, kind(tmp_path / "a.tflite"))
    assert model.path == str(tmp_path / "a.tflite")
    model.save(kind(tmp_path / "b.tflite"))
    litecast.convert(kind(saved)).save(kind(tmp_path / "c.tflite"))
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert len(list(tmp_path.iterdir())) == 3


def test_a_model_may_be_saved_where_it_lies(saved, tmp_path):
    model = litecast.convert(saved, tmp_path / "m.tflite")
    before = bytes(model)
    model.save(tmp_path / "m.tflite")
    assert bytes(model) == before and os.listdir(tmp_path) == ["m.tflite"]


@pytest.mark.parametrize("in_file", [False, True])
def test_save_fails_as_convert_does(saved, tmp_path, in_file):
    out = tmp_path / "out"
    out.mkdir()
    model = litecast.convert(saved, tmp_path / "m.tflite") if in_file else litecast.convert(saved)
    with pytest.raises(litecast.UsageError, match="is a folder"):
        model.save(out)
    with pytest.raises(litecast.IoError, match="missing"):
        model.save(out / "missing" / "m.tflite")
    with pytest.raises(litecast.IoError):
        model.save(out / ("x" * 300))
    with pytest.raises(TypeError):
        model.save(None)
    assert not os.listdir(out)


def test_a_file_that_is_gone_is_an_io_error(saved, tmp_path):
    model = litecast.convert(saved, tmp_path / "m.tflite")
    os.unlink(tmp_path / "m.tflite")
    for read in (bytes, lambda model: model.save(tmp_path / "n.tflite")):
        with pytest.raises(litecast.IoError, match="m.tflite"):
            read(model)
    assert not os.listdir(tmp_path)


def test_threads_may_save_to_one_path(saved, tmp_path):
    model = litecast.convert(saved)
    path = tmp_path / "m.tflite"
    threads = [threading.Thread(target=lambda: [model.save(path) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() == bytes(model) and os.listdir(tmp_path) == ["m.tflite"]


INTERRUPTED = """
import ctypes, functools, sys
import litecast
model = litecast.convert(sys.argv[1])
class Nothing(Exception): pass
interrupt = ctypes.pythonapi.PyErr_SetInterrupt
save = functools.partial(litecast._native.save, model, sys.argv[2].encode())
# As in test_convert: the signal has come, and Python has had no occasion to look for it.
calls = [iter(interrupt, Nothing), iter(save, Nothing)]
try:
    [*map(next, calls)]
except KeyboardInterrupt:
    print("interrupted")
"""


def test_control_c_while_saving_leaves_nothing(saved, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, saved, str(tmp_path / "m.tflite")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert done.stdout.strip() == "interrupted", done.stderr
    assert not os.listdir(tmp_path)


def test_a_view_of_a_model_that_is_gone(saved):
    array = np.frombuffer(litecast.convert(saved), np.uint8)
    assert bytes(array[4:8]) == b"TFL3" and not array.flags.writeable


# ---- what convert() is given ----


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({"progress": "yes"}, TypeError, "progress is a function"),
        ({"input_shapes": {"x": 3}}, TypeError, "sizes of 'x' are a sequence"),
        ({"input_shapes": {"x": ("a", 4)}}, TypeError, "sizes of 'x' are a sequence"),
        ({"input_shapes": {"x": (1.5, 4)}}, TypeError, "sizes of 'x' are a sequence"),
        ({"input_shapes": {"x": (-5, 4)}}, litecast.UsageError, "'x'"),
        ({"input_shapes": {"x": (1, 4, 4)}}, litecast.UsageError, "'x'"),
        ({"output": 3}, TypeError, "os.PathLike"),
        ({"signatures": 3}, TypeError, "a list of strings, not 3"),
    ],
)
def test_wrong_arguments_are_told_in_words(saved, arguments, error, words):
    with pytest.raises(error, match=words):
        litecast.convert(saved, **arguments)


def test_sizes_may_be_numpy_s(saved):
    model = litecast.convert(saved, input_shapes={"x": np.array([3, 4])})
    assert model.report.inputs[0].shape == (3, 4)
