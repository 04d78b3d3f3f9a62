"""Ops that bring numbers to a grid and back."""

import numpy as np

from case import Always, Op
from values import numpy_dtype

SIZES = ("static", "batch", "all")
CHANNELS = 3
BITS = {"eight": 8, "four": 4}


def quantize_and_dequantize(row, sizes, values):
    shape = (*sizes.shape(row.rank - 1), CHANNELS)
    limit = lambda value: Always(np.array(value, numpy_dtype(row.T)))
    made = {
        "input": values.numbers(row.T, shape, -4, 4),
        "input_min": limit(-2.1),
        "input_max": limit(3.3),
    }
    axis = -1 if row.axis == -1 else row.rank - 1
    return made | {"axis": axis, "num_bits": BITS[row.bits]}


def with_bits_operand(row, sizes, values):
    made = quantize_and_dequantize(row, sizes, values)
    return made | {"num_bits": Always(np.array(made["num_bits"], np.int32))}


FACTORS = {
    "rank": (1, 2, 4),
    "axis": (-1, "last"),
    "bits": tuple(BITS),
    "sizes": SIZES,
    "constant": ("none", "all"),
}


def fits(row):
    """TensorFlow takes no given range for each channel."""
    return (row.rank > 1 or row.sizes == "static") and (row.axis == -1 or not row.range_given)


OPS = [
    Op("QuantizeAndDequantizeV2", quantize_and_dequantize, FACTORS, fits),
    Op("QuantizeAndDequantizeV3", with_bits_operand, FACTORS, fits),
    Op("QuantizeAndDequantizeV4", quantize_and_dequantize, FACTORS, fits),
]
