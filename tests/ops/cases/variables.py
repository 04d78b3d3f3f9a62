"""Reading variables that nothing writes."""

from case import Op

HANDLE, REFERENCE = "VarHandleOp", "VariableV2"
READ = {"rank": (0, 1, 2, 4), "sizes": ("static",), "constant": ("none",)}


def read(operand, kind):
    def make(row, sizes, values):
        dtype = getattr(row, "dtype", getattr(row, "T", "float"))
        return {operand: values.numbers(dtype, sizes.shape(row.rank))}

    return {"make": make, "factors": dict(READ), "variables": {operand: kind}}


def gather(row, sizes, values):
    shape = (6, 4, 2, 3)[: row.rank]
    outer = (sizes.n, 2)[: row.index_rank]
    if row.batch_dims:
        outer = (shape[0], *outer)
    limit = shape[row.batch_dims]
    return {
        "resource": values.numbers(row.dtype, shape),
        "indices": values.integers(row.Tindices, outer, 0, limit),
        "batch_dims": row.batch_dims,
    }


def gather_nd(row, sizes, values):
    shape = (6, 4, 2, 3)[: row.rank]
    return {
        "resource": values.numbers(row.dtype, shape),
        "indices": values.integers(row.Tindices, (sizes.n, row.depth), 0, 2),
    }


GATHERED = {"rank": (1, 2, 4), "sizes": ("static", "batch"), "constant": ("none", "indices")}

OPS = [
    Op("ReadVariableOp", **read("resource", HANDLE)),
    Op("VarIsInitializedOp", **read("resource", HANDLE)),
    Op("Identity", **read("input", REFERENCE)),
    Op(
        "ResourceGather",
        gather,
        GATHERED | {"index_rank": (0, 1, 2), "batch_dims": (0, 1), "validate_indices": (True,)},
        lambda row: row.batch_dims < row.rank,
        variables={"resource": HANDLE},
    ),
    Op(
        "ResourceGatherNd",
        gather_nd,
        GATHERED | {"depth": (0, 1, 2)},
        lambda row: row.depth <= row.rank,
        variables={"resource": HANDLE},
    ),
]
