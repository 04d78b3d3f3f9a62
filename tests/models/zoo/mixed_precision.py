"""Networks that compute in float16 with float32 variables, as Keras' mixed_float16 does."""

import keras
import tensorflow as tf
from keras import layers

from .registry import FLOAT16, constant, floats, graph, model
from .weights import randomise

_HALF = keras.DTypePolicy("mixed_float16")


@model(image=floats("batch", 24, 24, 3), tolerance=FLOAT16)
def mixed_convolutional_network():
    image = keras.Input((24, 24, 3), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False, dtype=_HALF)(image)
    x = layers.BatchNormalization(dtype=_HALF)(x)
    x = layers.ReLU(dtype=_HALF)(x)
    x = layers.DepthwiseConv2D(3, padding="same", dtype=_HALF)(x)
    x = layers.GlobalAveragePooling2D(dtype=_HALF)(x)
    x = layers.Dense(4, dtype=_HALF)(x)
    network = keras.Model(image, layers.Activation("linear", dtype="float32")(x), name="mixed_conv")
    return randomise(network, floats(4, 24, 24, 3).sample("mixed"))


@model(x=floats("batch", 8, 12), tolerance=FLOAT16)
def mixed_attention():
    inputs = keras.Input((8, 12), name="x")
    x = layers.Dense(12, dtype=_HALF)(inputs)
    y = layers.MultiHeadAttention(2, 6, dtype=_HALF)(x, x)
    x = layers.Add(dtype=_HALF)([x, y])
    y = layers.Dense(16, activation="gelu", dtype=_HALF)(x)
    x = layers.Dense(6, dtype="float32")(y)
    network = keras.Model(inputs, x, name="mixed_attention")
    return randomise(network, floats(4, 8, 12).sample("mixed attention"))


@graph(x=floats("batch", 10, dtype="float16"), tolerance=FLOAT16)
def half_inputs_and_outputs(x):
    weights = constant("half", 10, 6, dtype="float16")
    y = tf.nn.relu(tf.matmul(x, weights) + constant("half bias", 6, dtype="float16"))
    return {"y": y, "sum": tf.reduce_sum(x, -1), "scaled": x * tf.constant(0.5, tf.float16)}
