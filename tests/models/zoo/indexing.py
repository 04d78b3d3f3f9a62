"""Gathering, scattering, one-hot rows and embeddings."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, integers, model
from .weights import randomise


@graph(x=floats("batch", 6, 5), i=integers("batch", 3, low=0, high=6))
def gathers(x, i):
    table = constant("gather table", 6, 4)
    pairs = tf.constant([[0, 1], [5, 2], [3, 4]])
    return {
        "rows": tf.gather(table, i), "constant": tf.gather(x, [5, 0, 2], axis=1),
        "last": tf.gather(x, [1, 3], axis=-1), "batched": tf.gather(x, i, axis=1, batch_dims=1),
        "nd": tf.gather_nd(table, i[..., tf.newaxis]), "nd_constant": tf.gather_nd(x[0], pairs),
        "nd_batched": tf.gather_nd(x, i[..., tf.newaxis], batch_dims=1),
        "along": tf.experimental.numpy.take_along_axis(x, i[:, :, tf.newaxis], 1),
        "mask": tf.gather(tf.transpose(x, [1, 0, 2]), 2),
    }  # fmt: skip


@graph(u=floats(3, 4), i=integers(3, 1, low=0, high=1), x=floats(7, 4))
def scatters(u, i, x):
    where = tf.constant([[5], [1], [3]]) + i
    return {
        "scatter": tf.scatter_nd(where, u, [7, 4]), "add": tf.tensor_scatter_nd_add(x, where, u),
        "update": tf.tensor_scatter_nd_update(x, where, u),
        "segment": tf.math.unsorted_segment_sum(u, tf.constant([1, 0, 1]), 2),
    }  # fmt: skip


@graph(i=integers("batch", 4, low=0, high=6))
def one_hots(i):
    return {
        "one_hot": tf.one_hot(i, 6), "values": tf.one_hot(i, 5, 2.0, -1.0), "axis": tf.one_hot(i, 6, axis=1),
        "bool": tf.one_hot(i, 6, True, False), "ids": tf.one_hot(i, 6, dtype=tf.int64),
        "product": tf.matmul(tf.one_hot(i, 6), constant("one hot table", 6, 3)),
    }  # fmt: skip


@model(ids=integers("batch", "length", low=0, high=40), sizes={"length": (6, 9, 4)})
def embedding_bag():
    ids = keras.Input((None,), dtype="int32", name="ids")
    x = layers.Embedding(40, 12)(ids)
    pooled = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(8, activation="relu")(pooled)
    network = keras.Model(ids, {"scores": layers.Dense(3)(x), "pooled": pooled}, name="embedding_bag")
    return randomise(network, np.zeros((4, 6), "int32"))


@model(user=integers("batch", low=0, high=30), item=integers("batch", low=0, high=20), age=floats("batch", 1))
def recommendation_towers():
    user = keras.Input((), dtype="int32", name="user")
    item = keras.Input((), dtype="int32", name="item")
    age = keras.Input((1,), name="age")
    left = layers.Concatenate()([layers.Embedding(30, 8)(user), age])
    left = layers.Dense(8)(layers.Dense(16, activation="relu")(left))
    right = layers.Dense(8)(layers.Embedding(20, 8)(item))
    outputs = {"score": layers.Dot(1)([left, right]), "user_vector": layers.UnitNormalization()(left)}
    network = keras.Model([user, item, age], outputs, name="recommendation_towers")
    sample = [np.zeros(4, "int32"), np.zeros(4, "int32"), np.ones((4, 1), "float32")]
    return randomise(network, sample)
