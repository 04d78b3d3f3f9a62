"""Loops that write lists of so many rows that they are written in blocks."""

import tensorflow as tf

from .registry import constant, floats, graph, model


def _step(x, h, weight):
    return tf.tanh(x + 0.5 * h) * weight


@graph(x=floats(1000, 96))
def a_list_of_many_rows(x):
    weight = constant("many", 96)
    array = tf.TensorArray(tf.float32, size=1000, element_shape=[96])
    h = tf.zeros([96])
    for i in tf.range(1000):
        h = _step(x[i], h, weight)
        array = array.write(i, h)
    return {"all": array.stack(), "last": h}


@graph(x=floats(997, 128), constant_outputs=("third",))
def lists_of_a_prime_number_of_rows(x):
    """Blocks do not fit; three lists, of which one has the rows from the last to the first, and numbers of the rounds."""
    weight = constant("prime", 128)
    first = tf.TensorArray(tf.float32, size=997, element_shape=[128])
    second = tf.TensorArray(tf.float32, size=997, element_shape=[])
    third = tf.TensorArray(tf.int32, size=997, element_shape=[2])
    h = tf.zeros([128])
    for i in tf.range(997):
        h = _step(x[996 - i], h, weight)
        first = first.write(996 - i, h)
        second = second.write(i, tf.reduce_sum(h) + tf.cast(i, tf.float32))
        third = third.write(i, [i, i * i])
    return {"first": first.stack(), "second": second.stack(), "third": third.stack()}


@graph(x=floats("rows", 64), sizes={"rows": (700, 1, 2)})
def lists_of_any_number_of_rows(x):
    weight = constant("any", 64)
    scanned = tf.scan(lambda h, v: _step(v, h, weight), x, tf.zeros([64]))
    reverse = tf.scan(lambda h, v: _step(v, h, weight), x, tf.ones([64]), reverse=True)
    mapped = tf.map_fn(lambda v: v * weight - tf.reduce_mean(v), x)
    return {"scanned": scanned, "reverse": reverse, "mapped": mapped}


@graph(x=floats("rows", 32, low=0.0, high=0.04), sizes={"rows": (900, 300, 77)})
def lists_that_end_early(x):
    """What no round has written stays zero."""
    rows = tf.shape(x)[0]
    array = tf.TensorArray(tf.float32, size=rows, element_shape=[32])
    total = tf.zeros([32])
    for i in tf.range(rows):
        total += x[i]
        array = array.write(i, total)
        if tf.reduce_max(total) > 7.0:
            break
    return {"all": array.stack(), "total": total}


@graph(x=floats(600, 160), limit=floats(low=3.0, high=50.0))
def lists_that_end_when_data_say(x, limit):
    def goes_on(i, total, array):
        return tf.logical_and(i < 600, tf.reduce_max(total) < limit)

    def step(i, total, array):
        total += tf.abs(x[i]) * 0.05
        return i + 1, total, array.write(i, total)

    array = tf.TensorArray(tf.float32, size=600, element_shape=[160])
    start = (tf.constant(0), tf.zeros([160]), array)
    rounds, total, array = tf.while_loop(goes_on, step, start)
    return {"all": array.stack(), "total": total, "rounds": rounds + tf.cast(limit, tf.int32)}


@graph(x=floats(500, 200))
def lists_from_the_second_row_on(x):
    """Of 64-bit counters; the first row stands before the loop begins."""
    weight = constant("second", 200)
    array = tf.TensorArray(tf.float32, size=500, element_shape=[200]).write(0, x[0])
    h = x[0]
    for i in tf.range(tf.constant(1, tf.int64), tf.constant(500, tf.int64)):
        h = _step(x[i], h, weight) + tf.cast(i, tf.float32) * 0.001
        array = array.write(tf.cast(i, tf.int32), h)
    return {"all": array.stack(), "last": h}


@graph(x=floats(400, 256))
def lists_that_had_other_rows(x):
    """The loop writes every row but the last ten, and reads another list at other places."""
    table = constant("had", 20, 256)
    rows = tf.raw_ops.TensorListFromTensor(tensor=x * 2.0, element_shape=tf.constant([256]))

    def step(i, h, rows):
        h = tf.tanh(x[i] * 0.3 + h * 0.5) + tf.gather(table, tf.math.floormod(i, 20))
        return i + 1, h, tf.raw_ops.TensorListSetItem(input_handle=rows, index=i, item=h)

    _, h, rows = tf.while_loop(lambda i, h, r: i < 390, step, (0, tf.zeros([256]), rows))
    stacked = tf.raw_ops.TensorListStack(
        input_handle=rows, element_shape=tf.constant([256]), element_dtype=tf.float32
    )
    return {"all": stacked, "last": h}


@graph(x=floats(3, 450, 64))
def lists_within_loops(x):
    """Each round of the outer loop writes a long list."""
    weight = constant("within", 64)
    outer = tf.TensorArray(tf.float32, size=3, element_shape=[450, 64])
    h = tf.zeros([64])
    for k in tf.range(3):
        inner = tf.TensorArray(tf.float32, size=450, element_shape=[64])
        for i in tf.range(450):
            h = _step(x[k, i], h, weight)
            inner = inner.write(i, h)
        outer = outer.write(k, inner.stack())
    return {"all": outer.stack()}


@graph(x=floats(2, 20000))
def lists_of_blocks_of_blocks(x):
    weight = constant("blocks", 2)
    rows = tf.transpose(x)
    return {"all": tf.scan(lambda h, v: _step(v, h, weight), rows, tf.zeros([2]))}


@model(x=floats("batch", 1200, 8), fused=0)
def long_gru():
    import keras

    x = keras.Input((1200, 8), name="x")
    y = keras.layers.GRU(48, return_sequences=True)(x)
    y = keras.layers.GRU(24, return_sequences=True, go_backwards=True)(y)
    return keras.Model(x, y)


@model(x=floats("batch", "steps", 6), sizes={"steps": (300, 45, 2)}, fused=2)
def long_bidirectional_lstm():
    import keras

    x = keras.Input((None, 6), name="x")
    y = keras.layers.Bidirectional(keras.layers.LSTM(40, return_sequences=True))(x)
    return keras.Model(x, y)
