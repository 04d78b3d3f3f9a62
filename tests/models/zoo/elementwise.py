"""Elementwise, comparison and logical ops, and how their operands broadcast."""

import tensorflow as tf

from .registry import bools, constant, floats, graph, integers


@graph(x=floats("batch", 4, 6))
def unary_functions(x):
    return {
        "abs": tf.abs(x), "neg": -x, "square": tf.square(x), "exp": tf.exp(x), "sin": tf.sin(x),
        "cos": tf.cos(x), "tanh": tf.tanh(x), "sigmoid": tf.sigmoid(x), "floor": tf.floor(x),
        "ceil": tf.math.ceil(x), "round": tf.round(x), "sign": tf.sign(x),
        "zeros": tf.zeros_like(x) + x * 2.0, "ones": tf.ones_like(x) - x,
    }  # fmt: skip


@graph(x=floats("batch", 4, 6, low=0.1, high=4.0))
def functions_of_positive_numbers(x):
    return {
        "sqrt": tf.sqrt(x), "rsqrt": tf.math.rsqrt(x), "log": tf.math.log(x),
        "log1p": tf.math.log1p(x), "reciprocal": tf.math.reciprocal(x),
        "power": tf.pow(x, 2.5), "cube": tf.pow(x, 3.0), "root": tf.pow(x, 0.5),
        "expm1": tf.math.expm1(x), "xlogy": tf.math.xlogy(x, x),
    }  # fmt: skip


@graph(x=floats("batch", 5, low=-0.9, high=0.9))
def further_functions(x):
    return {
        "tan": tf.tan(x), "sinh": tf.sinh(x), "cosh": tf.cosh(x), "asinh": tf.asinh(x),
        "atan2": tf.atan2(x, x + 2.0), "erf": tf.math.erf(x), "softsign": tf.nn.softsign(x),
        "divide_no_nan": tf.math.divide_no_nan(1.0, tf.nn.relu(x)),
    }  # fmt: skip


@graph(x=floats("batch", 4, 5), y=floats("batch", 4, 5))
def binary_functions(x, y):
    return {
        "add": x + y, "sub": x - y, "mul": x * y, "div": x / (tf.abs(y) + 1.0),
        "max": tf.maximum(x, y), "min": tf.minimum(x, y), "squared": tf.math.squared_difference(x, y),
        "floordiv": tf.math.floordiv(x, tf.abs(y) + 1.0),
        "floormod": tf.math.floormod(x, tf.abs(y) + 1.0), "pow": tf.pow(tf.abs(x) + 0.5, y * 0.5),
        "add_n": tf.add_n([x, y, x]), "mul_no_nan": tf.math.multiply_no_nan(x, y),
    }  # fmt: skip


@graph(x=floats("batch", 3, 1, 5), y=floats("batch", 1, 4, 5), z=floats(4, 1))
def broadcasting(x, y, z):
    return {
        "both": x + y, "column": x * z, "scalar": x * 2.0 - 1.0, "row": y - constant("row", 5),
        "left": constant("left operand", 3, 4, 5) / (tf.abs(y) + 1.0),
        "six": tf.reshape(x, [-1, 1, 3, 1, 5, 1]) + constant("six", 2, 1, 1, 1, 3),
        "compare": x > y, "select": tf.where(y > 0.0, y, z),
    }  # fmt: skip


@graph(x=floats("batch", 4, 5), y=floats("batch", 4, 5), i=integers("batch", 4, 5), j=integers("batch", 4, 5))
def comparisons(x, y, i, j):
    return {
        "greater": x > y, "greater_equal": x >= y, "less": x < y, "less_equal": x <= y,
        "equal": tf.equal(i, j), "not_equal": tf.not_equal(i, j), "int_less": i < j,
        "int_greater": i >= 3, "close": tf.abs(x - y) < 0.5,
    }  # fmt: skip


@graph(a=bools("batch", 24), b=bools("batch", 24), x=floats("batch", 24), y=floats("batch", 24))
def logic_and_selection(a, b, x, y):
    return {
        "and": tf.logical_and(a, b), "or": tf.logical_or(a, b), "not": tf.logical_not(a),
        "xor": tf.math.logical_xor(a, b), "where": tf.where(a, x, y),
        "where_scalar": tf.where(b, x, 0.0), "any": tf.reduce_any(tf.reshape(a, [-1, 12, 2]), -1),
        "all": tf.reduce_all(tf.reshape(b, [-1, 2, 12])[:, :, :8], 1),
        "masked": tf.cast(a, tf.float32) * x, "finite": tf.math.is_finite(tf.math.log(tf.cast(b, tf.float32))),
    }  # fmt: skip


@graph(x=floats("batch", 6))
def infinities_and_nan(x):
    hole = tf.math.log(x)
    return {
        "log": hole, "nan": tf.math.is_nan(hole), "filled": tf.where(tf.math.is_nan(hole), 0.0, hole),
        "infinite": tf.math.log(tf.nn.relu(x)), "clipped": tf.clip_by_value(x, -0.5, 0.5),
    }  # fmt: skip
