"""Small models for the tests, and what a converted one answers."""

import functools

import numpy as np
import tensorflow as tf


class Affine(tf.Module):
    """y = x·w + b, and a second function that doubles."""

    def __init__(self, width=3):
        super().__init__()
        values = np.arange(4 * width, dtype=np.float32).reshape(4, width) / 7
        self.w = tf.Variable(values, name="w")
        self.b = tf.Variable(np.linspace(-1, 1, width).astype(np.float32), name="b")

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
    def affine(self, x):
        return {"y": tf.matmul(x, self.w) + self.b}

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
    def double(self, x):
        return 2.0 * tf.matmul(x, self.w)


@functools.cache
def affine():
    return Affine()


def x(batch=2, width=4):
    return np.random.default_rng(batch).normal(size=(batch, width)).astype(np.float32)


def interpreter(data):
    from litecast import tflite

    return tflite.Interpreter(model_content=bytes(data), num_threads=1)


def run(data, signature=None, **inputs):
    """The outputs of a signature, by name; of the only one by default."""
    return interpreter(data).get_signature_runner(signature)(**inputs)


def run_positional(data, *inputs):
    """The outputs of a model without signatures."""
    runtime = interpreter(data)
    details = runtime.get_input_details()
    for detail, value in zip(details, inputs, strict=True):
        runtime.resize_tensor_input(detail["index"], value.shape)
    runtime.allocate_tensors()
    for detail, value in zip(details, inputs):
        runtime.set_tensor(detail["index"], value)
    runtime.invoke()
    return [runtime.get_tensor(detail["index"]) for detail in runtime.get_output_details()]


def interface(data):
    """What callers see of a model: names, types and shapes of its inputs and outputs."""
    runtime = interpreter(data)

    def rows(details):
        return [
            (d["name"], np.dtype(d["dtype"]).name, tuple(map(int, d["shape_signature"])))
            for d in details
        ]

    return {
        "signatures": runtime.get_signature_list(),
        "inputs": rows(runtime.get_input_details()),
        "outputs": rows(runtime.get_output_details()),
    }


def ops(data):
    return [op["op_name"] for op in interpreter(data)._get_ops_details()]


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


