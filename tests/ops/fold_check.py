#!/usr/bin/env python3
"""Compares what litecast computes while it converts with what TensorFlow computes.

Each case is a model of one op on constants. Its converted form must hold nothing but the answer,
of the same type and shape: integers and truth values equal, floats to a few units in the last place.

The last line is `N passed, N failed`.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType

NAN, INF = np.float32("nan"), np.float32("inf")
REALS = np.array(
    [[0.5, -1.5, 2.5, 3.7], [-0.0, 1e-3, -7.25, 100], [1, 2, -2, 0.25]], np.float32)
POSITIVE = np.abs(REALS) + np.float32(0.1)
EXTREME = np.array([NAN, INF, -INF, 1, -1, 0], np.float32)
INT32 = np.array([[7, -7, 0, 3], [-2**31, 2**31 - 1, 5, -1]], np.int32)
DIVISORS = np.array([2, -3, 5, -7], np.int32)
INT64 = INT32.astype(np.int64) * 3
TRUTHS = np.array([[True, False, True, True], [False, False, True, True]])
DTYPES = [
    tf.float32, tf.float16, tf.float64, tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16,
    tf.uint32, tf.bool
]


def arithmetic():
    of_all = [
        tf.add, tf.subtract, tf.multiply, tf.maximum, tf.minimum, tf.math.floordiv,
        tf.math.floormod, tf.math.squared_difference, tf.equal, tf.not_equal, tf.greater,
        tf.greater_equal, tf.less, tf.less_equal
    ]
    for op in of_all:
        yield op, REALS, REALS[:1]
        yield op, INT32, DIVISORS
        if op is not tf.math.squared_difference:
            yield op, INT64, DIVISORS.astype(np.int64)
        yield op, EXTREME, EXTREME[::-1].copy()
    yield tf.divide, REALS, REALS[:1]
    yield tf.truncatediv, INT32, DIVISORS
    yield tf.pow, POSITIVE, REALS[:1]
    yield tf.pow, DIVISORS, np.array([3, 2, 0, 5], np.int32)
    yield tf.atan2, REALS, REALS
    yield tf.bitwise.bitwise_xor, INT32, DIVISORS
    yield tf.bitwise.right_shift, INT32, np.array([1, 2, 31, 0], np.int32)
    yield tf.logical_and, TRUTHS, TRUTHS[:1]
    yield tf.logical_or, TRUTHS, TRUTHS[:1]


def unary():
    of_extremes = [
        tf.abs, tf.negative, tf.sign, tf.square, tf.sin, tf.cos, tf.math.ceil, tf.floor, tf.round,
        tf.exp, tf.tanh, tf.sigmoid, tf.nn.relu, tf.nn.relu6, tf.nn.elu, tf.nn.leaky_relu
    ]
    for op in of_extremes:
        yield op, REALS
        yield op, EXTREME
    for op in [tf.nn.gelu, tf.nn.softmax, tf.nn.log_softmax, tf.nn.selu, tf.nn.softplus]:
        yield op, REALS
    for op in [tf.math.log, tf.sqrt, tf.math.rsqrt]:
        yield op, POSITIVE
    yield tf.abs, INT32
    yield tf.negative, INT32
    yield tf.logical_not, TRUTHS
    yield lambda x: tf.bitcast(x, tf.int32), REALS
    yield lambda x: tf.abs(tf.complex(x, x)), REALS
    yield lambda x: tf.nn.local_response_normalization(x, 2, 1.0, 0.5, 0.75), REALS.reshape(
        [1, 1, 3, 4])
    yield lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 2.5]), REALS


def reductions():
    for op in [tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.reduce_min, tf.reduce_prod]:
        for axis in [0, 1, [0, 1], -1, []]:
            yield lambda x, op=op, axis=axis: op(x, axis), REALS
        yield lambda x, op=op: op(x, 1, keepdims=True), INT32[:1]
        yield op, EXTREME
    yield lambda x: tf.reduce_any(x, 0), TRUTHS
    yield lambda x: tf.reduce_all(x, 0), TRUTHS
    for exclusive in [False, True]:
        for reverse in [False, True]:
            yield lambda x, e=exclusive, r=reverse: tf.cumsum(x, 1, e, r), REALS


def searches():
    yield lambda x: tf.argmax(x, 1), REALS
    yield lambda x: tf.argmin(x, 0, output_type=tf.int32), REALS
    yield tf.argmax, EXTREME
    for result in range(2):
        yield lambda x, i=result: tf.math.top_k(x, 3)[i], REALS
        yield lambda x, i=result: tf.unique(x)[i], np.array([3, 1, 3, 2], np.int32)
    yield tf.where, TRUTHS
    yield tf.where, TRUTHS, INT32, DIVISORS
    yield lambda x: tf.math.segment_sum(x, [0, 0, 2]), REALS
    for name in ["sum", "prod", "max", "min"]:
        op = getattr(tf.math, "unsorted_segment_" + name)
        yield lambda x, op=op: op(x, [1, -1, 1], 3), REALS


def casts():
    small = np.array([0, 1, 2, 3, 100, 127])
    beyond = np.array([0.9, -1.9, 300.5, -129.2, 65000, 1e6], np.float32)
    for to in DTYPES:
        yield lambda x, to=to: tf.cast(x, to), beyond
        for given in DTYPES:
            if to != given:
                yield lambda x, to=to: tf.cast(x, to), small.astype(given.as_numpy_dtype)


def all_cases():
    for family in [arithmetic, unary, reductions, searches, casts]:
        for number, (op, *operands) in enumerate(family()):
            name = f"{family.__name__} {number} {getattr(op, '__name__', '')}"
            yield name, lambda op=op, operands=operands: op(*map(tf.constant, operands))


def save(compute, folder):
    """A model whose output `y` is `compute()`; an input makes it one that can be called."""

    def serve(x):
        return {"y": compute(), "z": x + 1}

    module = tf.Module()
    module.serve = tf.function(serve, input_signature=[tf.TensorSpec([1], tf.float32, name="x")])
    tf.saved_model.save(module, str(folder), signatures=module.serve)


def run(path):
    interpreter = Interpreter(
        str(path), experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    # The one op is that of `z`.
    ops = [op["op_name"] for op in interpreter._get_ops_details()]
    answer = interpreter.get_signature_runner("serving_default")(x=np.zeros(1, np.float32))["y"]
    return answer, ops


def equal(got, expected):
    if got.dtype != expected.dtype or got.shape != expected.shape:
        return False
    if expected.dtype.kind != "f":
        return np.array_equal(got, expected)
    tolerance = 1e-3 if expected.dtype == np.float16 else 3e-6
    return np.allclose(got.astype(np.float64), expected.astype(np.float64), rtol=tolerance,
                       atol=1e-7, equal_nan=True)


def check(compute, litecast, folder):
    """What is wrong, or nothing."""
    expected = compute().numpy()
    model, converted = folder / "model", folder / "model.tflite"
    save(compute, model)
    done = subprocess.run([litecast, "convert", model, "-o", converted, "--force"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return (done.stderr or done.stdout).strip()
    got, ops = run(converted)
    if len(ops) != 1:
        return f"was not folded: {ops}"
    if not equal(got, expected):
        return f"{got.dtype}{got.shape} {got.ravel()[:8]}, not {expected.dtype}{expected.shape} {expected.ravel()[:8]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--litecast", default="build/litecast", help="the command line to test")
    litecast = pathlib.Path(parser.parse_args().litecast).resolve()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, compute in all_cases():
            wrong = check(compute, litecast, pathlib.Path(folder))
            if wrong:
                print(f"{name}: {wrong}", flush=True)
                failed += 1
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
