"""Matrices, normalization, quantization, Fourier transforms and complex numbers."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from cases.elementwise import unary
from cases.windows import arranged
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch", "all")
EITHER = ("none", "all")


def mat_mul(a="a", b="b", flags=("transpose_a", "transpose_b")):
    def make(row, sizes, values):
        left, right = (sizes.n, sizes.m), (sizes.m, 5)
        turned = [getattr(row, flag, False) for flag in flags]
        return {
            a: values.numbers(getattr(row, "T", None) or getattr(row, "Ta"), left[::-1] if turned[0] else left),
            b: values.numbers(getattr(row, "T", None) or getattr(row, "Tb"), right[::-1] if turned[1] else right),
        }

    return make


BATCHES = {
    "none": lambda s: ((), ()),
    "same": lambda s: ((s.n,), (s.n,)),
    "two": lambda s: ((2, s.n), (2, s.n)),
    "left": lambda s: ((s.n,), ()),
    "right": lambda s: ((), (s.n,)),
    "crossed": lambda s: ((s.n, 1), (2,)),
    "rank 6": lambda s: ((s.n, 1, 2, 1), (2, 1, 3)),
}


def batch_mat_mul(row, sizes, values):
    x, y = (3, sizes.m), (sizes.m, 4)
    left, right = BATCHES[row.batch](sizes)
    kinds = (row.T, row.T) if hasattr(row, "T") else (row.Ta, row.Tb)
    return {
        "x": values.numbers(kinds[0], left + (x[::-1] if row.adj_x else x)),
        "y": values.numbers(kinds[1], right + (y[::-1] if row.adj_y else y)),
    }


BATCH_MAT_MUL = {"batch": tuple(BATCHES), "sizes": SIZES, "constant": ("none", "x", "y", "all"),
                 "grad_x": (False,), "grad_y": (False,)}  # fmt: skip
SAME_BATCH = BATCH_MAT_MUL | {"batch": ("none", "same", "two")}

EQUATIONS = {
    "ij,jk->ik": lambda s: [(s.n, 4), (4, 3)],
    "bij,bjk->bik": lambda s: [(s.n, 2, 4), (s.n, 4, 3)],
    "bij,jk->bik": lambda s: [(s.n, s.m, 4), (4, 3)],
    "abc,cde->abde": lambda s: [(s.n, s.m, 4), (4, 2, 3)],
    "BTNH,BSNH->BNTS": lambda s: [(s.n, s.m, 2, 3), (s.n, 5, 2, 3)],
    "BNTS,BSNH->BTNH": lambda s: [(s.n, 2, s.m, 5), (s.n, 5, 2, 3)],
    "...ij,...jk->...ik": lambda s: [(s.n, 2, 3, 4), (s.n, 2, 4, 3)],
    "ij,ij->": lambda s: [(s.n, 4), (s.n, 4)],
    "i,j->ij": lambda s: [(s.n,), (4,)],
    "ij->ji": lambda s: [(s.n, s.m)],
    "ijk->ik": lambda s: [(s.n, s.m, 3)],
    "ii->i": lambda s: [(4, 4)],
    "bij->b": lambda s: [(s.n, 3, 4)],
}


def einsum(row, sizes, values):
    shapes = EQUATIONS[row.equation](sizes)
    return {"inputs": [values.numbers(row.T, shape) for shape in shapes], "equation": row.equation}


def square(sizes, rank, rows=4, columns=5):
    return (*(sizes.n, 2)[: rank - 2], rows, columns)


def band_part(row, sizes, values):
    lower, upper = {"lower": (-1, 0), "upper": (0, -1), "all": (-1, -1), "band": (1, 2), "diagonal": (0, 0)}[row.band]
    dtype = getattr(row, "Tindex", "int64")
    return {
        "input": values.numbers(row.T, square(sizes, row.rank)),
        "num_lower": of(dtype, lower),
        "num_upper": of(dtype, upper),
    }


BAND = {"rank": (2, 3, 4), "band": ("lower", "upper", "all", "band", "diagonal"), "sizes": ("static", "batch"),
        "constant": ("num_lower", "none", "all")}  # fmt: skip


def band_constants(op):
    """Both bounds are constants except where all operands are free."""
    make = op.make

    def made(row, sizes, values):
        given = make(row, sizes, values)
        if row.constant != "none":
            given |= {key: Always(given[key]) for key in ("num_lower", "num_upper")}
        return given

    op.make = made
    return op


def matrix_diag(row, sizes, values):
    return {"diagonal": values.numbers(row.T, (*(sizes.n, 2)[: row.rank - 1], 4))}


def matrix_diag_part(row, sizes, values):
    return {"input": values.numbers(row.T, square(sizes, row.rank))}


def matrix_set_diag(row, sizes, values):
    shape = square(sizes, row.rank)
    return {"input": values.numbers(row.T, shape), "diagonal": values.numbers(row.T, (*shape[:-2], 4))}


DIAGONALS = {"main": 0, "above": 2, "below": -1, "band": [-1, 1]}


def bands(row, rows=4, columns=5):
    """k and the shape of the diagonals without the batch."""
    k = DIAGONALS[row.k]
    low, high = k if isinstance(k, list) else (k, k)
    longest = min(rows + min(high, 0), columns + min(-low, 0))
    return Always(of("int32", k)), ((high - low + 1,) if high > low else ()) + (longest,)


def matrix_diag_v3(row, sizes, values):
    k, inner = bands(row, 4, 4)
    return {
        "diagonal": values.numbers(row.T, (*(sizes.n, 2)[: row.rank - 2], *inner)),
        "k": k,
        "num_rows": Always(of("int32", 4)),
        "num_cols": Always(of("int32", 4)),
        "padding_value": Always(values.numbers(row.T, (), 0, 1)),
    }


def matrix_diag_part_v3(row, sizes, values):
    return {
        "input": values.numbers(row.T, square(sizes, row.rank)),
        "k": bands(row)[0],
        "padding_value": Always(values.numbers(row.T, (), 0, 1)),
    }


def matrix_set_diag_v3(row, sizes, values):
    k, inner = bands(row)
    shape = square(sizes, row.rank)
    return {
        "input": values.numbers(row.T, shape),
        "diagonal": values.numbers(row.T, (*shape[:-2], *inner)),
        "k": k,
    }


V3 = {"rank": (2, 3, 4), "k": tuple(DIAGONALS), "sizes": ("static", "batch")}


def cross(row, sizes, values):
    shape = (*sizes.shape(row.rank), 3)
    return {"a": values.numbers(row.T, shape), "b": values.numbers(row.T, shape)}


def diag(row, sizes, values):
    return {"diagonal": values.numbers(row.T, (3, 2, 2)[: row.rank])}


def diag_part(row, sizes, values):
    return {"input": values.numbers(row.T, {2: (4, 4), 4: (2, 3, 2, 3)}[row.rank])}


def batch_norm(row, sizes, values):
    shape = (sizes.n, sizes.m, 3, 4) if len(row.data_format) == 4 else (sizes.n, sizes.m, 3, 2, 4)
    kind = getattr(row, "U", "float")
    return {
        "x": values.numbers(row.T, arranged(row, shape)),
        "scale": values.numbers(kind, (4,), 0.5, 2),
        "offset": values.numbers(kind, (4,)),
        "mean": values.numbers(kind, (4,)),
        "variance": values.numbers(kind, (4,), 0.5, 2),
        "is_training": False,
        "epsilon": row.epsilon,
    }


BATCH_NORM = {"is_training": (False,), "epsilon": (1e-3, 1e-5), "sizes": SIZES,
              "constant": ("none", "scale", "mean", "all")}  # fmt: skip


def global_batch_norm(row, sizes, values):
    made = batch_norm(type("R", (), {"data_format": "NHWC", "T": row.T, "epsilon": 1e-3, "U": row.T})(), sizes, values)
    return {
        "t": made["x"], "m": made["mean"], "v": made["variance"], "beta": made["offset"],
        "gamma": made["scale"], "variance_epsilon": 1e-3,
    }  # fmt: skip


def lrn(row, sizes, values):
    x = values.numbers(row.T, (sizes.n, sizes.m, 3, 7))
    return {"input": x, "depth_radius": row.radius, "bias": row.bias, "alpha": row.alpha, "beta": row.beta}


LRN = {"radius": (5, 1, 2), "bias": (1.0, 2.0), "alpha": (1.0, 0.3), "beta": (0.5, 0.75), "sizes": SIZES}


RANGES = {"both": (-6.0, 6.0), "shifted": (-1.3, 4.2), "above": (0.0, 6.0), "empty": (0.0, 0.0)}


def fake_quant(row, sizes, values):
    low, high = RANGES[row.range]
    x = values.numbers("float", (sizes.n, sizes.m, 3), -8, 8)
    made = {"inputs": x, "num_bits": row.bits}
    return made, low, high


def fake_quant_args(row, sizes, values):
    made, low, high = fake_quant(row, sizes, values)
    return made | {"min": low, "max": high}


def fake_quant_vars(row, sizes, values):
    made, low, high = fake_quant(row, sizes, values)
    bound = np.float32 if row.bounds == "computed" else lambda x: Always(np.float32(x))
    return made | {"min": bound(low), "max": bound(high)}


def fake_quant_channels(row, sizes, values):
    made, low, high = fake_quant(row, sizes, values)
    factors = np.array([1, 0.5, 2], np.float32)
    return made | {"min": Always(low * factors), "max": Always(high * factors)}


FAKE_QUANT = {"range": tuple(RANGES), "bits": (8, 4, 16), "sizes": SIZES}


def fft(rank):
    def make(row, sizes, values):
        last = sizes.m + 4 if row.sizes == "all" else 8
        shape = ((sizes.n,) if row.batch else ()) + (3, 4, last)[3 - rank :]
        return {"input": values.numbers(getattr(row, "Tcomplex", "complex64"), shape)}

    return make


def rfft(rank, inverse=False):
    def make(row, sizes, values):
        full = (4, 4, 8)[3 - rank :]
        length = {
            "whole": list(full),
            "shorter": [*full[:-1], 4],
            "all shorter": [size // 2 for size in full],
        }[row.length]
        inner = (*full[:-1], 5) if inverse else full
        x = values.numbers(row.Tcomplex if inverse else row.Treal, (sizes.n, *inner))
        if inverse:
            # The result is real only of a spectrum that is symmetrical.
            transform = {1: np.fft.rfft, 2: np.fft.rfft2, 3: lambda a: np.fft.rfftn(a, axes=(-3, -2, -1))}[rank]
            x = transform(values.numbers("float", (sizes.n, *full))).astype(numpy_dtype(row.Tcomplex))
        return {"input": x, "fft_length": Always(of("int32", length))}

    fits = lambda row: (getattr(row, "Treal", "float"), getattr(row, "Tcomplex")) in (
        ("float", "complex64"), ("double", "complex128"),
    )  # fmt: skip
    name = ("IRFFT" if inverse else "RFFT") + ("" if rank == 1 else f"{rank}D")
    lengths = ("whole", "shorter") if inverse else ("whole", "shorter", "all shorter")
    factors = {"length": lengths, "sizes": ("static", "batch"), "constant": EITHER}
    return Op(name, make, factors, fits, ACCUMULATING)


def fft_nd(name):
    real = name == "RFFTND"

    def make(row, sizes, values):
        shape = (2, 4, 8)
        axes = {"last": [2], "first two": [0, 1], "all": [0, 1, 2]}[row.over]
        lengths = [shape[axis] for axis in axes]
        x = values.numbers(row.Treal if real else row.Tcomplex, shape)
        if name == "IRFFTND":
            x = np.fft.rfftn(values.numbers("float", shape), axes=axes).astype(numpy_dtype(row.Tcomplex))
        return {"input": x, "fft_length": Always(of("int32", lengths)), "axes": Always(of("int32", axes))}

    factors = {"over": ("last", "first two", "all"), "sizes": ("static",), "constant": EITHER}
    types = {"Tcomplex": ("complex64",)} | ({} if name in ("FFTND", "IFFTND") else {"Treal": ("float",)})
    return Op(name, make, factors | types, tolerance=ACCUMULATING)


def complex_(row, sizes, values):
    return {"real": values.numbers(row.T, sizes.shape(row.rank)), "imag": values.numbers(row.T, sizes.shape(row.rank))}


def parts_fit(row):
    return {"float": "complex64", "double": "complex128"}.get(row.T, row.T) == row.Tout


def part_fits(row):
    return (row.T, row.Tout) in (("complex64", "float"), ("complex128", "double"))


PARTS = {"rank": (0, 1, 3, 6), "sizes": SIZES}


def complex_part(name):
    op = unary(name, kinds=("ordinary",))
    op.factors |= PARTS
    if name != "Conj":
        op.valid = part_fits
    return op


OPS = [
    Op("MatMul", mat_mul(), {"sizes": SIZES, "constant": ("none", "a", "b", "all"),
       "grad_a": (False,), "grad_b": (False,)}, tolerance=ACCUMULATING),
    Op("SparseMatMul", mat_mul(), {"sizes": ("static", "batch"), "constant": ("none", "b", "all")},
       tolerance=ACCUMULATING),
    Op("BatchMatMul", batch_mat_mul, SAME_BATCH, tolerance=ACCUMULATING),
    Op("BatchMatMulV2", batch_mat_mul, BATCH_MAT_MUL, tolerance=ACCUMULATING),
    Op("BatchMatMulV3", batch_mat_mul, BATCH_MAT_MUL, lambda row: row.Ta == row.Tb == row.Tout,
       ACCUMULATING),
    Op("Einsum", einsum, {"equation": tuple(EQUATIONS), "sizes": SIZES,
       "constant": ("none", "inputs_0", "inputs_1", "all")}, tolerance=ACCUMULATING),
    band_constants(Op("MatrixBandPart", band_part, BAND)),
    band_constants(Op("BatchMatrixBandPart", band_part, BAND)),
    *(Op(name, matrix_diag, {"rank": (1, 2, 3)}) for name in ["MatrixDiag", "BatchMatrixDiag"]),
    *(Op(name, matrix_diag_part, {"rank": (2, 3, 4)}) for name in ["MatrixDiagPart", "BatchMatrixDiagPart"]),
    *(Op(name, matrix_set_diag, {"rank": (2, 3, 4), "constant": ("none", "diagonal", "all")})
      for name in ["MatrixSetDiag", "BatchMatrixSetDiag"]),
    *(Op(f"MatrixDiag{v}", matrix_diag_v3, V3, lambda row: row.k in ("main", "band")) for v in ["V2", "V3"]),
    *(Op(f"MatrixDiagPart{v}", matrix_diag_part_v3, V3) for v in ["V2", "V3"]),
    *(Op(f"MatrixSetDiag{v}", matrix_set_diag_v3, V3) for v in ["V2", "V3"]),
    Op("Cross", cross, {"rank": (0, 1, 2), "constant": ("none", "b", "all")}),
    Op("Diag", diag, {"rank": (1, 2, 3), "sizes": ("static",)}),
    Op("DiagPart", diag_part, {"rank": (2, 4), "sizes": ("static",)}),
    Op("L2Loss", lambda row, s, v: {"t": v.numbers(row.T, s.shape(row.rank))},
       {"rank": (0, 1, 2, 4)}, tolerance=ACCUMULATING),
    *(Op(name, batch_norm, BATCH_NORM, tolerance=ACCUMULATING, outputs=3)
      for name in ["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"]),
    Op("BatchNormWithGlobalNormalization", global_batch_norm,
       {"constant": ("none", "m", "all"), "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("LRN", lrn, LRN, tolerance=ACCUMULATING),
    Op("FakeQuantWithMinMaxArgs", fake_quant_args, FAKE_QUANT | {"range": tuple(RANGES)[:3]}),
    Op("FakeQuantWithMinMaxVars", fake_quant_vars, FAKE_QUANT | {"bounds": ("constant", "computed")}),
    Op("FakeQuantWithMinMaxVarsPerChannel", fake_quant_channels, FAKE_QUANT),
    *(Op(prefix + name + suffix, fft(rank), {"batch": (0, 1), "sizes": ("static", "batch", "all")},
         tolerance=ACCUMULATING)
      for prefix in ["", "Batch"] for name in ["FFT", "IFFT"]
      for rank, suffix in [(1, ""), (2, "2D"), (3, "3D")]),
    *(rfft(rank, inverse) for rank in (1, 2, 3) for inverse in (False, True)),
    *(fft_nd(name) for name in ["FFTND", "IFFTND", "RFFTND", "IRFFTND"]),
    Op("Complex", complex_, PARTS | {"constant": ("none", "real", "imag", "all")}, parts_fit),
    *(complex_part(name) for name in ["Real", "Imag", "ComplexAbs", "Angle", "Conj"]),
]  # fmt: skip
