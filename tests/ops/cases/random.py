"""Ops that draw random numbers."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from distribution import Distribution
from values import numpy_dtype

SHAPES = {"many": [50, 40], "scalar": [], "one": [1], "none": [3, 0], "cube": [4, 5, 3, 50]}
SEEDS = {"none": (0, 0), "both": (7, 11), "second": (0, 5)}


def seeds(row):
    return dict(zip(("seed", "seed2"), SEEDS[row.seeds]))


def real(row, sizes, values):
    return seeds(row) | {"shape": of(row.T, SHAPES[row.shape])}


def real_op(name, low, high, mean, deviation):
    factors = {"shape": tuple(SHAPES), "seeds": tuple(SEEDS), "sizes": ("static",)}
    drawn = lambda row: Distribution(low, high, mean, deviation, row.seeds != "none")
    return Op(name, real, factors, distribution=drawn)


RANGES = {"coin": (0, 2), "signed": (-5, 6), "wide": (-(2**30), 2**30)}


def whole(row, sizes, values):
    low, high = RANGES[row.range]
    limit = lambda value: np.array(value, numpy_dtype(row.Tout))
    return real(row, sizes, values) | {"minval": limit(low), "maxval": limit(high)}


def whole_numbers(row):
    low, high = RANGES[row.range]
    deviation = np.sqrt(((high - low) ** 2 - 1) / 12)
    return Distribution(low, high, (low + high - 1) / 2, deviation, row.seeds != "none")


PROBABILITIES = np.array([0.1, 0.2, 0.4, 0.3])


def multinomial(row, sizes, values):
    logits = np.tile(np.log(PROBABILITIES), (row.batch, 1)).astype(numpy_dtype(row.T))
    return seeds(row) | {"logits": logits, "num_samples": Always(of("int32", row.samples))}


def classes(row):
    places = np.arange(PROBABILITIES.size)
    mean = PROBABILITIES @ places
    deviation = np.sqrt(PROBABILITIES @ (places - mean) ** 2)
    return Distribution(0, PROBABILITIES.size, mean, deviation, row.seeds != "none")


# The standard deviation of a normal distribution that is cut off at two of them.
WITHIN_TWO = 0.8796256610342398

OPS = [
    real_op("RandomUniform", 0, 1, 0.5, np.sqrt(1 / 12)),
    real_op("RandomStandardNormal", -np.inf, np.inf, 0, 1),
    real_op("TruncatedNormal", -2, 2.0001, 0, WITHIN_TWO),
    Op(
        "RandomUniformInt",
        whole,
        {"range": tuple(RANGES), "shape": tuple(SHAPES), "seeds": tuple(SEEDS), "sizes": ("static",)},
        distribution=whole_numbers,
    ),
    Op(
        "Multinomial",
        multinomial,
        {"batch": (1, 3), "samples": (1, 1000), "seeds": tuple(SEEDS), "sizes": ("static",)},
        distribution=classes,
    ),
]
