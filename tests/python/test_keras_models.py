"""Keras models as sources, of Keras 3 and of tf-keras."""

import numpy as np
import pytest
import tensorflow as tf
import keras as keras3
import tf_keras

import litecast
import models
from litecast import tflite


@pytest.fixture(params=["keras", "tf_keras"])
def keras(request):
    return {"keras": keras3, "tf_keras": tf_keras}[request.param]


def check(model, *inputs):
    """The converted model answers like the model, and has the reference's interface."""
    return check_call(model, list(inputs) if len(inputs) > 1 else inputs[0])


def check_call(model, inputs, reference_fails=False):
    """The same for a model that is called with one structure of inputs."""
    expected = model(inputs, training=False)
    inputs = tf.nest.flatten(inputs)
    converted = litecast.convert(model)
    (signature,) = converted.report.signatures
    names = [spec.name.partition(":")[0] for spec in model.inputs] if model.inputs else None
    if names is None or len(signature.inputs) == 1:
        names = [signature.inputs[0].name]
    got = models.run(converted, **dict(zip(names, inputs)))
    flat = tf.nest.flatten(expected)
    assert len(flat) == len(got)
    for value, name in zip(flat, sorted(got, key=natural) if not isinstance(expected, dict) else sorted(got)):
        models.close(got[name], value)
    if reference_fails:
        with pytest.raises((TypeError, ValueError)):
            tf.lite.TFLiteConverter.from_keras_model(model).convert()
        return converted
    reference = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    ours = tflite.TFLiteConverter.from_keras_model(model).convert()
    assert models.interface(ours) == models.interface(reference)
    return converted


def natural(name):
    """output_10 behind output_9."""
    head, _, number = name.rpartition("_")
    return (head, int(number)) if number.isdigit() else (name, 0)


def image(batch=2):
    return np.random.default_rng(0).normal(size=(batch, 8, 8, 3)).astype(np.float32)


def test_sequential(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    converted = check(model, image())
    assert converted.report.ops["CONV_2D"] == converted.report.ops["FULLY_CONNECTED"] == 1


def test_functional_with_several_inputs_and_outputs(keras):
    a, b = keras.Input((4,), name="zeta"), keras.Input((4,), name="alpha")
    shared = keras.layers.Dense(3, name="shared")
    first, second = shared(a), shared(b)
    joined = keras.layers.Add(name="joined")([first, second])
    model = keras.Model([a, b], [joined, first])
    check(model, models.x(2), models.x(2) + 1)


@pytest.mark.parametrize(
    "structure",
    [
        lambda a, b: {"zeta": a, "alpha": b},
        lambda a, b: {"first": a, "second": b},
        lambda a, b: [a, {"key": b}],
        lambda a, b: {"both": [b, a]},
        lambda a, b: (b, a),
    ],
    ids=["names", "other keys", "dict in list", "list in dict", "tuple"],
)
def test_inputs_in_a_structure(structure):
    a, b = keras3.Input((4,), name="zeta"), keras3.Input((4,), name="alpha")
    y = keras3.layers.Dense(3)(a) * 2.0 + keras3.layers.Dense(3)(b)
    model = keras3.Model(structure(a, b), y)
    inputs = structure(models.x(2), models.x(2) + 1)
    # It hands a list to a model whose keys are the names of its inputs, and Keras refuses that.
    check_call(model, inputs, reference_fails=isinstance(inputs, dict) and "zeta" in inputs)


def test_a_dict_of_one_input():
    a = keras3.Input((4,), name="zeta")
    check_call(keras3.Model({"only": a}, keras3.layers.Dense(3)(a)), {"only": models.x()})


def test_custom_layers_and_training_only_behaviour(keras):
    class Noise(keras.layers.Layer):
        def call(self, x, training=False):
            return x + 100.0 if training else x * 2.0

    model = keras.Sequential([keras.Input((4,)), Noise(), keras.layers.Dense(2)])
    check(model, models.x())


def test_subclassed_after_a_call(keras):
    class Twice(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x, training=False):
            return self.dense(x) * 2.0

    model = Twice()
    model(models.x())
    converted = litecast.convert(model)
    (name,) = [tensor.name for tensor in converted.report.inputs]
    for batch in (2, 5):
        (got,) = models.run(converted, **{name: models.x(batch)}).values()
        models.close(got, model(models.x(batch)))


@pytest.mark.parametrize("kind", [dict, list])
def test_subclassed_with_several_inputs(kind):
    """Inputs are named by the keys of a dictionary, and else by their places."""

    class Both(keras3.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras3.layers.Dense(2)

        def call(self, inputs):
            a, b = (inputs["zeta"], inputs["alpha"]) if kind is dict else inputs
            return {"y": self.dense(a) + b[:, :2], "z": 2 * b}

    def given(batch):
        a, b = models.x(batch), models.x(batch) * 3
        return {"zeta": a, "alpha": b} if kind is dict else kind([a, b])

    model = Both()
    model(given(2))
    ours = tflite.TFLiteConverter.from_keras_model(model).convert()
    theirs = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    assert models.interface(ours) == models.interface(theirs)
    names = ["zeta", "alpha"] if kind is dict else ["args_0", "args_0_1"]
    for batch in (2, 5):
        got = models.run(
            ours,
            **dict(
                zip(names, tf.nest.flatten(list(given(batch).values()) if kind is dict else given(batch)))
            ),
        )
        for name, value in model(given(batch)).items():
            models.close(got[name], value)


def test_a_call_with_several_arguments_is_refused_in_words():
    class Sum(keras3.Model):
        def call(self, a, b):
            return a + b

    model = Sum()
    model(models.x(), models.x())
    for convert in (litecast.convert, lambda m: tflite.TFLiteConverter.from_keras_model(m).convert()):
        with pytest.raises(litecast.UsageError, match="input shapes have not been set.*'b'"):
            convert(model)


def test_preprocessing_layers(keras):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Rescaling(1 / 255.0),
            layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0]),
            layers.CenterCrop(6, 5),
            layers.Resizing(4, 4),
        ]
    )
    check(model, image())


def test_nothing_takes_a_detour(keras, no_detour, monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    for name in ("save", "export"):
        monkeypatch.setattr(type(model), name, None, raising=False)
    litecast.convert(model)


def test_dtype_policies_are_kept(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, dtype="float16")])
    converted = litecast.convert(model)
    assert converted.report.outputs[0].dtype == "float16"


def test_an_unbuilt_sequence_is_refused_in_words(keras):
    with pytest.raises(litecast.UsageError, match="not been"):
        litecast.convert(keras.Sequential([keras.layers.Dense(2)]))


def test_a_layer_is_a_model_where_it_knows_its_inputs():
    layer = keras3.layers.Dense(3)
    with pytest.raises(litecast.UsageError, match="input shapes have not been set"):
        litecast.convert(layer)
    layer(models.x())
    (got,) = models.run(litecast.convert(layer), args_0=models.x(5)).values()
    models.close(got, layer(models.x(5)))
    layer = tf_keras.layers.Dense(3)
    layer(models.x())
    with pytest.raises(litecast.UsageError, match="tf_keras.Sequential"):
        litecast.convert(layer)


def test_within_a_graph(keras):
    """What is converted is no part of the graph that is being made."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    with tf.Graph().as_default() as graph:
        converted = litecast.convert(model)
        with pytest.raises(litecast.UsageError, match="is no source"):
            litecast.convert(3)
    assert graph.get_operations() == []
    (name,) = (tensor.name for tensor in converted.report.inputs)
    (got,) = models.run(converted, **{name: models.x()}).values()
    models.close(got, model(models.x()))


def test_an_unbuilt_model_is_refused_in_words(keras):
    class Unbuilt(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(litecast.UsageError, match="input shapes have not been set"):
        litecast.convert(Unbuilt())


def test_weights_are_read_where_they_lie(keras):
    from litecast._sources import memory_model

    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(64)])
    _, message, values = memory_model(model, {"signatures": []})
    assert len(message) < 64 * 64 * 4
    assert sorted(len(memoryview(buffer).cast("B")) for _, _, buffer in values) == [256, 64 * 64 * 4]
