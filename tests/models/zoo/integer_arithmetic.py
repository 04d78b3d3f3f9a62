"""Integers of all sizes: arithmetic, division and remainder, bits, shifts."""

import tensorflow as tf

from .registry import graph, integers


@graph(x=integers("batch", 6), y=integers("batch", 6))
def int32_arithmetic(x, y):
    divisor = tf.abs(y) + 1
    return {
        "add": x + y, "sub": x - y, "mul": x * y, "neg": -x, "abs": tf.abs(x), "square": x * x,
        "max": tf.maximum(x, y), "min": tf.minimum(x, y), "floordiv": x // divisor,
        "mod": x % divisor, "truncated": tf.truncatediv(x, divisor), "sign": tf.sign(x),
        "squared_difference": tf.math.squared_difference(x, y), "relu": tf.nn.relu(x),
        "clip": tf.clip_by_value(x, -5, 5),
    }  # fmt: skip


@graph(x=integers("batch", 6, dtype="int64", high=1 << 40), y=integers("batch", 6, dtype="int64"))
def int64_arithmetic(x, y):
    divisor = tf.abs(y) + 1
    return {
        "add": x + y, "sub": x - y, "mul": x * y, "neg": -x, "max": tf.maximum(x, y),
        "min": tf.minimum(x, y), "floordiv": x // divisor, "mod": x % divisor,
        "equal": tf.equal(x % 2, 0), "sum": tf.reduce_sum(x, -1),
    }  # fmt: skip


@graph(x=integers("batch", 8), y=integers("batch", 8, low=0, high=5))
def bits_and_shifts(x, y):
    b = tf.bitwise
    return {
        "xor": b.bitwise_xor(x, y), "right": b.right_shift(x, y),
        "xor_constant": b.bitwise_xor(x, 0x55), "right_constant": b.right_shift(x, 2),
    }  # fmt: skip


@graph(x=integers("batch", 5, 6), i=integers("batch", 4, low=0, high=6))
def int32_reductions_and_moves(x, i):
    return {
        "sum": tf.reduce_sum(x, 1), "max": tf.reduce_max(x, -1), "min": tf.reduce_min(x, 1),
        "product": tf.reduce_prod(x[:, :2] // 8, 1), "any": tf.reduce_any(x > 18, -1),
        "cumsum": tf.cumsum(x, 1), "argmax": tf.argmax(x, -1, output_type=tf.int32),
        "gather": tf.gather(x, [4, 0, 3], axis=1), "one_hot": tf.one_hot(i, 6, dtype=tf.int32),
        "transpose": tf.transpose(x, [0, 2, 1]), "tile": tf.tile(x, [1, 2, 1]),
        "pad": tf.pad(x, [[0, 0], [1, 1], [0, 2]], constant_values=7),
        "slice": x[:, 1:4, ::2], "concat": tf.concat([x, x + 1], 1), "mean": tf.reduce_mean(x, -1),
    }  # fmt: skip


def _small(dtype, low, high):
    @graph(name=f"{dtype}_moves", x=integers("batch", 4, 6, low=low, high=high, dtype=dtype))
    def moves(x):
        return {
            "transpose": tf.transpose(x, [0, 2, 1]), "slice": x[:, 1:3], "concat": tf.concat([x, x], 2),
            "reshape": tf.reshape(x, [-1, 24]), "wide": tf.cast(x, tf.int32) * 3 - 7,
            "float": tf.cast(x, tf.float32) / 4.0, "gather": tf.gather(x, [2, 0], axis=1),
        }  # fmt: skip


_small("int8", -128, 128)
_small("uint8", 0, 256)
_small("int16", -3000, 3000)
