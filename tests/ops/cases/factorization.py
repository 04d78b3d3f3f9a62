"""Linear systems of small matrices."""

import numpy as np

from case import Op
from values import numpy_dtype

TOLERANCE = 2e-4
SIZES = ("static", "batch")
FACTORS = {"order": (1, 2, 3, 5), "batch": (0, 1, 2), "sizes": SIZES}


def batch_of(row, sizes):
    return (sizes.n, 2)[: row.batch]


def well_conditioned(row, sizes, values, dtype):
    """Rows in any order, so that pivots must be looked for."""
    n = row.order
    matrix = values.numbers("float", (*batch_of(row, sizes), n, n), -1, 1)
    matrix = matrix + 3 * np.eye(n, dtype=np.float32)
    return matrix[..., values.permutation(n), :].astype(numpy_dtype(dtype))


def positive_definite(row, sizes, values, dtype):
    n = row.order
    factor = values.numbers("float", (*batch_of(row, sizes), n, n), -1, 1)
    return (factor @ np.swapaxes(factor, -1, -2) + np.eye(n)).astype(numpy_dtype(dtype))


def right_side(row, sizes, values):
    return values.numbers(row.T, (*batch_of(row, sizes), row.order, row.columns))


def of_matrix(make):
    return lambda row, sizes, values: {"input": make(row, sizes, values, row.T)}


def system(row, sizes, values):
    return {"matrix": well_conditioned(row, sizes, values, row.T), "rhs": right_side(row, sizes, values)}


def triangular(row, sizes, values):
    n = row.order
    matrix = values.numbers(row.T, (*batch_of(row, sizes), n, n), -1, 1)
    return {
        "matrix": (matrix + 3 * np.eye(n)).astype(numpy_dtype(row.T)),
        "rhs": right_side(row, sizes, values),
    }


def diagonals(row, sizes, values):
    """Above, on and below the main diagonal, some pivots small."""
    above, main, below = (values.numbers(row.T, (*batch_of(row, sizes), row.order)) for _ in range(3))
    main = main * 0.5 + 4 * np.sign(main.real)
    return np.stack([above, main.astype(above.dtype), below], -2)


def tridiagonal_system(row, sizes, values):
    return {"diagonals": diagonals(row, sizes, values), "rhs": right_side(row, sizes, values)}


def tridiagonal_product(row, sizes, values):
    above, main, below = np.split(diagonals(row, sizes, values), 3, -2)
    return {"superdiag": above, "maindiag": main, "subdiag": below, "rhs": right_side(row, sizes, values)}


SYSTEM = FACTORS | {"columns": (1, 3), "constant": ("none", "matrix", "all")}

OPS = [
    *(Op(name, of_matrix(positive_definite), FACTORS, tolerance=TOLERANCE) for name in ["Cholesky", "BatchCholesky"]),
    *(Op(name, of_matrix(well_conditioned), FACTORS, tolerance=TOLERANCE)
      for name in ["MatrixInverse", "BatchMatrixInverse", "MatrixDeterminant", "BatchMatrixDeterminant",
                   "LogMatrixDeterminant"]),
    *(Op(name, system, SYSTEM, tolerance=TOLERANCE) for name in ["MatrixSolve", "BatchMatrixSolve"]),
    *(Op(name, triangular, SYSTEM, tolerance=TOLERANCE)
      for name in ["MatrixTriangularSolve", "BatchMatrixTriangularSolve"]),
    Op("TridiagonalSolve", tridiagonal_system,
       SYSTEM | {"constant": ("none", "diagonals", "all"), "perturb_singular": (False,)}, tolerance=TOLERANCE),
    Op("TridiagonalMatMul", tridiagonal_product, SYSTEM | {"constant": ("none", "rhs", "all")}, tolerance=TOLERANCE),
]  # fmt: skip
