"""Matrix products, einsum and the linear algebra that is made of them."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, model
from .weights import randomise


@graph(a=floats("batch", 4, 5), b=floats("batch", 5, 6), c=floats(5, 6))
def matrix_products(a, b, c):
    return {
        "batch": tf.matmul(a, b),
        "transposed": tf.matmul(b, a, transpose_a=True, transpose_b=True),
        "adjoint": tf.matmul(a, b, adjoint_b=False),
        "broadcast": tf.matmul(a, c),
        "constant": tf.matmul(a, constant("product", 5, 7)) + constant("product bias", 7),
        "left_constant": tf.matmul(constant("left", 3, 4), a),
        "vector": tf.linalg.matvec(a, constant("vector", 5)),
        "gram": tf.matmul(a, a, transpose_b=True),
        "dot": tf.tensordot(a, c, [[2], [0]]),
        "outer": tf.tensordot(a[0, 0], c[:, 0], 0),
    }


@graph(a=floats("batch", 3, 4, 5), b=floats("batch", 3, 5, 6), w=floats(5, 7))
def einsum_products(a, b, w):
    return {
        "batched": tf.einsum("bhik,bhkj->bhij", a, b),
        "project": tf.einsum("bhik,km->bhim", a, w),
        "heads": tf.einsum("bhik,hkm->bim", a, constant("heads", 3, 5, 4)),
        "split": tf.einsum("bhik,kmn->bhimn", a, constant("split", 5, 2, 3)),
        "transpose": tf.einsum("bhik->bkih", a),
        "total": tf.einsum("bhik->bk", a),
        "pointwise": tf.einsum("bhik,k->bhik", a, w[:, 0]),
        "outer": tf.einsum("bi,bj->bij", a[:, 0, 0], b[:, 0, 0]),
        "ellipsis": tf.einsum("...ik,kj->...ij", a, w),
        "three": tf.einsum("bhik,bhkj,jm->bhim", a, b, constant("three", 6, 2)),
    }


@graph(a=floats("batch", 4, 4), v=floats("batch", 4))
def einsum_with_diagonals(a, v):
    return {
        "trace": tf.einsum("bii->b", a),
        "diagonal": tf.einsum("bii->bi", a),
        "quadratic": tf.einsum("bi,bij,bj->b", v, a, v),
        "implicit": tf.einsum("bij,bjk", a, a),
    }


@graph(a=floats("batch", 5, 5), v=floats("batch", 5))
def linear_algebra(a, v):
    return {
        "diagonal": tf.linalg.diag(v),
        "part": tf.linalg.diag_part(a),
        "set": tf.linalg.set_diag(a, v),
        "band": tf.linalg.band_part(a, 1, 2),
        "lower": tf.linalg.band_part(a, -1, 0),
        "trace": tf.linalg.trace(a),
        "norm": tf.norm(a, axis=-1),
        "transpose": tf.linalg.matrix_transpose(a),
        "identity": tf.eye(5) + a,
        "cross": tf.linalg.cross(v[:, :3], v[:, 2:]),
    }


@model(x=floats("batch", 20))
def dense_network():
    inputs = x = keras.Input((20,), name="x")
    for i, activation in enumerate(("relu", "tanh", "relu6", "gelu")):
        x = layers.Dense(16, activation=activation, name=f"dense{i}")(x)
        x = layers.BatchNormalization()(x)
    network = keras.Model(inputs, layers.Dense(5)(x), name="dense_network")
    return randomise(network, floats(16, 20).sample("dense"))


@model(x=floats("batch", "rows", 6), sizes={"rows": (4, 7, 9)})
def einsum_dense_layers():
    inputs = keras.Input((None, 6), name="x")
    x = layers.EinsumDense("abc,cde->abde", output_shape=(None, 2, 4), bias_axes="de")(inputs)
    x = layers.EinsumDense("abde,def->abf", output_shape=(None, 5), bias_axes="f")(x)
    x = layers.Dense(3)(x)
    network = keras.Model(inputs, x, name="einsum_dense_layers")
    return randomise(network, floats(4, 4, 6).sample("einsum dense"))


@model(left=floats("batch", 6, 8), right=floats("batch", 7, 8))
def dot_layers():
    left = keras.Input((6, 8), name="left")
    right = keras.Input((7, 8), name="right")
    outputs = {
        "dot": layers.Dot(axes=2)([left, right]),
        "cosine": layers.Dot(axes=2, normalize=True)([left, right]),
        "bilinear": layers.Dot(axes=2)([layers.Dense(8)(left), right]),
    }
    return randomise(keras.Model([left, right], outputs, name="dot_layers"),
                     [floats(4, 6, 8).sample("l"), floats(4, 7, 8).sample("r")])  # fmt: skip
