"""Ops that move elements without changing them: shapes, orders, pads, joints."""

import numpy as np

from case import Always, Op
from values import numpy_dtype

SIZES = ("static", "batch", "all")
WITH_EMPTY = (*SIZES, "to empty")


def of(dtype, entries):
    return np.array(entries, numpy_dtype(dtype))


PERMUTATIONS = {
    "reversed": lambda rank: list(range(rank))[::-1],
    "same": lambda rank: list(range(rank)),
    "rotated": lambda rank: [*range(1, rank), *range(min(rank, 1))],
    "last two": lambda rank: [*range(rank - 2), rank - 1, rank - 2],
    "mixed": lambda rank: [*range(0, rank, 2), *range(1, rank, 2)],
}


def transpose(name):
    def make(row, sizes, values):
        perm = of(row.Tperm, PERMUTATIONS[row.order](row.rank))
        return {"x": values.numbers(row.T, sizes.shape(row.rank)), "perm": perm}

    # TensorFlow dies of a conjugate transpose without axes, and of text with one.
    dies = lambda row: name == "ConjugateTranspose" and row.rank < (2 if row.T == "string" else 1)
    fits = lambda row: (row.order != "last two" or row.rank > 1) and not dies(row)
    factors = {"rank": (0, 1, 2, 3, 4, 5, 6, 7), "order": tuple(PERMUTATIONS), "sizes": WITH_EMPTY}
    return Op(name, make, factors | {"constant": ("perm", "all", "none")}, fits)


def reshape(row, sizes, values):
    n, m = sizes.n, sizes.m
    x = values.numbers(row.T, (n, m, 2, 3))
    free = row.sizes != "static"
    shapes = {
        "flat": [-1],
        "matrix": [-1, 6],
        "same": [n, m, 2, 3],
        "split": [n, m, 3, 1, 2],
        "merged": [n, -1] if not free else [-1, 2, 3],
        "rank 6": [1, n, 1, m, 6, 1],
    }
    return {"tensor": x, "shape": of(row.Tshape, shapes[row.to])}


RESHAPE = {
    "to": ("flat", "matrix", "same", "split", "merged", "rank 6"),
    "constant": ("shape", "none", "all"),
    "sizes": SIZES,
}


def expand_dims(row, sizes, values):
    axis = {"first": 0, "last": -1, "middle": row.rank // 2}[row.axis]
    return {"input": values.numbers(row.T, sizes.shape(row.rank)), "dim": Always(of(row.Tdim, axis))}


def squeeze(row, sizes, values):
    shape = {"inner": (sizes.n + 1, 1, sizes.m + 1, 1), "outer": (1, sizes.m + 1, 3, 1), "none": (sizes.n + 1, 2)}
    axes = {"inner": [1, 3], "outer": [0, -1], "none": []}
    dims = axes[row.ones] if row.given else []
    return {"input": values.numbers(row.T, shape[row.ones]), "squeeze_dims": dims}


def tile(row, sizes, values):
    multiples = {"ones": [1] * row.rank, "first": [2, *[1] * 6][: row.rank], "all": [2, 3, 2, 1, 2, 1][: row.rank]}
    x = values.numbers(row.T, sizes.shape(row.rank))
    return {"input": x, "multiples": of(row.Tmultiples, multiples[row.times])}


PADS = {
    "one axis": [[0, 0], [1, 2], [0, 0], [0, 0], [0, 0], [0, 0]],
    "all": [[1, 0], [2, 1], [0, 1], [1, 1], [0, 2], [1, 0]],
    "none": [[0, 0]] * 6,
}


def pad(row, sizes, values):
    made = {
        "input": values.numbers(row.T, sizes.shape(row.rank)),
        "paddings": of(row.Tpaddings, PADS[row.pads][: row.rank]).reshape(row.rank, 2),
    }
    return made


def pad_v2(row, sizes, values):
    return pad(row, sizes, values) | {"constant_values": values.numbers(row.T, (), 1, 7)}


def mirror_pad(row, sizes, values):
    pads = {"one axis": [[0, 0], [1, 2], [0, 0], [0, 0], [0, 0]], "all": [[0, 0], [1, 1], [1, 0], [1, 1], [1, 1]]}
    shape = (sizes.n, sizes.m + 1, 2, 3, 2)[: row.rank]
    return {
        "input": values.numbers(row.T, shape),
        "paddings": of(row.Tpaddings, pads[row.pads][: row.rank]).reshape(row.rank, 2),
    }


RANKS = (1, 2, 3, 4, 5, 6)
PAD = {"rank": (0, *RANKS), "pads": tuple(PADS), "constant": ("paddings", "all", "none"), "sizes": WITH_EMPTY}
AXES = {"none": [], "first": [0], "last": [-1], "two": [0, -2], "all": None}


def reverse_axes(row):
    return list(range(row.rank)) if row.axes == "all" else AXES[row.axes]


def axes_fit(row):
    return row.rank > 1 or row.axes in ("none", "all") or (row.rank == 1 and row.axes != "two")


def reverse_v2(row, sizes, values):
    x = values.numbers(row.T, sizes.shape(row.rank))
    return {"tensor": x, "axis": Always(of(row.Tidx, reverse_axes(row)))}


def reverse(row, sizes, values):
    flags = np.zeros(row.rank, bool)
    flags[[a % row.rank for a in reverse_axes(row)]] = True
    return {"tensor": values.numbers(row.T, sizes.shape(row.rank)), "dims": Always(flags)}


REVERSE = {"rank": (1, 2, 3, 4, 6), "axes": tuple(AXES), "sizes": WITH_EMPTY}


def reverse_sequence(row, sizes, values):
    shape = (sizes.n, sizes.m, 3, 2)[: row.rank]
    batch = {"first": 0, "second": 1}[row.batch]
    lengths = values.integers(row.Tlen, (shape[batch],), 0, shape[1 - batch] + 1)
    return {
        "input": values.numbers(row.T, shape),
        "seq_lengths": lengths,
        "seq_dim": 1 - batch,
        "batch_dim": batch,
    }


def roll(row, sizes, values):
    shift, axis = {"one": (1, 0), "back": (-2, -1), "two": ([1, -1], [0, 1]), "far": (7, 1)}[row.moved]
    x = values.numbers(row.T, (sizes.n, sizes.m, 3))
    axis = of(row.Taxis, axis)
    return {"input": x, "shift": of(row.Tshift, shift), "axis": Always(axis) if row.known_axis else axis}


def joined_shape(sizes, rank, axis, size):
    shape = list(sizes.shape(rank))
    shape[axis] = size
    return tuple(shape)


def concat(row, sizes, values):
    axis = {"first": 0, "last": row.rank - 1, "negative": -1}[row.axis]
    sizes_there = {"free": [sizes.n, 2, sizes.k], "fixed": [1, 3, 2], "with empty": [2, 0, 1]}[row.parts]
    parts = [
        values.numbers(row.T, joined_shape(sizes, row.rank, axis, size)) for size in sizes_there[: row.N]
    ]
    return {"values": parts, "axis": Always(of(getattr(row, "Tidx", "int32"), axis))}


def concat_v1(row, sizes, values):
    made = concat(row, sizes, values)
    if row.axis == "negative":
        made["axis"] = Always(of("int32", row.rank - 1))
    return {"values": made["values"], "concat_dim": made["axis"]}


CONCAT = {
    "rank": RANKS,
    "N": (2, 3),
    "axis": ("first", "last", "negative"),
    "parts": ("free", "fixed", "with empty"),
    "constant": ("none", "values_0", "values_1", "all"),
    "sizes": SIZES,
}


def split(row, sizes, values):
    axis = {"second": 1, "last": -1}[row.axis]
    shape = joined_shape(sizes, row.rank, axis, 6)
    return {
        "split_dim": Always(of("int32", axis)),
        "value": values.numbers(row.T, shape),
        "num_split": {"one": 1, "two": 2, "six": 6}[row.parts],
    }


def split_v(row, sizes, values):
    lengths = {"even": [2, 2, 2], "uneven": [1, 3, 2], "rest": [2, -1], "empty": [0, 6]}[row.parts]
    made = split(type("R", (), dict(vars(row), parts="one"))(), sizes, values)
    return {
        "split_dim": made["split_dim"],
        "value": made["value"],
        "size_splits": Always(of(row.Tlen, lengths)),
        "num_split": len(lengths),
    }


def pack(row, sizes, values):
    axis = {"first": 0, "last": -1, "middle": row.rank // 2}[row.at]
    return {"values": [values.numbers(row.T, sizes.shape(row.rank)) for _ in range(row.N)], "axis": axis}


def unpack(row, sizes, values):
    shape = {"first": (3, sizes.n, sizes.m), "last": (sizes.n, sizes.m, 3), "middle": (sizes.n, 3, 2)}[row.at]
    axis = {"first": 0, "last": -1, "middle": 1}[row.at]
    return {"value": values.numbers(row.T, shape), "axis": axis, "num": 3}


def parallel_concat(row, sizes, values):
    shape = (1, 2, 3, 2)[: row.rank]
    parts = [values.numbers(row.T, shape) for _ in range(row.N)]
    return {"values": parts, "shape": (row.N, *shape[1:])}


def concat_offset(row, sizes, values):
    shapes = [of(row.shape_type, [2, i + 1, 3]) for i in range(row.N)]
    return {"concat_dim": Always(of("int32", 1)), "shape": shapes}


JOINED = ("none", "values_0", "all")

OPS = [
    transpose("Transpose"),
    transpose("ConjugateTranspose"),
    Op("Reshape", reshape, RESHAPE),
    Op("ExpandDims", expand_dims, {"rank": (0, *RANKS), "axis": ("first", "last", "middle")}),
    Op("Squeeze", squeeze, {"ones": ("inner", "outer", "none"), "given": (False, True), "sizes": SIZES}),
    Op(
        "Tile",
        tile,
        {
            "rank": (0, *RANKS),
            "times": ("ones", "first", "all"),
            "constant": ("multiples", "all", "none"),
            "sizes": WITH_EMPTY,
        },
    ),
    Op("Pad", pad, PAD),
    Op("PadV2", pad_v2, PAD),
    Op("MirrorPad", mirror_pad, PAD | {"rank": RANKS[:5], "pads": ("one axis", "all"), "sizes": SIZES}),
    Op("ReverseV2", reverse_v2, REVERSE, lambda row: axes_fit(row) and (row.axes, row.rank) != ("two", 2)),
    Op("Reverse", reverse, REVERSE | {"sizes": SIZES}, axes_fit),
    Op(
        "ReverseSequence",
        reverse_sequence,
        {"rank": (2, 3, 4), "batch": ("first", "second"), "constant": ("none", "seq_lengths", "all")},
    ),
    Op("Roll", roll, {"moved": ("one", "back", "two", "far"), "known_axis": (True, False),
                      "constant": ("none", "shift", "all")}),
    Op("ConcatV2", concat, CONCAT),
    Op("Concat", concat_v1, CONCAT),
    Op("Split", split, {"rank": (2, 3, 4, 5), "axis": ("second", "last"), "parts": ("one", "two", "six")}),
    Op(
        "SplitV",
        split_v,
        {"rank": (2, 3, 5), "axis": ("second", "last"), "parts": ("even", "uneven", "rest", "empty")},
    ),
    Op(
        "Pack",
        pack,
        {
            "rank": (0, *RANKS),
            "N": (1, 2, 4),
            "at": ("first", "last", "middle"),
            "constant": JOINED,
            "sizes": WITH_EMPTY,
        },
    ),
    Op("Unpack", unpack, {"at": ("first", "last", "middle"), "sizes": SIZES}),
    Op(
        "ParallelConcat",
        parallel_concat,
        {"rank": (1, 2, 4), "N": (1, 3), "constant": JOINED, "sizes": ("static",)},
    ),
    Op("ConcatOffset", concat_offset, {"N": (2, 3), "constant": ("none", "all"), "sizes": ("static",)}),
]
