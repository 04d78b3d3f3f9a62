"""Batch, layer, group, instance, spectral and unit normalization."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, images, model
from .weights import randomise


@model(x=images("batch", 10, 12, 8))
def normalization_layers():
    inputs = keras.Input((10, 12, 8), name="x")
    convolved = layers.Conv2D(8, 3, padding="same")(inputs)
    outputs = {
        "batch": layers.BatchNormalization()(convolved),
        "batch_unscaled": layers.BatchNormalization(scale=False)(inputs),
        "batch_axis": layers.BatchNormalization(axis=1)(inputs),
        "layer": layers.LayerNormalization()(convolved),
        "layer_axes": layers.LayerNormalization(axis=[1, 2, 3])(convolved),
        "group": layers.GroupNormalization(4)(convolved),
        "instance": layers.GroupNormalization(-1)(convolved),
        "unit": layers.UnitNormalization()(convolved),
        "root_mean_square": layers.RMSNormalization()(convolved),
    }
    network = keras.Model(inputs, outputs, name="normalization_layers")
    return randomise(network, images(4, 10, 12, 8).sample("normalization"))


@model(x=images("batch", "height", "width", 8), sizes={"height": (8, 10, 15), "width": (9, 8, 12)})
def normalization_of_free_size():
    inputs = x = keras.Input((None, None, 8), name="x")
    x = layers.Conv2D(8, 3, padding="same")(x)
    x = layers.ReLU()(layers.GroupNormalization(2)(x))
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.LayerNormalization()(x)
    network = keras.Model(inputs, x, name="normalization_of_free_size")
    return randomise(network, images(4, 8, 9, 8).sample("free normalization"))


@graph(x=floats("batch", 6, 7, 4))
def normalization_by_hand(x):
    gamma, beta = constant("gamma", 4, low=0.5, high=1.5), constant("beta", 4)
    mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
    fused, _, _ = tf.compat.v1.nn.fused_batch_norm(
        x, gamma, beta, constant("mean", 4), constant("variance", 4, low=0.5, high=2.0),
        is_training=False, epsilon=0.01,
    )  # fmt: skip
    layer_mean = tf.reduce_mean(x, -1, keepdims=True)
    layer_variance = tf.reduce_mean(tf.math.squared_difference(x, layer_mean), -1, keepdims=True)
    return {
        "instance": tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-3),
        "fused": tf.nn.relu(fused),
        "layer": (x - layer_mean) * tf.math.rsqrt(layer_variance + 1e-5) * gamma + beta,
        "l2": tf.math.l2_normalize(x, -1),
        "local": tf.nn.local_response_normalization(x, 2, 1.0, 0.5, 0.75),
        "affine": x * gamma + beta,
    }


@model(x=floats("batch", 12))
def input_normalization_and_rescaling():
    inputs = x = keras.Input((12,), name="x")
    x = layers.Normalization(mean=0.5, variance=4.0)(x)
    x = layers.Rescaling(2.0, offset=-1.0)(x)
    x = layers.Dense(8, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    network = keras.Model(inputs, layers.Dense(3)(x), name="input_normalization")
    return randomise(network, floats(16, 12).sample("input normalization"))
