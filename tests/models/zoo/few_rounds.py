"""Loops of so few rounds that they are written out."""

import tensorflow as tf

from .registry import constant, floats, graph, model


@graph(x=floats("batch", 6))
def loops_of_few_rounds(x):
    weight = constant("few", 6, 6) * 0.3

    def step(i, y):
        return i + 1, tf.tanh(tf.matmul(y, weight) + tf.cast(i, tf.float32)) + x

    up = tf.while_loop(lambda i, y: i < 3, step, (0, x))[1]
    down = tf.while_loop(lambda i, y: i >= 0, lambda i, y: (i - 2, y * 0.5 + x), (5, x))[1]
    once = tf.while_loop(lambda i, y: i < 1, lambda i, y: (i + 1, tf.sin(y)), (0, x))[1]
    # Both counters are given on.
    i, j, y = tf.while_loop(
        lambda i, j, y: tf.logical_and(i < 4, j > 0), lambda i, j, y: (i + 1, j - 1, y + x), (0, 3, x)
    )
    return {"up": up, "down": down, "once": once, "both": y * tf.cast(i * 10 + j, tf.float32)}


@graph(x=floats(4, "batch", 5), k=floats(3, 5))
def lists_of_few_rounds(x, k):
    """Read and written in order, in reverse, in part, and within each other."""
    scanned = tf.scan(lambda h, v: tf.tanh(h * 0.5 + v), x)
    reverse = tf.scan(lambda h, v: h * 0.5 + v, x, reverse=True)
    mapped = tf.map_fn(lambda row: row * 2.0 - tf.reduce_mean(row), k)
    part = tf.TensorArray(tf.float32, size=4, element_shape=[5])
    for i in tf.range(1, 3):
        part = part.write(i, k[i] + k[0])
    table = constant("few table", 3, 5)
    nested = tf.TensorArray(tf.float32, size=2, element_shape=[5])
    for i in tf.range(2):
        row = k[i]
        for j in tf.range(3):
            row = tf.nn.relu(row + tf.gather(table, j) * tf.cast(i + 1, tf.float32))
        nested = nested.write(i, row)
    return {
        "scanned": scanned,
        "reverse": reverse,
        "mapped": mapped,
        "part": part.stack(),
        "nested": nested.stack(),
    }


@graph(x=floats(2, 3), n=floats(low=0.0, high=1.0))
def few_rounds_of_growing_shapes(x, n):
    def grow(i, y):
        return i + 1, tf.concat([y, x * tf.cast(i + 1, tf.float32)], 0)

    shapes = (tf.TensorShape([]), tf.TensorShape([None, 3]))
    grown = tf.while_loop(lambda i, y: i < 3, grow, (0, x), shape_invariants=shapes)[1]
    within = tf.cond(
        n > 0.5,
        lambda: tf.while_loop(lambda i, y: i < 2, lambda i, y: (i + 1, y * x), (0, x))[1],
        lambda: -x,
    )
    return {"grown": grown, "sum": tf.reduce_sum(grown, 0), "within": within}


@model(x=floats("batch", 3))
def few_rounds_that_assign():
    class Module(tf.Module):
        def __init__(self):
            self.total = tf.Variable(tf.zeros([3]))

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def serve(self, x):
            self.total.assign(tf.reduce_sum(x, 0))
            y = x
            for i in tf.range(3):
                self.total.assign(self.total * 0.5 + tf.cast(i, tf.float32))
                y = y + self.total
            return {"y": y, "total": self.total.read_value()}

    return Module()


@model(x=floats("batch", 3, 4), fused=1)
def a_simple_rnn_of_few_steps():
    import keras

    x = keras.Input((3, 4), name="x")
    return keras.Model(x, keras.layers.SimpleRNN(5, return_sequences=True)(x))
