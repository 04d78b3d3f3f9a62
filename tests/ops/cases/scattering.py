"""Ops that put elements where indices say: scatters, stitches, segments, histograms, searches."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

SIZES = ("static", "batch")
ACCUMULATING = 1e-4


def places(values, dtype, shape, depth, rows):
    """Index rows without repetition."""
    count = int(np.prod(shape[:depth]))
    chosen = values.permutation(count)[:rows]
    return np.stack(np.unravel_index(chosen, shape[:depth]), -1).astype(numpy_dtype(dtype))


def scatter_nd(row, sizes, values):
    shape = (5, 4, 3, 2)[: row.rank]
    depth = min(row.depth, row.rank)
    rows = min(sizes.n, 4)
    return {
        "indices": places(values, row.Tindices, shape, depth, rows),
        "updates": values.numbers(row.T, (rows, *shape[depth:])),
        "shape": Always(of(row.Tindices, shape)),
    }


def tensor_scatter(row, sizes, values):
    made = scatter_nd(row, sizes, values)
    shape = (5, 4, 3, 2)[: row.rank]
    return {"tensor": values.numbers(row.T, shape), "indices": made["indices"], "updates": made["updates"]}


def non_aliasing_add(row, sizes, values):
    made = tensor_scatter(row, sizes, values)
    return made | {"input": made["tensor"]}


SCATTER = {"rank": (1, 2, 3, 4), "depth": (1, 2, 3), "sizes": SIZES}
TENSOR_SCATTER = SCATTER | {"constant": ("none", "tensor", "indices", "updates", "all")}


def inplace(repeats):
    def make(row, sizes, values):
        shape = (5, sizes.n, 3)[: row.rank]
        rows = {"rows": [3, 0], "around": [-1, 6, 2], "twice": [1, 1, 4]}[row.rows]
        rows = of("int32", rows)
        return {
            "x": values.numbers(row.T, shape),
            "i": Always(rows) if repeats and row.rows == "twice" else rows,
            "v": values.numbers(row.T, (*rows.shape, *shape[1:])),
        }

    return make


INPLACE = {
    "rank": (1, 2, 3),
    "rows": ("rows", "around", "twice"),
    "sizes": SIZES,
    "constant": ("none", "x", "i", "all"),
}


def sparse_to_dense(row, sizes, values):
    shape = {"vector": (6,), "matrix": (4, 5), "cube": (3, 2, 4)}[row.form]
    rows = min(sizes.n, 4)
    chosen = np.sort(values.permutation(int(np.prod(shape)))[:rows])
    indices = np.stack(np.unravel_index(chosen, shape), -1).astype(numpy_dtype(row.Tindices))
    value = values.numbers(row.T, () if row.value == "scalar" else (rows,))
    return {
        "sparse_indices": indices,
        "output_shape": Always(of(row.Tindices, shape)),
        "sparse_values": value,
        "default_value": values.numbers(row.T, (), 0, 2),
    }


def stitch(row, sizes, values):
    inner = (4, 2)[: row.inner]
    order = values.permutation(6)
    parts = [order[:2], order[2:6].reshape(2, 2)] if row.N == 2 else [order[:1], order[1:3], order[3:]]
    return {
        "indices": [Always(p.astype(np.int32)) if row.known else p.astype(np.int32) for p in parts],
        "data": [values.numbers(row.T, (*p.shape, *inner)) for p in parts],
    }


STITCH = {"N": (2, 3), "inner": (0, 1, 2), "known": (True, False), "sizes": ("static",)}


def invert_permutation(row, sizes, values):
    return {"x": values.permutation(sizes.n).astype(numpy_dtype(row.T))}


def bincount(row, sizes, values):
    shape = (sizes.n, 2)[: row.rank]
    weights = values.numbers(row.T, shape if row.weighted else (0,))
    return {"arr": values.integers("int32", shape, 0, 6), "size": Always(of("int32", 5)), "weights": weights}


def dense_bincount(row, sizes, values):
    shape = (sizes.n, sizes.m)[: row.rank]
    weights = values.numbers(row.T, shape if row.weighted else (0,))
    return {
        "input": values.integers(row.Tidx, shape, 0, 6),
        "size": Always(of(row.Tidx, 5)),
        "weights": weights,
    }


def unsorted_segment(low, high):
    def make(row, sizes, values):
        shape = (sizes.n, sizes.m, 2)[: row.rank]
        ids = values.integers(row.Tindices, shape[: row.id_rank], -2 if row.negative else 0, 4)
        return {
            "data": values.numbers(row.T, shape, low, high),
            "segment_ids": ids,
            "num_segments": Always(of(row.Tnumsegments, 4)),
        }

    return make


UNSORTED = {
    "rank": (1, 2, 3),
    "id_rank": (1, 2),
    "negative": (False, True),
    "constant": ("none", "segment_ids", "all"),
    "sizes": ("static", "batch", "all"),
}


def segment(low, high):
    def make(row, sizes, values):
        shape = (sizes.n, sizes.m, 2)[: row.rank]
        steps = values.integers(row.Tindices, (sizes.n,), 0, 2 if row.gaps == "none" else 3)
        ids = np.cumsum(steps) - (steps[0] if row.gaps == "none" else 0)
        return {
            "data": values.numbers(row.T, shape, low, high),
            "segment_ids": ids.astype(numpy_dtype(row.Tindices)),
        }

    return make


SEGMENT = {
    "rank": (1, 2, 3),
    "gaps": ("none", "some"),
    "constant": ("segment_ids", "none", "all"),
    "sizes": ("static", "batch"),
}


def bucketize(row, sizes, values):
    x = values.numbers(row.T, sizes.shape(row.rank), -5, 5)
    return {"input": x, "boundaries": {"one": [0.0], "some": [-2.5, 0.0, 1.0, 3.5]}[row.bounds]}


def partition(row, sizes, values):
    shape = (sizes.n, sizes.m, 2)[: row.rank]
    return {
        "data": values.numbers(row.T, shape),
        "partitions": values.integers("int32", shape[: row.depth], 0, row.num_partitions),
    }


def list_diff(row, sizes, values):
    return {"x": values.numbers(row.T, (sizes.n + 3,), -4, 4), "y": values.numbers(row.T, (sizes.n,), -4, 4)}


def bound(row, sizes, values):
    sorted_inputs = np.sort(values.numbers(row.T, (2, 5), -5, 5), -1)
    return {"sorted_inputs": sorted_inputs, "values": values.numbers(row.T, (2, sizes.n), -5, 5)}


def unique(row, sizes, values):
    x = values.numbers(row.T, (sizes.n + 2,), 0, 3)
    return {"x": np.floor(x) + numpy_dtype(row.T).type(0.5) if row.T in FLOATS else x}


def unique_v2(row, sizes, values):
    return unique(row, sizes, values) | {"axis": Always(of(row.Taxis, [0] if row.axis else []))}


FLOATS = ("float", "half", "double", "bfloat16")


def where(row, sizes, values):
    x = values.numbers("bool", sizes.shape(row.rank))
    return {"input": x.astype(numpy_dtype(row.T)) if row.T != "bool" else x}


UNIQUE = {"sizes": SIZES, "constant": ("none", "all")}

OPS = [
    *(Op(name, inplace(False), INPLACE, lambda row: row.T not in ("bool", "string")) for name in ["InplaceAdd", "InplaceSub"]),
    Op("InplaceUpdate", inplace(True), INPLACE),
    Op("ScatterNd", scatter_nd, SCATTER | {"constant": ("none", "indices", "updates", "all")}),
    *(
        Op(f"TensorScatter{kind}", tensor_scatter, TENSOR_SCATTER)
        for kind in ["Add", "Max", "Min", "Sub", "Update"]
    ),
    Op("ScatterNdNonAliasingAdd", non_aliasing_add, TENSOR_SCATTER),
    Op(
        "SparseToDense",
        sparse_to_dense,
        {"form": ("vector", "matrix", "cube"), "value": ("scalar", "vector"), "sizes": SIZES},
    ),
    Op("DynamicStitch", stitch, STITCH),
    Op("ParallelDynamicStitch", stitch, STITCH),
    Op("InvertPermutation", invert_permutation, {"sizes": SIZES}),
    Op("Bincount", bincount, {"rank": (1, 2), "weighted": (False, True), "sizes": SIZES}),
    Op("DenseBincount", dense_bincount, {"rank": (1, 2), "weighted": (False, True), "sizes": SIZES}),
    *(
        Op(f"UnsortedSegment{kind}", unsorted_segment(low, high), UNSORTED,
           lambda row: row.id_rank <= row.rank, ACCUMULATING)
        for kind, low, high in [("Sum", -3, 3), ("Prod", 0.5, 2), ("Max", -9, 9), ("Min", -9, 9)]
    ),
    *(
        Op(f"Segment{kind}", segment(low, high), SEGMENT, tolerance=ACCUMULATING)
        for kind, low, high in [
            ("Sum", -3, 3), ("Prod", 0.5, 2), ("Max", -9, 9), ("Min", -9, 9), ("Mean", -9, 9)
        ]
    ),
    Op("Bucketize", bucketize, {"rank": (0, 1, 3), "bounds": ("one", "some"), "sizes": ("static", "all")}),
    Op(
        "DynamicPartition",
        partition,
        {"rank": (1, 2, 3), "depth": (1, 2), "num_partitions": (1, 2, 3), "sizes": SIZES},
        lambda row: row.depth <= row.rank,
    ),
    Op("ListDiff", list_diff, {"sizes": SIZES, "constant": ("none", "y", "all")}),
    Op("LowerBound", bound, {"sizes": SIZES, "constant": ("none", "sorted_inputs", "all")}),
    Op("UpperBound", bound, {"sizes": SIZES, "constant": ("none", "sorted_inputs", "all")}),
    Op("Unique", unique, UNIQUE),
    Op("UniqueWithCounts", unique, UNIQUE),
    Op("UniqueV2", unique_v2, UNIQUE | {"axis": (False, True)}),
    Op("UniqueWithCountsV2", unique_v2, UNIQUE | {"axis": (False, True)}),
    Op("Where", where, {"rank": (1, 2, 3, 5), "sizes": ("static", "batch", "all")}),
]  # fmt: skip
