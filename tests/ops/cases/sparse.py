"""Sparse tensors, and sums over rows that indices choose."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch")
SHAPES = {1: (9,), 2: (4, 5), 3: (4, 5, 2)}


def indices_of(values, shape, count, ordered=True):
    chosen = values.permutation(int(np.prod(shape)))[:count]
    if ordered:
        chosen = np.sort(chosen)
    return np.stack(np.unravel_index(chosen, shape), -1).astype(np.int64)


def mat_mul(row, sizes, values):
    shape = (4, 6)
    a = indices_of(values, shape, sizes.n + 2)
    inner, outer = (shape[0] if row.adjoint_a else shape[1]), 3
    b = (outer, inner) if row.adjoint_b else (inner, outer)
    return {
        "a_indices": a.astype(numpy_dtype(row.Tindices)),
        "a_values": values.numbers(row.T, (len(a),)),
        "a_shape": Always(of("int64", shape)),
        "b": values.numbers(row.T, b),
    }


def segment(with_count):
    def make(row, sizes, values):
        chosen = sizes.n + 2
        gaps = values.integers("int32", (chosen,), 0, 2 if row.gaps == "none" else 3)
        ids = np.cumsum(gaps) - (gaps[0] if row.gaps == "none" else 0)
        made = {
            "data": values.numbers(row.T, (6, 4, 2)[: row.rank]),
            "indices": values.integers(row.Tidx, (chosen,), 0, 6),
            "segment_ids": ids.astype(numpy_dtype(row.Tsegmentids)),
        }
        if with_count:
            made["num_segments"] = Always(of(row.Tnumsegments, 20))
        return made

    return make


def segment_grad(row, sizes, values):
    row.Tsegmentids = "int32"
    row.Tnumsegments = "int32"
    made = segment(False)(row, sizes, values)
    count = int(made["segment_ids"].max()) + 1
    shape = made["data"].shape
    return made | {
        "grad": values.numbers(row.T, (count, *shape[1:])),
        "output_dim0": Always(of("int32", shape[0])),
    }


def fill_empty_rows_grad(row, sizes, values):
    count = sizes.n + 3
    places = np.sort(np.random.default_rng(sizes.n).permutation(count)[: sizes.n])
    return {"reverse_index_map": of("int64", places), "grad_values": values.numbers(row.T, (count,))}


SEGMENT = {
    "rank": (1, 2, 3),
    "gaps": ("none", "some"),
    "sizes": SIZES,
    "constant": ("none", "data", "segment_ids", "all"),
    "sparse_gradient": (False,),
}


def tensor(row, sizes, values, ordered=True):
    shape = SHAPES[row.rank]
    indices = indices_of(values, shape, min(sizes.n + 2, 6), ordered)
    return indices, values.numbers(row.T, (len(indices),)), shape


def fill_empty_rows(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values)
    return {
        "indices": indices,
        "values": numbers,
        "dense_shape": of("int64", shape),
        "default_value": values.numbers(row.T, (), 1, 4),
    }


def reshape(row, sizes, values):
    shape = (4, 6, 2)[: row.rank]
    targets = {"flat": [-1], "columns": [2, -1], "same": list(shape), "deeper": [2, -1, 2]}
    return {
        "input_indices": indices_of(values, shape, min(sizes.n + 2, 4)),
        "input_shape": of("int64", shape),
        "new_shape": of("int64", targets[row.to]),
    }


def reorder(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values, ordered=False)
    return {"input_indices": indices, "input_values": numbers, "input_shape": of("int64", shape)}


def slice_(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values)
    start = {"head": [0] * 3, "inner": [1] * 3}[row.part][: row.rank]
    size = {"head": [2] * 3, "inner": [9, 2, 1]}[row.part][: row.rank]
    return {
        "indices": indices,
        "values": numbers,
        "shape": of("int64", shape),
        "start": of("int64", start),
        "size": of("int64", size),
    }


def reduce_sum(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values)
    axes = {"first": [0], "last": [-1], "all": list(range(row.rank))}[row.over]
    return {
        "input_indices": indices,
        "input_values": numbers,
        "input_shape": Always(of("int64", shape)),
        "reduction_axes": Always(of("int32", axes)),
    }


def with_dense(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values)
    dense = {"whole": shape, "row": shape[-1:], "column": (*shape[:-1], 1)}[row.dense]
    return {
        "sp_indices": indices,
        "sp_values": numbers,
        "sp_shape": Always(of("int64", shape)),
        "dense": values.numbers(row.T, dense, 1, 5),
    }


def dense_add(row, sizes, values):
    indices, numbers, shape = tensor(row, sizes, values)
    return {
        "a_indices": indices.astype(numpy_dtype(row.Tindices)),
        "a_values": numbers,
        "a_shape": Always(of(row.Tindices, shape)),
        "b": values.numbers(row.T, shape),
    }


TENSOR = {"rank": (1, 2, 3), "sizes": SIZES}

OPS = [
    Op("SparseTensorDenseMatMul", mat_mul, {"sizes": SIZES, "constant": ("none", "b", "a_indices", "all")},
       tolerance=ACCUMULATING),
    *(Op(f"SparseSegment{kind}", segment(False), SEGMENT, tolerance=ACCUMULATING) for kind in ["Sum", "Mean", "SqrtN"]),
    *(Op(f"SparseSegment{kind}WithNumSegments", segment(True), SEGMENT, tolerance=ACCUMULATING)
      for kind in ["Sum", "Mean", "SqrtN"]),
    *(Op(f"SparseSegment{kind}Grad", segment_grad,
         SEGMENT | {"gaps": ("none",), "constant": ("none", "segment_ids", "all")}, tolerance=ACCUMULATING)
      for kind in ["Sum", "Mean", "SqrtN"]),
    Op("SparseFillEmptyRowsGrad", fill_empty_rows_grad, {"sizes": SIZES}, tolerance=ACCUMULATING),
    Op("SparseFillEmptyRows", fill_empty_rows, TENSOR),
    Op("SparseReshape", reshape, {"rank": (1, 2, 3), "to": ("flat", "columns", "same", "deeper"), "sizes": SIZES}),
    Op("SparseReorder", reorder, TENSOR),
    Op("SparseSlice", slice_, TENSOR | {"part": ("head", "inner")}),
    Op("SparseReduceSum", reduce_sum, TENSOR | {"over": ("first", "last", "all")}, tolerance=ACCUMULATING),
    *(Op(f"SparseDenseCwise{kind}", with_dense, TENSOR | {"dense": ("whole", "row", "column")})
      for kind in ["Add", "Mul", "Div"]),
    Op("SparseTensorDenseAdd", dense_add, TENSOR),
]  # fmt: skip
