"""Loops, branches and arrays as tf.function writes them."""

import tensorflow as tf

from .registry import constant, floats, graph, integers


@graph(x=floats("batch", 4), n=integers(low=0, high=3))
def branches(x, n):
    weight = constant("branches", 4)
    positive = tf.reduce_sum(x) > 0.0
    # One branch gives another shape than the other.
    rows = tf.cond(positive, lambda: x * weight, lambda: tf.concat([x, x - 1.0], 0))
    nested = tf.cond(
        n > 0,
        lambda: tf.cond(positive, lambda: x + weight, lambda: x - weight),
        lambda: tf.nn.relu(x),
    )
    case = tf.switch_case(
        n, [lambda: x * 2.0, lambda: x * weight, lambda: tf.exp(x * 0.1), lambda: -x]
    )
    same = tf.cond(positive, lambda: x, lambda: tf.identity(x))
    return {"rows": rows, "nested": nested, "case": case, "same": same + 1.0}


@graph(x=floats("batch", 6), n=integers(low=1, high=9))
def counted_loops(x, n):
    weight = constant("counted", 6, 6) * 0.3

    def step(i, y, total):
        y = tf.tanh(tf.matmul(y, weight)) + x
        return i + 1, y, total + tf.reduce_mean(y, axis=0)

    start = (tf.constant(0), x, tf.zeros([6]))
    _, y, total = tf.while_loop(lambda i, y, t: i < n, step, start)
    fixed = tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * 0.5 + x), (0, x))[1]
    never = tf.while_loop(lambda i, y: i < 0, lambda i, y: (i + 1, y * 0.5), (0, x))[1]
    return {"y": y, "total": total, "fixed": fixed, "never": never + 1.0}


@graph(x=floats("batch", 5))
def loops_within_loops(x):
    weight = constant("nested", 5)

    def inner(j, z):
        return j + 1, tf.cond(tf.reduce_sum(z) > 3.0, lambda: z * 0.5, lambda: z + weight)

    def outer(i, y):
        z = tf.while_loop(lambda j, z: j < i + 2, inner, (tf.constant(0), y))[1]
        return i + 1, z - tf.reduce_mean(z) * 0.1

    return tf.while_loop(lambda i, y: i < 3, outer, (tf.constant(0), x))[1]


@graph(x=floats("batch", 3))
def growing_shapes(x):
    def grow(i, y):
        return i + 1, tf.concat([y, x * tf.cast(i + 1, tf.float32)], 0)

    grown = tf.while_loop(
        lambda i, y: i < 4, grow, (0, x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3]))
    )[1]  # fmt: skip
    return {"grown": grown, "sum": tf.reduce_sum(grown, 0)}


@graph(x=floats("batch", "steps", 4), sizes={"steps": (6, 3, 8)})
def arrays_scans_and_maps(x):
    weight = constant("scan", 4, 4) * 0.4
    time_major = tf.transpose(x, [1, 0, 2])
    scanned = tf.scan(lambda h, v: tf.tanh(tf.matmul(h, weight) + v), time_major)
    mapped = tf.map_fn(lambda row: tf.reduce_sum(row, 0) * weight[0], x)
    array = tf.TensorArray(tf.float32, size=tf.shape(x)[1], element_shape=[None, 4])
    total = tf.zeros_like(time_major[0])
    for t in tf.range(tf.shape(x)[1]):
        total += time_major[t]
        array = array.write(t, total * weight[1])
    folded = tf.foldl(lambda a, v: a * 0.5 + v, time_major)
    return {"scanned": scanned, "mapped": mapped, "written": array.stack(), "folded": folded}


@graph(x=floats("batch", 4), n=integers(low=5, high=6), constant_outputs=("count",))
def arrays_that_grow(x, n):
    array = tf.TensorArray(tf.float32, size=0, dynamic_size=True, element_shape=[None, 4])
    for i in tf.range(n):
        array = array.write(i, x * tf.cast(i + 1, tf.float32))
    return {"all": array.stack(), "count": array.size(), "joined": array.concat()}


@graph(x=floats("batch", 4), limit=floats(low=2.0, high=4.0))
def loops_with_breaks(x, limit):
    total = tf.zeros_like(x)
    rounds = 0
    for i in tf.range(20):
        total += tf.abs(x) + 0.1
        rounds = i
        if tf.reduce_max(total) > limit:
            break
    return {"total": total, "rounds": rounds}
