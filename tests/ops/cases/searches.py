"""Ranks, k-th elements, histograms, coordinates."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

SIZES = ("static", "batch", "all")


def in_top_k(row, sizes, values):
    classes = 2 + sizes.m if row.sizes == "all" else 6
    made = {
        "predictions": values.numbers("float", (sizes.n, classes)),
        "targets": values.integers(row.T, (sizes.n,), 0 if row.targets == "classes" else -2, 8),
    }
    if row.targets == "classes":
        made["targets"] = made["targets"] % min(classes, 3)
    return made | {"k": row.k if row.known else Always(of(row.T, row.k))}


def in_top_k_op(name):
    def make(row, sizes, values):
        row.known = name == "InTopK"
        return in_top_k(row, sizes, values)

    return Op(name, make, {"k": (1, 2, 5), "targets": ("classes", "any"), "sizes": SIZES,
                           "values": ("ordinary", "corners"), "constant": ("none", "predictions", "all")})  # fmt: skip


def distinct(row, values, shape):
    """Elements along the last axis that all differ, in types that hold them exactly."""
    count = int(np.prod(shape))
    return values.permutation(count).reshape(shape).astype(numpy_dtype(row.T))


def nth_element(row, sizes, values):
    shape = (sizes.n, 2, 5)[3 - row.rank :]
    return {"input": values.numbers(row.T, shape, -9, 9), "n": of("int32", row.n)}


def approx_top_k(row, sizes, values):
    shape = (sizes.n, 4, 5)
    return {"input": distinct(row, values, shape), "k": row.k, "reduction_dimension": row.axis}


def histogram(row, sizes, values):
    return {
        "values": values.numbers(row.T, sizes.shape(row.rank), -12, 12),
        "value_range": of(row.T, [-8, 8]),
        "nbins": of("int32", row.bins),
    }


def unravel(row, sizes, values):
    dims = {"vector": [30], "matrix": [5, 6], "cube": [2, 5, 3]}[row.dims_are]
    shape = () if row.rank == 0 else (sizes.n,)
    return {"indices": values.integers(row.Tidx, shape, 0, 30), "dims": Always(of(row.Tidx, dims))}


def ctc_greedy(row, sizes, values):
    steps, batch, classes = 7, sizes.n, 4
    scores = values.numbers(row.T, (steps, batch, classes), -2, 2)
    # Labels that stand for two steps, so that there is something to merge.
    scores[1::3] = scores[0:-1:3]
    lengths = values.integers("int32", (batch,), 2, steps + 1)
    return {"inputs": scores, "sequence_length": lengths, "blank_index": row.blank}


OPS = [
    Op("CTCGreedyDecoder", ctc_greedy,
       {"blank": (-1, 0, 2), "sizes": ("static", "batch"), "constant": ("none", "sequence_length", "all")}),
    in_top_k_op("InTopK"),
    in_top_k_op("InTopKV2"),
    Op("NthElement", nth_element, {"rank": (1, 2, 3), "n": (0, 2, 4), "sizes": SIZES, "constant": ("none", "n", "all")}),
    Op("ApproxTopK", approx_top_k, {"k": (1, 3), "axis": (-1, 1), "sizes": ("static", "batch"),
                                    "aggregate_to_topk": (True,)}),
    Op("HistogramFixedWidth", histogram, {"rank": (0, 1, 2, 4), "bins": (1, 4, 7), "sizes": SIZES,
                                          "constant": ("none", "nbins", "all")}),
    Op("UnravelIndex", unravel, {"rank": (0, 1), "dims_are": ("vector", "matrix", "cube"), "sizes": ("static", "batch")}),
]  # fmt: skip
