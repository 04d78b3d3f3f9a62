"""Every layer of Keras 3, alone and behind a Dense layer's worth of arithmetic, at two batch sizes.

The long test writes docs/keras_layers.md anew; it fails when a layer that the table calls converted
is not, or is not right.
"""

import pathlib
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import litecast
import models
from layer_cases import CASES, all_layers, dtype_of, values

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/keras_layers.md"
QUICK = ["Dense", "Conv2D", "LSTM", "MultiHeadAttention", "Embedding", "BatchNormalization"]

HEAD = """\
# The layers of Keras 3

Made by `tests/python/run.py --all -k keras_layers`: each layer with its main options, alone and in a model, converted from memory
and compared with Keras on LiteRT at two batch sizes. What needs Select TF ops converts with `select_tf_ops=True` to what
TensorFlow's own kernels run, which the runtime must bring.

| layer | cases | converted |
|---|---|---|
"""


def model_of(make, shapes, in_a_model):
    inputs = [keras.Input(shape, dtype=dtype_of(shape)) for shape in shapes]
    # An input that a layer passes on unchanged would be input and output of a model at once.
    first = [keras.layers.Identity()(x) for x in inputs]
    if in_a_model and all(dtype_of(shape) == "float32" for shape in shapes):
        first = [keras.layers.Rescaling(0.5, 0.1)(x) for x in inputs]
    outputs = make()(first if len(first) > 1 else first[0])
    return keras.Model(inputs, outputs)


class Alone:
    """A layer of which Keras makes no functional model, called in a function."""

    def __init__(self, make, shapes, in_a_model):
        layer, scale = make(), keras.layers.Rescaling(0.5, 0.1)
        self.call = lambda x, training: layer(scale(x) if in_a_model else x, training=training)
        (shape,) = shapes
        spec = tf.TensorSpec([None, *shape], dtype_of(shape), "x")
        call = tf.function(lambda x: self.call(x, training=False), input_signature=[spec], autograph=False)
        self.function = call.get_concrete_function()

    def __call__(self, x, training):
        return self.call(x, training)


def subject_of(make, shapes, in_a_model):
    """What is converted, what computes the expected answers, and the names of its inputs."""
    try:
        model = model_of(make, shapes, in_a_model)
    except ValueError as error:
        if "part of a cycle" not in str(error):
            raise
        model = Alone(make, shapes, in_a_model)
        return model.function, model, ["x"]
    return model, model, [tensor.name for tensor in model.inputs]


def reasons_of(error):
    reasons = sorted({f"{d.op}: {d.reason}" for d in error.diagnostics})
    # Keras numbers its variables as it makes them.
    return re.sub(r"'seed_generator[^']*'", "'seed_generator_state'", "; ".join(reasons))


def problem_of(make, shapes, in_a_model):
    """None, or why the layer is not converted. A wrong answer raises AssertionError."""
    source, model, names = subject_of(make, shapes, in_a_model)
    try:
        converted = litecast.convert(source, progress=False)
    except litecast.ConversionError as error:
        try:
            litecast.convert(source, progress=False, select_tf_ops=True)
        except litecast.ConversionError:
            return reasons_of(error)
        return f"needs Select TF ops: {reasons_of(error)}"
    for batch in (2, 3):
        inputs = [values(shape, batch, seed) for seed, shape in enumerate(shapes)]
        expected = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        got = models.run(converted, **dict(zip(names, inputs)))
        flat = tf.nest.flatten(expected)
        for value, name in zip(flat, sorted(got, key=lambda name: int(name.rpartition("_")[2]))):
            if np.asarray(value).dtype.kind == "f":
                np.testing.assert_allclose(got[name], value, rtol=2e-3, atol=2e-4)
            else:
                np.testing.assert_array_equal(got[name], np.asarray(value))
    return None


@pytest.mark.parametrize("name", QUICK)
def test_quick_layers_are_right(name):
    for make, shapes in CASES[name]:
        assert problem_of(make, shapes, in_a_model=True) is None


def documented():
    """The layers that the table lists, and what it says of each."""
    if not DOCUMENT.exists():
        return {}
    rows = re.findall(r"^\| (\w+) \| \d+ \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    return dict(rows)


def test_every_layer_has_cases_and_stands_in_the_table():
    assert [name for name in all_layers() if name not in CASES] == []
    assert sorted(documented()) == all_layers()


def verdict_of(name, wrong):
    """What the table says of a layer; wrong answers are added to `wrong`."""
    problems = []
    for make, shapes in CASES[name]:
        for in_a_model in (False, True):
            try:
                problem = problem_of(make, shapes, in_a_model)
            except Exception as error:  # noqa: BLE001 - each is told with its layer
                wrong.append(f"{name}: {type(error).__name__}: {str(error)[:500]}")
                problem = "the answers differ"
            if problem:
                problems.append(problem)
    if not problems:
        return "yes"
    verdict = ". ".join(dict.fromkeys(problems)).replace("|", "\\|").replace("\n", " ")
    refused = f"in part ({2 * len(CASES[name]) - len(problems)} of {2 * len(CASES[name])})"
    return f"{'no' if len(problems) == 2 * len(CASES[name]) else refused}: {verdict}"


@pytest.mark.long
def test_all_layers_are_right_or_stand_on_the_list():
    before = documented()
    rows, wrong = [], []
    for name in all_layers():
        verdict = verdict_of(name, wrong)
        if verdict != "yes" and before.get(name) == "yes":
            wrong.append(f"{name} is converted no longer: {verdict}")
        rows.append(f"| {name} | {len(CASES[name])} | {verdict} |\n")
    DOCUMENT.write_text(HEAD + "".join(rows))
    assert wrong == []
