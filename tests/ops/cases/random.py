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

DRAWN_SHAPES = {"row": [7], "whole blocks": [4, 6], "scalar": [], "none": [3, 0]}
STATELESS_SEEDS = {
    "int32": [7, -9],
    "uint32": [7, 2**32 - 9],
    "int64": [2**40 + 3, -(2**35)],
    "uint64": [2**40 + 3, 2**64 - 2**35],
}
COUNTERS = {"zero": [0, 77], "low": [5, 2**63 + 9], "to carry": [2**64 - 2, 2**33 - 1]}


def stateless(row, sizes, values):
    """By a seed, or by what a seed becomes; numbers that equal TensorFlow's."""
    kind = getattr(row, "Tshape", getattr(row, "T", "int32"))
    made = {"shape": Always(of(kind, [sizes.n, *DRAWN_SHAPES[row.shape]]))}
    if hasattr(row, "counter"):
        made |= {
            "key": of("uint64", [2**63 + 2**40 + 11]),
            "counter": of("uint64", COUNTERS[row.counter]),
            "alg": Always(of("int32", 1)),
        }
    else:
        made["seed"] = of(row.Tseed, STATELESS_SEEDS[row.Tseed])
    return made


def stateless_whole(row, sizes, values):
    kind = numpy_dtype(row.dtype)
    low, high = RANGES[row.range]
    if kind.kind == "u":
        low, high = 0, high - low
    limit = lambda value: Always(np.array(value, kind))
    return stateless(row, sizes, values) | {"minval": limit(low), "maxval": limit(high)}


def stateless_op(name, make=stateless, **more):
    second = name.endswith("V2")
    factors = {"shape": tuple(DRAWN_SHAPES), "sizes": ("static",), "constant": ("none", "all")}
    if second:
        factors["counter"] = tuple(COUNTERS)
    fits = lambda row: not name.endswith("FullInt") or row.Tseed[0] != "u"  # without a kernel
    return Op(name, make, factors | more, fits, DRAWN)


def key_counter(row, sizes, values):
    return {"seed": of(row.Tseed, STATELESS_SEEDS[row.Tseed])}


DRAWN = 1e-5

OPS = [
    *(stateless_op(f"Stateless{name}{version}") for version in ("", "V2")
      for name in ("RandomUniform", "RandomNormal", "TruncatedNormal", "RandomUniformFullInt")),
    *(stateless_op(f"StatelessRandomUniformInt{version}", stateless_whole, range=tuple(RANGES))
      for version in ("", "V2")),
    *(Op(f"StatelessRandomGetKeyCounter{which}", key_counter, {"sizes": ("static",), "constant": ("none", "all")})
      for which in ("", "Alg")),
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
