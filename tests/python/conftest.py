import importlib
import signal
import sys

import pytest


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the long tests too")


def pytest_configure(config):
    # A shell lets what it runs in the background ignore Ctrl-C, and all that is started from there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "long: takes minutes; only with --long")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--long"):
        return
    items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture
def no_detour(monkeypatch):
    """Lets whatever would go over the disk or through TensorFlow's converter fail."""
    import tempfile

    import tensorflow as tf

    def refuse(*args, **kwargs):
        raise AssertionError("a detour")

    monkeypatch.setattr(tf.saved_model, "save", refuse)
    monkeypatch.setattr(tf.lite.TFLiteConverter, "convert", refuse)
    for name in ("mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory"):
        monkeypatch.setattr(tempfile, name, refuse)
    import tensorflow.python.saved_model.save as save

    monkeypatch.setattr(save, "save", refuse)


# The yardstick: tests that take `lite` run with the reference's classes and with ours.
@pytest.fixture(params=["tf.lite", "litecast.tflite"])
def lite(request):
    if request.param == "tf.lite":
        import tensorflow as tf

        return tf.lite
    return importlib.import_module(request.param)


@pytest.fixture(params=["tf.compat.v1.lite", "litecast.tflite.v1"])
def lite_v1(request):
    if request.param == "tf.compat.v1.lite":
        import tensorflow as tf

        return tf.compat.v1.lite
    return importlib.import_module(request.param)


@pytest.fixture(autouse=True)
def forget_what_was_said():
    """Each test hears the warnings that come once in a process."""
    module = sys.modules.get("litecast.tflite.attributes")
    if module is not None:
        module._said.clear()
