"""Ragged tensors."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

SIZES = ("static", "batch")


def splits_of(values, rows, dtype="int64"):
    lengths = values.integers("int32", (rows,), 0, 4)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(numpy_dtype(dtype))


def ragged_range(row, sizes, values):
    shape = (sizes.n + 1,) if row.of == "vectors" else ()
    starts = values.numbers(row.T, shape, 0, 4)
    limits = values.numbers(row.T, shape, 3, 9) if row.way == "up" else values.numbers(row.T, shape, -6, 1)
    deltas = np.full((sizes.n + 1,), 2 if row.way == "up" else -2)
    return {"starts": starts, "limits": limits, "deltas": deltas.astype(numpy_dtype(row.T))}


def to_tensor(row, sizes, values):
    outer = splits_of(values, sizes.n + 1, row.Tindex)
    outer[-1] = max(outer[-1], 1)
    partitions, types, count = [outer], ["ROW_SPLITS"], int(outer[-1])
    if row.levels == 2:
        inner = splits_of(values, count, row.Tindex)
        partitions, types, count = [outer, inner], ["ROW_SPLITS"] * 2, int(inner[-1])
    if row.levels == "row ids":
        ids = np.repeat(np.arange(sizes.n + 1), np.diff(outer)).astype(numpy_dtype(row.Tindex))
        partitions, types = [of(row.Tindex, sizes.n + 1), ids], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]
    columns = {"open": -1, "wide": 5, "narrow": 2}[row.columns]
    shape = [-1, columns, *([-1] if row.levels == 2 else []), *([3] if row.inner else [])]
    return {
        "shape": Always(of(row.Tshape, shape)),
        "values": values.numbers(row.T, (count, 3) if row.inner else (count,)),
        "default_value": values.numbers(row.T, (), 1, 5),
        "row_partition_tensors": partitions,
        "row_partition_types": types,
    }


def rows_of(row, sizes, values):
    splits = splits_of(values, sizes.n + 3, row.Tsplits)
    splits[-1] = max(splits[-1], 1)
    return splits, int(splits[-1])


def gather(row, sizes, values):
    splits, count = rows_of(row, sizes, values)
    return {
        "params_nested_splits": [splits],
        "params_dense_values": values.numbers(row.Tvalues, (count, 2)[: row.rank]),
        "indices": values.integers(row.Tindices, (sizes.n + 1,), 0, sizes.n + 3),
        "OUTPUT_RAGGED_RANK": 1,
    }


def to_sparse(row, sizes, values):
    splits, count = rows_of(row, sizes, values)
    return {"rt_nested_splits": [splits], "rt_dense_values": values.numbers(row.T, (count,))}


OPS = [
    Op("RaggedRange", ragged_range, {"of": ("vectors", "scalars"), "way": ("up", "down"), "sizes": SIZES}),
    Op(
        "RaggedTensorToTensor",
        to_tensor,
        {"levels": (1, 2, "row ids"), "columns": ("open", "wide", "narrow"), "inner": (False, True), "sizes": SIZES},
    ),
    Op("RaggedGather", gather, {"rank": (1, 2), "sizes": SIZES}),
    Op("RaggedTensorToSparse", to_sparse, {"sizes": SIZES}),
]
