"""Casts between every pair of types."""

import numpy as np
import tensorflow as tf

from .registry import Input, bools, graph

_TARGETS = ("float32", "float16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "bool")


def _casts(source, values):
    @graph(name=f"casts_from_{source}", x=values, mutate=False)
    def casts(x):
        return {f"to_{target}": tf.cast(x, target) for target in _TARGETS if target != source}


def _with_zeros(dtype, low):
    def make(generator, size):
        values = generator.uniform(low, 100, size).astype(dtype)
        return np.where(generator.random(size) < 0.3, 0, values)

    return Input(("batch", 12), dtype, make)


_casts("bool", bools("batch", 12))
for _source in ("int8", "int16", "int32", "int64"):
    _casts(_source, _with_zeros(_source, -100))
for _source in ("float32", "float16", "uint8", "uint16", "uint32"):
    _casts(_source, _with_zeros(_source, 0))
