"""Reshape, transpose, slices in all masks, concatenation, tiles, pads, reversal, rolls."""

import tensorflow as tf

from .registry import constant, floats, graph, integers


@graph(x=floats("batch", 4, 6))
def reshapes(x):
    y = x + constant("reshape", 6)
    batch = tf.shape(y)[0]
    return {
        "flat": tf.reshape(y, [-1, 24]), "inner": tf.reshape(y, [batch, 2, 12]),
        "stacked": tf.reshape(y, tf.stack([batch * 4, 6])), "expand": y[:, tf.newaxis, ..., tf.newaxis],
        "squeeze": tf.squeeze(y[:, :1], 1), "like": tf.reshape(y, tf.shape(tf.transpose(y, [0, 2, 1]))),
        "twice": tf.reshape(tf.reshape(y, [-1, 3, 8]), [-1, 4, 3, 2]),
        "transpose": tf.transpose(y, [0, 2, 1]), "swap": tf.transpose(y, [1, 0, 2]),
        "five": tf.transpose(tf.reshape(y, [-1, 2, 2, 3, 2]), [0, 3, 1, 4, 2]),
        "reverse_all": tf.transpose(y), "vector": tf.reshape(y, [-1]),
    }  # fmt: skip


@graph(x=floats("batch", 6, 7, 8))
def slices_in_all_masks(x):
    y = x * constant("slice", 8, low=0.5, high=1.5)
    return {
        "begin": y[:, 2:], "end": y[:, :-1], "range": y[:, 1:5, 2:6], "stride": y[:, ::2, 1::3],
        "reverse": y[:, ::-1], "negative": y[:, 4:1:-2], "shrink": y[:, 0], "last": y[..., -1],
        "ellipsis": y[..., 1:3], "new": y[:, tf.newaxis, 2], "mixed": y[:, 1, ..., tf.newaxis, ::2],
        "batch": y[:1], "slice": tf.slice(y, [0, 1, 2, 3], [-1, 4, -1, 2]),
        "strided": tf.strided_slice(y, [0, 1], [2, 5], [1, 2], begin_mask=1, end_mask=3),
        "empty_free": y[:, 2:3], "inner": y[:, 5, 6, 7],
    }  # fmt: skip


@graph(x=floats("batch", 4, 6), y=floats("batch", 4, 3), n=integers(low=0, high=4))
def joins_and_splits(x, y, n):
    a, b = tf.split(x, 2, 1)
    c, d, e = tf.split(x, [1, 2, 3], -1)
    rows = tf.unstack(x, axis=1)
    return {
        "concat": tf.concat([x, y], -1), "constant": tf.concat([x, tf.ones_like(y)], 2),
        "halves": a * 2.0 + b, "thirds": tf.concat([e, c], -1), "middle": d + 1.0,
        "stack": tf.stack([x, x + 1.0], 1), "unstack": rows[0] - rows[3],
        "stack_last": tf.stack([a, b], -1), "taken": x[:, n], "pack": tf.stack([n, n + 1]),
        "parallel": tf.concat([y, y, x], -1),
    }  # fmt: skip


@graph(x=floats("batch", 5, 6, 3))
def pads_and_tiles(x):
    y = x - constant("pad", 3)
    pads = [[0, 0], [1, 2], [3, 0], [0, 0]]
    return {
        "constant": tf.pad(y, pads), "value": tf.pad(y, pads, constant_values=-2.5),
        "reflect": tf.pad(y, pads, "REFLECT"), "symmetric": tf.pad(y, pads, "SYMMETRIC"),
        "tile": tf.tile(y, [1, 2, 1, 3]), "repeat": tf.repeat(y, 2, axis=1),
        "reverse": tf.reverse(y, [1]), "reverse_two": tf.reverse(y, [1, 2]), "roll": tf.roll(y, 2, 1),
        "roll_two": tf.roll(y, [1, -2], [1, 2]), "flip": y[:, :, ::-1],
        "broadcast": tf.broadcast_to(y[:, :1], tf.shape(y)),
    }  # fmt: skip


@graph(x=floats("batch", "length", 4), lengths=integers("batch", low=1, high=5), sizes={"length": (6, 8, 5)})
def sequences(x, lengths):
    steps = tf.shape(x)[1]
    mask = tf.sequence_mask(lengths, steps, tf.float32)[..., tf.newaxis]
    return {
        "reversed": tf.reverse_sequence(x, lengths, 1, 0), "masked": x * mask,
        "mean": tf.reduce_sum(x * mask, 1) / tf.cast(lengths, tf.float32)[:, tf.newaxis],
        "shifted": tf.concat([tf.zeros_like(x[:, :1]), x[:, :-1]], 1),
        "last": tf.gather(x, lengths - 1, axis=1, batch_dims=1),
    }  # fmt: skip


@graph(x=floats("batch", "rows", "columns"), sizes={"rows": (4, 6, 3), "columns": (5, 2, 8)},
       constant_outputs=("shape", "size", "rank", "last"))  # fmt: skip
def sizes_known_when_it_runs(x):
    shape = tf.shape(x)
    positions = tf.range(shape[1])
    return {
        "shape": shape, "size": tf.size(x), "rank": tf.rank(x) + tf.zeros_like(shape[0]),
        "last": shape[-1], "filled": tf.fill([shape[0], 3], 1.5) + x[:, :1, 0],
        "flat": tf.reshape(x, [shape[0], shape[1] * shape[2]]),
        "merged": tf.reshape(x, [-1, shape[2]]), "positions": x[..., 0] * tf.cast(positions, tf.float32),
        "broadcast": tf.broadcast_to(x[:, :, :1], shape) - x, "mean": tf.reduce_sum(x) / tf.cast(tf.size(x), tf.float32),
        "half": x[:, : shape[1] // 2 + 1], "padded": tf.pad(x, [[0, 0], [0, 2], [1, 0]]),
    }  # fmt: skip


@graph(x=floats("batch", 5), n=integers(low=3, high=4))
def ranges_and_fills(x, n):
    return {
        "range": tf.range(5.0) * x, "steps": tf.cast(tf.range(1, 11, 2), tf.float32) + x,
        "until": tf.cast(tf.range(n), tf.float32) + x[0, 0], "linspace": tf.linspace(0.0, 1.0, 5) * x,
        "fill": tf.fill([2, 5], 3.0) + x[0], "eye": tf.eye(5) * x[0], "zeros": tf.zeros([5]) - x,
        "grid": tf.meshgrid(tf.range(5.0), x[0])[1], "like": tf.ones_like(x) * x[:, :1],
    }  # fmt: skip
