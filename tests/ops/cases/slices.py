"""Parts of a tensor: slices, gathers, and their opposites."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

SIZES = ("static", "batch", "all")
WITH_EMPTY = (*SIZES, "to empty")

# begin and size of each axis of (n, m, 2, 3, 2, 1); -1 is the rest.
SLICES = {
    "whole": ([0] * 6, [-1] * 6),
    "head": ([0] * 6, [1, 1, 1, 2, 1, 1]),
    "tail": ([0, 1, 1, 1, 1, 0], [-1] * 6),
    "nothing": ([0] * 6, [1, 0, 1, 1, 1, 1]),
}


def slice_(row, sizes, values):
    begin, size = (part[: row.rank] for part in SLICES[row.part])
    return {
        "input": values.numbers(row.T, sizes.shape(row.rank)),
        "begin": of(row.Index, begin),
        "size": of(row.Index, size),
    }


# begin, end, strides and masks for a tensor (n, m, 5, 4).
STRIDED = {
    "head": dict(begin=[0], end=[1], strides=[1]),
    "shrink": dict(begin=[0], end=[1], strides=[1], shrink_axis_mask=1),
    "shrink last": dict(begin=[0, -1], end=[0, 0], strides=[1, 1], ellipsis_mask=1, shrink_axis_mask=2),
    "open": dict(begin=[0, 0, 1], end=[0, 0, 0], strides=[1, 1, 2], begin_mask=3, end_mask=7),
    "backwards": dict(begin=[0, 0, 0], end=[0, 0, 0], strides=[1, -1, -2], begin_mask=7, end_mask=7),
    "negative": dict(begin=[0, 0, -3], end=[1, 1, -1], strides=[1, 1, 1]),
    "new axes": dict(begin=[0, 0, 0], end=[0, 0, 0], strides=[1] * 3, new_axis_mask=5, begin_mask=2, end_mask=2),
    "ellipsis": dict(begin=[0, 0, 1], end=[1, 0, 3], strides=[1, 1, 1], ellipsis_mask=2),
    "all of it": dict(begin=[0], end=[0], strides=[1], begin_mask=1, end_mask=1),
    "mixed": dict(
        begin=[0, 0, 0, 2], end=[0, 0, 0, 0], strides=[1, 1, 1, 1], ellipsis_mask=2, new_axis_mask=4,
        shrink_axis_mask=8, begin_mask=1, end_mask=1,
    ),
    "beyond": dict(begin=[-100, 0, 1], end=[100, 100, 100], strides=[1, 1, 3]),
    "nothing": dict(begin=[0, 0, 3], end=[1, 1, 2], strides=[1, 1, 1]),
}  # fmt: skip
MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def strided_slice(row, sizes, values):
    spec = STRIDED[row.part]
    x = values.numbers(row.T, (sizes.n, sizes.m, 5, 4, 2, 3)[: row.rank])
    given = {key: of(row.Index, spec[key]) for key in ("begin", "end", "strides")}
    given["strides"] = Always(given["strides"])
    return {"input": x, **given} | {mask: spec.get(mask, 0) for mask in MASKS}


def strided_slice_update(row, sizes, values):
    import tensorflow as tf

    made = strided_slice(row, sizes, values)
    kind = "int32"
    part = tf.raw_ops.StridedSlice(
        input=np.zeros(made["input"].shape, np.float32),
        begin=made["begin"].astype(kind),
        end=made["end"].astype(kind),
        strides=made["strides"].value.astype(kind),
        **{mask: made[mask] for mask in MASKS},
    )
    return made | {"value": values.numbers(row.T, tuple(part.shape))}


def strided_slice_grad(row, sizes, values):
    made = strided_slice_update(row, sizes, values)
    bounds = {key: Always(made[key].astype(row.Index)) for key in ("begin", "end")}
    return made | bounds | {
        "shape": Always(of(row.Index, made["input"].shape)),
        "strides": Always(made["strides"].value.astype(row.Index)),
        "dy": made["value"],
    }


def gather(row, sizes, values, axis, batch_dims=0):
    params = (sizes.n, sizes.m, 3, 2, 2)[: row.rank]
    inner = {"scalar": (), "vector": (4,), "matrix": (2, sizes.k), "none": (0,)}[row.indices]
    indices = params[:batch_dims] + inner
    return {
        "params": values.numbers(row.Tparams, params),
        "indices": values.integers(row.Tindices, indices, 0, max(params[axis], 1)),
    }


def gather_v1(row, sizes, values):
    return gather(row, sizes, values, 0)


def gather_v2(row, sizes, values):
    axis = {"first": 0, "second": 1, "last": row.rank - 1}[row.at]
    made = gather(row, sizes, values, axis, row.batch_dims)
    return made | {"axis": Always(of(row.Taxis, axis))}


def gather_v2_fits(row):
    axis = {"first": 0, "second": 1, "last": row.rank - 1}[row.at]
    return axis < row.rank and row.batch_dims <= axis


INDICES = ("scalar", "vector", "matrix", "none")
OPERANDS = ("none", "params", "indices", "all")


def gather_nd(row, sizes, values):
    params = (sizes.n, sizes.m, 3, 2, 2)[: row.rank]
    depth = {"none": 0, "one": 1, "all": row.rank, "two": 2}[row.depth]
    rows = {"one": (), "some": (4,), "free": (sizes.k, 2)}[row.rows]
    columns = [values.integers(row.Tindices, rows, 0, params[i]) for i in range(depth)]
    empty = np.zeros((*rows, 0), numpy_dtype(row.Tindices))
    return {
        "params": values.numbers(row.Tparams, params),
        "indices": np.stack(columns, -1) if columns else empty,
    }


GATHER_ND = {"rank": (1, 2, 3, 5), "depth": ("none", "one", "two", "all"), "rows": ("one", "some", "free")}


def dynamic_update_slice(row, sizes, values):
    shape = (sizes.n + 1, sizes.m, 3, 2, 2)[: row.rank]
    update = tuple(max(size - 1, 1) for size in shape)
    starts = {"first": [0] * 5, "second": [1, 1, 1, 0, 0], "beyond": [100, -5, 3, 9, 9]}
    return {
        "input": values.numbers(row.T, shape),
        "update": values.numbers(row.T, update),
        "indices": of(row.Tindices, starts[row.at][: row.rank]),
    }


FORMATS = ("NHWC", "NCHW", "NDHWC", "NCDHW")


def dim_map(row, sizes, values):
    rank = len(row.src_format)
    return {"x": values.integers(row.T, sizes.shape(row.rank), -rank, rank)}


def vec_permute(row, sizes, values):
    size = len(row.src_format) - (2 if row.entries == "spatial" else 0)
    return {"x": values.numbers(row.T, (size, 2)[: row.rank])}


def shuffle(row, sizes, values):
    """Rows that are equal, so that their order does not show."""
    x = values.numbers(row.T, (1, 3, 2)[: row.rank])
    return {"value": np.repeat(x, sizes.n, 0)}


def formats_fit(row):
    return sorted(row.src_format) == sorted(row.dst_format)


DATA_FORMATS = {"src_format": FORMATS, "dst_format": FORMATS, "constant": ("none", "all")}

OPS = [
    Op("DataFormatDimMap", dim_map, DATA_FORMATS | {"rank": (0, 1, 2), "sizes": SIZES}, formats_fit),
    Op("DataFormatVecPermute", vec_permute,
       DATA_FORMATS | {"rank": (1, 2), "entries": ("all", "spatial"), "sizes": ("static",)}, formats_fit),
    Op("RandomShuffle", shuffle, {"rank": (1, 2, 3), "sizes": ("static", "batch"), "constant": ("none",)}),
    Op(
        "Slice",
        slice_,
        {
            "rank": (1, 2, 3, 4, 5, 6),
            "part": tuple(SLICES),
            "constant": ("none", "begin", "size", "all"),
            "sizes": SIZES,
        },
        lambda row: row.sizes == "static" or row.constant in ("size", "none", "all", "begin"),
    ),
    Op(
        "StridedSlice",
        strided_slice,
        {
            "rank": (4, 5, 6),
            "part": tuple(STRIDED),
            "constant": ("all", "none", "begin", "end"),
            "sizes": WITH_EMPTY,
            "Index": ("int32", "int64"),
        },
        lambda row: (
            (row.sizes != "to empty" or row.part in ("all of it", "open", "beyond"))
            and (row.part, row.rank) != ("mixed", 5)  # it takes an element that the last axis lacks
        ),
    ),
    Op(
        "TensorStridedSliceUpdate",
        strided_slice_update,
        {
            "rank": (4, 5),
            "part": ("head", "shrink", "negative", "ellipsis", "all of it", "beyond", "open"),
            "constant": ("all", "none"),
            "sizes": ("static",),
        },
    ),
    Op(
        "StridedSliceGrad",
        strided_slice_grad,
        {
            "rank": (4, 5),
            "part": ("head", "shrink", "negative", "ellipsis", "all of it", "beyond", "open"),
            "constant": ("all", "none"),
            "sizes": ("static",),
            "Index": ("int32", "int64"),
        },
    ),
    Op("Gather", gather_v1, {"rank": (1, 2, 3, 5), "indices": INDICES, "constant": OPERANDS}),
    Op(
        "GatherV2",
        gather_v2,
        {
            "rank": (1, 2, 3, 5),
            "indices": INDICES,
            "at": ("first", "second", "last"),
            "batch_dims": (0, 1),
            "constant": OPERANDS,
        },
        gather_v2_fits,
    ),
    Op("GatherNd", gather_nd, GATHER_ND | {"constant": OPERANDS}, lambda row: row.rank > 1 or row.depth != "two"),
    Op(
        "XlaDynamicUpdateSlice",
        dynamic_update_slice,
        {"rank": (1, 2, 3, 5), "at": ("first", "second", "beyond"), "constant": ("none", "indices", "all")},
        lambda row: row.T != "string",
    ),
]
