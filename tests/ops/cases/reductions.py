"""Ops that bring axes down to one element, or run along one."""

import numpy as np

from case import Always, Op
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch", "all")
WITH_EMPTY = (*SIZES, "empty", "to empty")

# Axes by rank of the operand.
AXES = {
    "none": lambda rank: [],
    "first": lambda rank: [0],
    "last": lambda rank: [-1],
    "two": lambda rank: [0, 1],
    "outer": lambda rank: [0, rank - 1],
    "middle": lambda rank: [rank // 2],
    "scalar": lambda rank: rank - 1,
    "all": lambda rank: list(range(rank)),
}


def axes_fit(row):
    return row.rank > 1 or row.axes in ("none", "all") or (row.rank == 1 and row.axes in ("first", "last", "scalar"))


def reduction(name, low=-3.0, high=3.0, kinds=("ordinary",), sizes=WITH_EMPTY):
    def make(row, sizes, values):
        x = values.numbers(getattr(row, "T", "bool"), sizes.shape(row.rank), low, high)
        axes = np.array(AXES[row.axes](row.rank), numpy_dtype(row.Tidx))
        return {"input": x, "reduction_indices": Always(axes)}

    factors = {"rank": (0, 1, 2, 3, 4, 5, 6), "axes": tuple(AXES), "sizes": sizes, "values": kinds}
    return Op(name, make, factors, axes_fit, ACCUMULATING)


def distinct(row, sizes, values):
    """No two elements alike, so that an extreme has one place, except where corners are asked for."""
    shape = sizes.shape(row.rank)
    count = int(np.prod(shape, dtype=int))
    low = 0 if numpy_dtype(row.T).kind in "ub" else -(min(count, 200) // 2)
    x = (values.permutation(count) % 250 + low).reshape(shape)
    return x.astype(numpy_dtype(row.T))


def arg_extreme(name):
    def make(row, sizes, values):
        axis = {"first": 0, "last": -1, "middle": row.rank // 2}[row.axis]
        x = distinct(row, sizes, values)
        return {"input": x, "dimension": Always(np.array(axis, numpy_dtype(row.Tidx)))}

    factors = {"rank": (1, 2, 3, 5), "axis": ("first", "last", "middle")}
    # TensorFlow reads an axis of int16 as if it were wider.
    return Op(name, make, factors | {"Tidx": ("int32", "int64")})


def cumulative(name, low, high):
    def make(row, sizes, values):
        axis = {"first": 0, "last": -1, "middle": row.rank // 2}[row.axis]
        x = values.numbers(row.T, sizes.shape(row.rank), low, high)
        return {"x": x, "axis": Always(np.array(axis, numpy_dtype(row.Tidx)))}

    factors = {"rank": (1, 2, 3, 4, 6), "axis": ("first", "last", "middle"), "sizes": WITH_EMPTY}
    return Op(name, make, factors, tolerance=ACCUMULATING)


def top_k(row, sizes, values):
    size = (sizes.shape(row.rank)[-1],)
    k = {"one": 1, "two": min(2, *size), "all": size[0]}[row.k]
    return {"input": distinct(row, sizes, values), "k": k}


def top_k_v2(row, sizes, values):
    made = top_k(row, sizes, values)
    return {"input": made["input"], "k": np.array(made["k"], numpy_dtype(row.Tk))}


TOP_K = {"rank": (1, 2, 3, 5), "k": ("one", "two", "all"), "sorted": (True,), "sizes": ("static", "batch")}

OPS = [
    *(reduction(name) for name in ["Sum", "Mean", "EuclideanNorm"]),
    reduction("Prod", 0.5, 2.0),
    # Of nothing, TensorFlow gives an infinity and the kernel the lowest number.
    *(reduction(name, kinds=("ordinary", "limits"), sizes=SIZES) for name in ["Max", "Min"]),
    *(reduction(name) for name in ["All", "Any"]),
    *(arg_extreme(name) for name in ["ArgMax", "ArgMin"]),
    cumulative("Cumsum", -3, 3),
    cumulative("Cumprod", 0.5, 2.0),
    cumulative("CumulativeLogsumexp", -9, 9),
    Op("TopK", top_k, TOP_K | {"k": ("one", "two")}, lambda row: row.rank > 1 or row.sizes == "static"),
    Op("TopKV2", top_k_v2, TOP_K | {"constant": ("none", "k", "all")}),
]
