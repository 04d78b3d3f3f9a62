"""Several inputs and outputs: their names, order and types."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, images, integers, model
from .weights import randomise


@model(picture=images("batch", 16, 16, 3), numbers=floats("batch", 5), kind=integers("batch", low=0, high=4))
def picture_numbers_and_kind():
    picture = keras.Input((16, 16, 3), name="picture")
    numbers = keras.Input((5,), name="numbers")
    kind = keras.Input((), dtype="int32", name="kind")
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(picture)
    x = layers.GlobalMaxPooling2D()(x)
    y = layers.Dense(8, activation="tanh")(numbers)
    x = layers.Concatenate()([x, y, layers.Embedding(4, 6)(kind)])
    outputs = {
        "zeta": layers.Dense(2)(x),
        "alpha": layers.Dense(3)(x),
        "middle": layers.Multiply()([y, y]),
    }
    network = keras.Model([picture, numbers, kind], outputs, name="picture_numbers_and_kind")
    sample = [images(4, 16, 16, 3).sample("p"), floats(4, 5).sample("n"), tf.zeros([4], tf.int32)]
    return randomise(network, sample)


@model(left=floats("batch", 6), right=floats("batch", 6))
def siamese_shared_weights():
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    tower = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(4)], name="tower")
    a, b = tower(left), tower(right)
    outputs = [layers.Subtract()([a, b]), layers.Average()([a, b]), layers.Maximum()([a, b])]
    network = keras.Model([left, right], outputs, name="siamese_shared_weights")
    return randomise(network, [floats(4, 6).sample("l"), floats(4, 6).sample("r")])


@graph(b=floats("batch", 4), a=floats("batch", 4), unused=floats("batch", 2), constant_outputs=("fixed",))
def outputs_that_repeat_and_pass_through(b, a, unused):
    y = a * constant("repeat", 4)
    return {"first": y, "second": y, "through": b, "computed": y + b,
            "fixed": tf.constant([1.0, 2.0]) + 0.0 * unused[0]}  # fmt: skip


class _TwoSignatures(tf.Module):
    def __init__(self):
        super().__init__()
        self.weight = tf.Variable(constant("two signatures", 5, 3))

    @tf.function(input_signature=[tf.TensorSpec([None, 5], name="x")])
    def forward(self, x):
        return {"scores": tf.matmul(x, self.weight)}

    @tf.function(input_signature=[tf.TensorSpec([None, 3], name="scores")])
    def reverse(self, scores):
        return {"x": tf.matmul(scores, self.weight, transpose_b=True)}


@model(x=floats("batch", 5))
def two_signatures():
    module = _TwoSignatures()
    module.exported = {
        "serving_default": module.forward.get_concrete_function(),
        "reverse": module.reverse.get_concrete_function(),
    }
    return module
