"""Reductions over every set of axes, sums along an axis, and ranking."""

import tensorflow as tf

from .registry import constant, floats, graph


@graph(x=floats("batch", 4, 5, 6))
def reductions_over_axes(x):
    return {
        "sum": tf.reduce_sum(x, [1, 2]), "mean": tf.reduce_mean(x, [2, 3], keepdims=True),
        "max": tf.reduce_max(x, -1), "min": tf.reduce_min(x, 1), "prod": tf.reduce_prod(x, [1]),
        "batch": tf.reduce_mean(x, 0), "all": tf.reduce_sum(x), "none": tf.reduce_sum(x, []) * 2.0,
        "std": tf.math.reduce_std(x, -1), "variance": tf.math.reduce_variance(x, [1, 3]),
        "norm": tf.math.reduce_euclidean_norm(x, -1), "logsumexp": tf.reduce_logsumexp(x, -1),
    }  # fmt: skip


@graph(x=floats("batch", 4, 6))
def sums_along_an_axis(x):
    return {
        "cumsum": tf.cumsum(x, 1), "exclusive": tf.cumsum(x, -1, exclusive=True),
        "reverse": tf.cumsum(x, 2, reverse=True), "both": tf.cumsum(x, 1, True, True),
    }  # fmt: skip


@graph(x=floats("batch", 4, 9))
def ranking(x):
    x = x * constant("ranking", 9, low=0.5, high=1.5)
    values, indices = tf.math.top_k(x, 3)
    return {
        "values": values, "indices": indices, "argmax": tf.argmax(x, -1),
        "argmax32": tf.argmax(x, 1, output_type=tf.int32), "argmin": tf.argmin(x, -1),
        "sorted": tf.sort(x, -1, "DESCENDING"), "in_top": tf.math.top_k(x, 1).values,
    }  # fmt: skip


@graph(x=floats("batch", 5, 7))
def softmaxes(x):
    return {
        "softmax": tf.nn.softmax(x), "axis": tf.nn.softmax(x, 1), "log": tf.nn.log_softmax(x),
        "log_axis": tf.nn.log_softmax(x, 1), "temperature": tf.nn.softmax(x / 2.0),
        "by_hand": tf.exp(x) / tf.reduce_sum(tf.exp(x), -1, keepdims=True),
        "biased": tf.nn.softmax(x + constant("softmax bias", 7)),
        "four": tf.nn.softmax(tf.reshape(x, [-1, 1, 5, 7])),
    }  # fmt: skip
