"""Ops that make tensors or tell of them, casts, and ops that hand on what they get."""


from case import SOME_TYPES, Always, Op
from cases.arrays import of

SIZES = ("static", "batch", "all")
RANKS = (0, 1, 2, 4, 6)


def of_a_tensor(name, **more):
    def make(row, sizes, values):
        x = values.numbers(getattr(row, "T", "float"), sizes.shape(row.rank))
        return {op.definition.input_arg[0].name: x}

    op = Op(name, make, {"rank": RANKS, "sizes": (*SIZES, "to empty")} | more)
    return op


def shape_n(row, sizes, values):
    return {"input": [values.numbers(row.T, sizes.shape(rank)) for rank in (1, 3, 0)[: row.N]]}


def broadcast_to(row, sizes, values):
    n, m = sizes.n, sizes.m
    given, wanted = {
        "scalar": ((), [2, 3]),
        "row": ((m,), [n, m]),
        "crossed": ((n, 1, 2), [n, m, 2]),
        "same": ((n, m), [n, m]),
        "rank 6": ((n, 1, 2, 1, 3), [2, n, 3, 2, 2, 3]),
    }[row.form]
    return {"input": values.numbers(row.T, given), "shape": of(row.Tidx, wanted)}


def fill(row, sizes, values):
    dims = {"scalar": [], "one": [sizes.n], "three": [sizes.n, 2, sizes.m], "six": [2, 1, sizes.n, 1, 2, 3]}
    return {"dims": of(row.index_type, dims[row.form]), "value": values.numbers(row.T, ())}


def empty(row, sizes, values):
    row.index_type = "int32"
    row.T = "int32"
    return {"shape": fill(row, sizes, values)["dims"]}


def to_bool(row, sizes, values):
    shape = {"scalar": (), "vector": (sizes.n,), "none": (0, 2)}[row.form]
    return {"input": values.numbers(row.T, shape)}


def lin_space(row, sizes, values):
    return {"start": of(row.T, -1.5), "stop": of(row.T, 4.0), "num": Always(of(row.Tidx, row.num))}


def range_(row, sizes, values):
    start, limit, delta = {"up": (0, 5, 1), "steps": (1, 8, 3), "down": (5, 0, -2), "none": (3, 3, 1)}[row.form]
    return {"start": of(row.Tidx, start), "limit": of(row.Tidx, limit), "delta": of(row.Tidx, delta)}


def one_hot(row, sizes, values):
    indices = values.integers(row.TI, sizes.shape(row.rank), 0 if row.TI == "uint8" else -1, 6)
    return {
        "indices": indices,
        "depth": Always(of("int32", 5)),
        "on_value": Always(values.numbers(row.T, (), 1, 5)),
        "off_value": Always(values.numbers(row.T, (), -4, 0)),
    }


def two_shapes(row, sizes, values):
    s0, s1 = {"same": ([2, 3], [2, 3]), "row": ([3], [2, 3]), "crossed": ([2, 1], [1, 3]), "scalar": ([], [4])}[row.form]
    return {"s0": of(row.T, s0), "s1": of(row.T, s1)}


SHAPES = {"form": ("same", "row", "crossed", "scalar"), "sizes": ("static",), "constant": ("none", "s0", "all")}


def cast(row, sizes, values):
    # Only what each type holds: beyond, the result is the processor's business.
    low, high = (0, 100) if row.DstT.startswith("u") else (-100, 100)
    return {"x": values.numbers(row.SrcT, sizes.shape(row.rank), low, high)}


WIDTHS = {"bool": 1, "half": 2, "bfloat16": 2, "float": 4, "double": 8, "complex64": 8, "complex128": 16}
WIDTHS |= {f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)}


def bitcast(row, sizes, values):
    source, target = WIDTHS[row.T], WIDTHS[row.type]
    shape = (sizes.n, sizes.m) + ((target // source,) if target > source else ())
    return {"input": values.numbers(row.T, shape, 1, 3)}


def handed_on(name, given={}):
    """An op that gives what it gets; `given`: attributes that it wants and does not heed."""
    op = of_a_tensor(name)
    make = op.make
    op.make = lambda row, sizes, values: make(row, sizes, values) | given
    return op


def with_default(row, sizes, values):
    return {"input": values.numbers(row.dtype, sizes.shape(row.rank)), "shape": [None] * row.rank}


def ensure_shape(row, sizes, values):
    free = {"free": [None, None, None], "partly": [None, None, 2]}[row.form]
    return {"input": values.numbers(row.T, sizes.shape(3)), "shape": free}


CASTS = tuple(t for t in (*SOME_TYPES, "complex128") if t != "string")

OPS = [
    *(of_a_tensor(name) for name in ["Rank", "Shape", "Size", "OnesLike", "ZerosLike"]),
    Op("ShapeN", shape_n, {"N": (1, 3), "sizes": SIZES}),
    Op(
        "BroadcastTo",
        broadcast_to,
        {"form": ("scalar", "row", "crossed", "same", "rank 6"), "constant": ("shape", "none", "all"), "sizes": SIZES},
    ),
    Op("Fill", fill, {"form": ("scalar", "one", "three", "six"), "constant": ("dims", "value", "none", "all"), "sizes": SIZES}),
    Op("Empty", empty, {"form": ("scalar", "one", "three", "six"), "init": (True,), "constant": ("shape", "none"), "sizes": SIZES}),
    Op("LinSpace", lin_space, {"num": (1, 2, 7), "sizes": ("static",), "constant": ("none", "all")}),
    Op(
        "Range",
        range_,
        {"form": ("up", "steps", "down", "none"), "constant": ("none", "start", "limit", "delta", "all"), "sizes": ("static",)},
        lambda row: row.form != "down" or not row.Tidx.startswith("u"),
    ),
    Op("OneHot", one_hot, {"rank": (0, 1, 2, 4), "axis": (-1, 0), "sizes": SIZES}),
    Op("BroadcastArgs", two_shapes, SHAPES),
    Op("BroadcastGradientArgs", two_shapes, SHAPES),
    Op(
        "Cast",
        cast,
        {"SrcT": CASTS, "DstT": CASTS, "rank": (0, 1, 3), "Truncate": (False,), "sizes": ("static", "batch", "to empty")},
    ),
    Op("ToBool", to_bool, {"form": ("scalar", "vector", "none"), "sizes": SIZES},
       lambda row: row.form != "scalar" or row.T not in ("half", "bfloat16", "complex64", "uint32", "uint64", "uint16")),
    Op(
        "Bitcast",
        bitcast,
        {"sizes": ("static", "batch")},
        lambda row: {row.T, row.type} <= set(WIDTHS),
    ),
    *(handed_on(name) for name in ["StopGradient", "PreventGradient", "Snapshot", "DeepCopy"]),
    *(handed_on(name, {"message": "x"}) for name in ["CheckNumerics", "CheckNumericsV2"]),
    handed_on("DebugIdentity", {"tensor_name": "x:0", "gated_grpc": False}),
    Op("PlaceholderWithDefault", with_default, {"rank": (0, 1, 3), "sizes": SIZES}),
    Op("EnsureShape", ensure_shape, {"form": ("free", "partly"), "sizes": SIZES}),
]
