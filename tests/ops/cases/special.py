"""Special functions."""

import numpy as np

from case import Op
from cases.elementwise import BROADCASTS, ORDINARY, SHAPES, SIZES, unary


def binary(name, operands, ranges, prepare=lambda x: x):
    def make(row, sizes, values):
        shapes = BROADCASTS[row.shapes](sizes)
        made = {key: values.numbers(row.T, shape, *limits) for key, shape, limits in zip(operands, shapes, ranges)}
        return made | {operands[0]: prepare(made[operands[0]])}

    return Op(name, make, {"shapes": ("same", "scalar right", "scalar left"), "sizes": SIZES,
                           "constant": ("none", *operands, "all")}, tolerance=1e-4)  # fmt: skip


def next_after(row, sizes, values):
    left, right = BROADCASTS[row.shapes](sizes)
    x = values.numbers(row.T, left)
    y = values.numbers(row.T, right)
    return {"x1": np.where(x > 2, 0, x).astype(x.dtype), "x2": y}


def population_count(row, sizes, values):
    # Their lower bits make every pattern of narrower types.
    return {"x": values.integers(row.T, sizes.shape(row.rank), -(2**63), 2**63 - 1)}


OPS = [
    *(unary(name, -4.7, 9.3, ORDINARY, tolerance=1e-4) for name in ["Lgamma", "Digamma"]),
    *(unary(name, -9, 9, ORDINARY) for name in ["BesselI0", "BesselI0e", "BesselI1", "BesselI1e"]),
    unary("Erfinv", -1, 1, ORDINARY),
    unary("Ndtri", 0, 1, ORDINARY),
    binary("Zeta", ("x", "q"), ((1.2, 9), (0.2, 9))),
    binary("Polygamma", ("a", "x"), ((0, 5), (0.2, 9)), np.floor),
    Op("NextAfter", next_after, {"shapes": ("same", "scalar right", "row"), "sizes": SIZES,
                                 "constant": ("none", "x1", "all")}),
    Op("PopulationCount", population_count, {"rank": SHAPES, "sizes": SIZES}),
]  # fmt: skip
