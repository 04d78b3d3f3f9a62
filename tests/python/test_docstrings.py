"""What the docstrings show is what happens, and each public thing shows something."""

import doctest
import importlib
import inspect
import pkgutil

import pytest
import tensorflow as tf

import litecast
import models
from litecast import tflite
from litecast.tflite import v1

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(litecast.__path__, "litecast.")
    if module.name not in ("litecast.__main__", "litecast._native")
)


class Decoder(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([], tf.string, "file")])
    def decode(self, file):
        return tf.io.decode_jpeg(file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the examples find in the working folder."""
    folder = tmp_path_factory.mktemp("work")
    affine, decoder = models.Affine(), Decoder()
    tf.saved_model.save(affine, str(folder / "path/to/saved_model"), signatures=affine.affine)
    tf.saved_model.save(decoder, str(folder / "path/to/decoder"), signatures=decoder.decode)
    function = tf.function(lambda x: tf.nn.relu(x, name="y"), input_signature=[tf.TensorSpec([2], name="x")])
    graph = function.get_concrete_function().graph.as_graph_def()
    (folder / "path/to/frozen.pb").write_bytes(graph.SerializeToString())
    (folder / "path/to/broken").mkdir()
    (folder / "path/to/broken/saved_model.pb").write_bytes(b"\x12\xff")
    return folder


@pytest.mark.parametrize("name", ["litecast", *MODULES])
def test_examples_of(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = {"litecast": litecast, "tflite": tflite, "v1": v1, "tf": tf, "module": models.Affine()}
    module = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def public():
    for module in (litecast, tflite, v1):
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) and thing.__module__.startswith("litecast"):
                yield thing
                yield from (
                    function
                    for member, value in vars(thing).items()
                    if not member.startswith("_") and callable(function := getattr(value, "__func__", value))
                )
            elif inspect.isfunction(thing):
                yield thing


def test_every_public_thing_is_explained():
    assert [thing.__qualname__ for thing in public() if not inspect.getdoc(thing)] == []


@pytest.mark.parametrize(
    "thing",
    [
        litecast.convert, litecast.Model, litecast.Model.save, litecast.Model.summary, litecast.Report,
        litecast.Signature, litecast.Tensor, litecast.Layer, litecast.Kernel, litecast.Diagnostic,
        litecast.ConversionError, litecast.UsageError, litecast.MalformedInput, litecast.IoError,
        litecast.Cancelled, litecast.NotYetSupported,
        tflite.TFLiteConverter, tflite.TFLiteConverter.from_saved_model,
        tflite.TFLiteConverter.from_keras_model, tflite.TFLiteConverter.from_concrete_functions,
        tflite.TFLiteConverter.convert, tflite.TargetSpec, tflite.OpsSet, tflite.Optimize,
        tflite.ConverterError,
        v1.TFLiteConverter, v1.TFLiteConverter.from_session, v1.TFLiteConverter.from_frozen_graph,
        v1.TFLiteConverter.from_saved_model, v1.TFLiteConverter.from_keras_model_file, v1.toco_convert,
    ],
    ids=lambda thing: thing.__qualname__,
)  # fmt: skip
def test_an_example_stands_with(thing):
    assert ">>> " in inspect.getdoc(thing)


def test_no_example_is_left_out():
    for name in ["litecast", *MODULES]:
        with open(importlib.import_module(name).__file__) as file:
            assert "doctest: +SKIP" not in file.read(), name
