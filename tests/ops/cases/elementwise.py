"""Ops that work element by element."""

import numpy as np

from case import Op

SHAPES = (0, 1, 2, 3, 4, 6)  # ranks
SIZES = ("static", "batch", "all", "empty", "to empty")
CORNERS = ("ordinary", "corners")
# The kernels of these bring infinities down to the largest number.
LIMITS = ("ordinary", "limits")
ORDINARY = ("ordinary",)
# What is near zero keeps its digits.
TINY = ("ordinary", "limits", "tiny")


def unary(name, low=-3.0, high=3.0, kinds=CORNERS, **more):
    def make(row, sizes, values):
        x = values.numbers(getattr(row, "T", "bool"), sizes.shape(row.rank), low, high)
        return {op.definition.input_arg[0].name: x}

    factors = {"rank": SHAPES, "sizes": SIZES, "values": kinds}
    op = Op(name, make, factors, **more)
    return op


# Shapes of two operands by the free sizes: (n, m) and k, which broadcasts or equals n.
BROADCASTS = {
    "same": lambda s: ((s.n, s.m), (s.n, s.m)),
    "scalar right": lambda s: ((s.n, s.m), ()),
    "scalar left": lambda s: ((), (s.n, s.m, 2)),
    "row": lambda s: ((s.n, 2, s.m), (s.m,)),
    "column": lambda s: ((s.n, 1, s.m), (2, 1)),
    "crossed": lambda s: ((s.n, 1, 2), (1, s.m, 1)),
    "maybe": lambda s: ((s.n, s.m), (s.k, s.m)),
    "rank 5": lambda s: ((s.n, 1, 2, 1, 3), (s.m, 2, 2, 1)),
    "rank 6": lambda s: ((s.n, 2, 1, 3, 1, 2), (2, 3, 1, 2, 1)),
    "rank 7": lambda s: ((2, s.n, 1, 2, 3, 1, 2), (s.n, 2, 1, 3, 2, 1)),
    "rank 6 same": lambda s: ((s.n, 2, 1, 3, s.m, 2), (s.n, 2, 1, 3, s.m, 2)),
}


def no_zero(array):
    """Divisors. The lowest integer by -1 has no quotient either."""
    if array.dtype.kind == "c":
        return array
    array = np.where(array == 0, np.array(3, array.dtype), array)
    if array.dtype.kind == "i":
        array = np.where(array == -1, np.array(2, array.dtype), array)
    return array


def binary(name, low=-6.0, high=6.0, right=lambda y: y, right_range=None, kinds=LIMITS, **more):
    def make(row, sizes, values):
        left_shape, right_shape = BROADCASTS[row.shapes](sizes)
        x, y = (a.name for a in op.definition.input_arg)
        dtype = getattr(row, "T", "bool")
        return {
            x: values.numbers(dtype, left_shape, low, high),
            y: right(values.numbers(dtype, right_shape, *(right_range or (low, high)))),
        }

    factors = {
        "shapes": tuple(BROADCASTS),
        "sizes": SIZES,
        "values": kinds,
    }
    op = Op(name, make, factors, **more)
    op.factors["constant"] = ("none", *(a.name for a in op.definition.input_arg), "all")
    return op


def approximate_equal():
    op = binary("ApproximateEqual", kinds=ORDINARY)
    op.factors["shapes"] = ("same", "rank 6 same")
    op.factors["tolerance"] = (1e-5, 2.0)
    return op


def shift_distance(array):
    return (array.astype(np.int64) % (8 * array.dtype.itemsize)).astype(array.dtype)


def exponents(array):
    """Negative powers of integers are an error."""
    return np.where(array < 0, 2, np.minimum(array, 5)).astype(array.dtype) if array.dtype.kind in "iu" else array


def sum_of(name):
    def make(row, sizes, values):
        shape = sizes.shape(row.rank)
        made = {"inputs": [values.numbers(row.T, shape) for _ in range(row.N)]}
        if name == "AccumulateNV2":
            made["shape"] = shape
        return made

    return Op(name, make, {"rank": (0, 1, 3, 6), "N": (1, 2, 3, 5), "sizes": SIZES})


def clip(row, sizes, values):
    shape = sizes.shape(row.rank)
    limits = shape if row.limits == "tensors" else ()
    low = values.numbers(row.T, limits, -2, 0, corners=False)
    high = values.numbers(row.T, limits, 1, 3, corners=False)
    return {"t": values.numbers(row.T, shape), "clip_value_min": low, "clip_value_max": high}


CONDITIONS = {
    "same": lambda s: ((s.n, s.m), (s.n, s.m), (s.n, s.m)),
    "scalar": lambda s: ((), (s.n, s.m), (s.n, s.m)),
    "rows": lambda s: ((s.n,), (s.n, s.m, 2), (s.n, s.m, 2)),
    "column": lambda s: ((s.n, 1), (s.n, s.m), (s.n, s.m)),
    "all": lambda s: ((s.n, 1), (s.m,), ()),
    "rank 6": lambda s: ((s.n, 2, 1, 3, 1, 2), (2, 1, 3, 1, 2), (s.n, 1, 1, 1, 2, 1)),
    "rank 6 same": lambda s: ((s.n, 2, 1, 3, 1, s.m),) * 3,
}


def select(name, operands, shapes):
    def make(row, sizes, values):
        condition, left, right = CONDITIONS[row.shapes](sizes)
        return {
            operands[0]: values.numbers("bool", condition),
            operands[1]: values.numbers(row.T, left),
            operands[2]: values.numbers(row.T, right),
        }

    factors = {"shapes": shapes, "sizes": SIZES, "constant": ("none", *operands, "all"), "values": CORNERS}
    return Op(name, make, factors)


ROUNDED = dict(low=-3.7, high=4.2)
ARITHMETIC = ["Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum"]
FLOATING = ["Atan2", "SquaredDifference"]
ORDERED = ["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual"]
DIVIDING = ["Div", "RealDiv", "FloorDiv", "FloorMod", "Mod", "TruncateDiv", "TruncateMod"]

OPS = [
    *(unary(name) for name in ["Abs", "Neg", "Sign", "Square", "Sin", "Cos", "Exp", "Invert"]),
    *(unary(name) for name in ["IsNan", "IsInf", "IsFinite"]),
    *(unary(name, kinds=TINY) for name in ["Expm1", "Tan", "Atan", "Asinh", "Sinh"]),
    *(unary(name) for name in ["Erf", "Erfc"]),
    unary("Cosh", kinds=LIMITS),
    *(unary(name, **ROUNDED) for name in ["Ceil", "Floor", "Round", "Rint"]),
    *(unary(name, 0.1, 9) for name in ["Log", "Sqrt", "Rsqrt"]),
    unary("Log1p", -0.9, 9, TINY),
    unary("Asin", -0.99, 0.99, TINY),
    # Of 1 it is infinite, which the kernel of DIV brings down to the largest number.
    unary("Atanh", -0.99, 0.99, ("ordinary", "tiny")),
    unary("Acos", -0.99, 0.99, LIMITS),
    unary("Acosh", 1.1, 9, ORDINARY),
    *(unary(name, 1, 9, ORDINARY) for name in ["Inv", "Reciprocal"]),
    *(binary(name) for name in [*ARITHMETIC, *FLOATING]),
    *(binary(name, kinds=CORNERS) for name in ORDERED),
    *(binary(name, right=no_zero) for name in DIVIDING),
    *(binary(name) for name in ["DivNoNan", "MulNoNan"]),
    *(binary(name, right_range=(0.1, 6), kinds=ORDINARY) for name in ["Xlogy", "Xlog1py", "Xdivy"]),
    binary("Pow", 0.1, 4, exponents, kinds=ORDINARY),
    *(binary(name) for name in ["BitwiseAnd", "BitwiseOr", "BitwiseXor"]),
    *(binary(name, right=shift_distance) for name in ["LeftShift", "RightShift"]),
    *(binary(name, kinds=ORDINARY) for name in ["LogicalAnd", "LogicalOr"]),
    approximate_equal(),
    unary("LogicalNot", kinds=ORDINARY),
    *(sum_of(name) for name in ["AddN", "AccumulateNV2"]),
    Op(
        "ClipByValue",
        clip,
        {
            "rank": (1, 2, 4, 6),
            "limits": ("scalars", "tensors"),
            "sizes": SIZES,
            "constant": ("none", "t", "clip_value_min", "clip_value_max", "all"),
            "values": LIMITS,
        },
    ),
    select("Select", ("condition", "t", "e"), ("same", "scalar", "rows")),
    select("SelectV2", ("condition", "t", "e"), ("same", "scalar", "column", "all", "rank 6", "rank 6 same")),
]
