"""What jax2tf writes where it does not serialize natively."""


from case import Always, Op
from cases.arrays import of
from tensorflow.compiler.xla import xla_data_pb2
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch")
NUMBERS = ("float", "int32", "half", "bfloat16")

# Shapes of both operands, and axes of each: contracted, then batch.
DOTS = {
    "matrices": (lambda n: ((n, 4), (4, 5)), ([1], [0]), ([], [])),
    "transposed": (lambda n: ((4, n), (5, 4)), ([0], [1]), ([], [])),
    "batch": (lambda n: ((n, 3, 4), (n, 4, 2)), ([2], [1]), ([0], [0])),
    "two axes": (lambda n: ((n, 3, 4), (3, 4, 2)), ([1, 2], [0, 1]), ([], [])),
    "outer": (lambda n: ((n,), (3,)), ([], []), ([], [])),
    "inner batch": (lambda n: ((3, n, 4), (4, 2, n)), ([2], [0]), ([1], [2])),
}


def dot(row, sizes, values):
    shapes, contracted, batch = DOTS[row.form]
    numbers = xla_data_pb2.DotDimensionNumbers()
    numbers.lhs_contracting_dimensions.extend(contracted[0])
    numbers.rhs_contracting_dimensions.extend(contracted[1])
    numbers.lhs_batch_dimensions.extend(batch[0])
    numbers.rhs_batch_dimensions.extend(batch[1])
    left, right = shapes(sizes.n)
    dtype = getattr(row, "T", None) or row.LhsT
    made = {
        "lhs": values.numbers(dtype, left),
        "rhs": values.numbers(dtype, right),
        "dimension_numbers": numbers.SerializeToString(),
        "precision_config": b"",
    }
    if hasattr(row, "LhsT"):
        made |= {"RhsT": dtype, "preferred_element_type": dtype}
    return made


LAYOUTS = {"NHWC": "NHWC HWIO NHWC", "NCHW": "NCHW OIHW NCHW", "mixed": "NHWC OHWI NCHW"}


def conv_numbers(layout):
    image, kernel, result = LAYOUTS[layout].split()
    numbers = xla_data_pb2.ConvolutionDimensionNumbers(
        input_batch_dimension=image.index("N"),
        input_feature_dimension=image.index("C"),
        kernel_input_feature_dimension=kernel.index("I"),
        kernel_output_feature_dimension=kernel.index("O"),
        output_batch_dimension=result.index("N"),
        output_feature_dimension=result.index("C"),
    )
    for axis in "HW":
        numbers.input_spatial_dimensions.append(image.index(axis))
        numbers.kernel_spatial_dimensions.append(kernel.index(axis))
        numbers.output_spatial_dimensions.append(result.index(axis))
    return numbers.SerializeToString(), image, kernel


def ordered(letters, sizes):
    return tuple(sizes[letter] for letter in letters)


def conv(row, sizes, values):
    numbers, image, kernel = conv_numbers(row.layout)
    groups = {"none": 1, "two": 2, "depthwise": 4}[row.groups]
    dtype = getattr(row, "T", None) or row.LhsT
    index = row.Tindices
    shapes = {"N": sizes.n, "H": 7, "W": 6, "C": 4, "I": 4 // groups, "O": 8}
    kernel_shape = ordered(kernel, shapes | {"H": 3, "W": 2})
    made = {
        "lhs": values.numbers(dtype, ordered(image, shapes)),
        "rhs": values.numbers(dtype, kernel_shape),
        "window_strides": Always(of(index, {"one": [1, 1], "two": [2, 2]}[row.stride])),
        "padding": Always(of(index, {"none": [[0, 0]] * 2, "some": [[1, 2], [0, 1]], "less": [[-1, 1], [2, 0]]}[row.pads])),
        "lhs_dilation": Always(of(index, {"none": [1, 1], "spread": [2, 3]}[row.spread])),
        "rhs_dilation": Always(of(index, {"one": [1, 1], "two": [2, 1]}[row.dilation])),
        "feature_group_count": Always(of(index, groups)),
        "dimension_numbers": numbers,
        "precision_config": b"",
    }
    if hasattr(row, "LhsT"):
        made |= {"RhsT": dtype, "preferred_element_type": dtype, "batch_group_count": 1}
    return made


CONV = {
    "layout": tuple(LAYOUTS),
    "groups": ("none", "depthwise", "two"),
    "stride": ("one", "two"),
    "pads": ("none", "some", "less"),
    "spread": ("none", "spread"),
    "dilation": ("one", "two"),
    "Tindices": ("int32", "int64"),
    "sizes": SIZES,
    "constant": ("rhs", "none"),
}


def conv_fits(row):
    return row.stride == "one" or row.dilation == "one"


def pad(row, sizes, values):
    low, high, interior = {
        "outer": ([1, 0, 2], [0, 2, 1], [0, 0, 0]),
        "inner": ([0, 1, 0], [1, 0, 0], [2, 0, 1]),
        "cut": ([-1, 1, 0], [0, -1, 0], [0, 1, 0]),
    }[row.pads]
    count = row.rank
    return {
        "input": values.numbers(row.T, (sizes.n + 1, 3, 2)[:count]),
        "padding_value": values.numbers(row.T, (), 1, 4),
        "padding_low": Always(of(row.Tindices, low[:count])),
        "padding_high": Always(of(row.Tindices, high[:count])),
        "padding_interior": Always(of(row.Tindices, interior[:count])),
    }


def dynamic_slice(row, sizes, values):
    starts = {"first": [0, 0, 0], "inner": [1, 2, 1], "beyond": [9, -3, 1]}[row.at][: row.rank]
    return {
        "input": values.numbers(row.T, (5, 4, 3)[: row.rank]),
        "start_indices": of(row.Tindices, starts),
        "size_indices": Always(of(row.Tindices, [2, 1, 2][: row.rank])),
    }


def einsum(row, sizes, values):
    equation, left, right = {
        "product": ("ab,bc->ac", (sizes.n, 3), (3, 4)),
        "batch": ("xab,xcb->xac", (2, sizes.n, 3), (2, 4, 3)),
    }[row.form]
    return {"a": values.numbers(row.T, left), "b": values.numbers(row.T, right), "equation": equation}


def broadcast_helper(row, sizes, values):
    smaller = {"none": ((3, 2), []), "last": ((2,), [2]), "first two": ((4, 3), [0, 1])}[row.form]
    larger = (4, 3, 2)
    lhs, rhs = (larger, smaller[0]) if row.smaller == "right" else (smaller[0], larger)
    if row.form == "none":
        lhs = rhs = smaller[0]
    return {
        "lhs": values.numbers(row.T, lhs),
        "rhs": values.numbers(row.T, rhs),
        "broadcast_dims": Always(of(row.Tindices, smaller[1])),
    }


def reduce_precision(row, sizes, values):
    return {"operand": values.numbers(row.T, (sizes.n, 3)), "exponent_bits": 8, "mantissa_bits": 23}


def key_value_sort(row, sizes, values):
    keys = values.permutation(sizes.n + 4).astype(numpy_dtype(row.K)) - 2
    return {"keys": keys, "values": values.numbers(row.V, (sizes.n + 4,))}


def no_string(row):
    return row.T != "string"


INDICES = {"Tindices": ("int32", "int64")}

OPS = [
    Op("XlaDot", dot, {"T": NUMBERS, "form": tuple(DOTS), "sizes": SIZES, "constant": ("none", "rhs", "all")},
       tolerance=ACCUMULATING),
    Op("XlaDotV2", dot, {"LhsT": NUMBERS, "RhsT": ("float",), "preferred_element_type": ("float",), "form": tuple(DOTS),
                         "sizes": SIZES, "constant": ("none", "rhs", "all")}, tolerance=ACCUMULATING),
    Op("XlaConv", conv, CONV | {"T": ("float", "half")}, conv_fits, ACCUMULATING),
    Op("XlaConvV2", conv, CONV | {"LhsT": ("float", "half"), "RhsT": ("float",), "preferred_element_type": ("float",)},
       conv_fits, ACCUMULATING),
    Op("XlaPad", pad, INDICES | {"rank": (1, 2, 3), "pads": ("outer", "inner", "cut"), "sizes": SIZES}, no_string),
    Op("XlaDynamicSlice", dynamic_slice,
       INDICES | {"rank": (1, 2, 3), "at": ("first", "inner", "beyond"), "constant": ("none", "start_indices", "all")},
       no_string),
    Op("XlaEinsum", einsum, {"T": ("float", "bfloat16"), "form": ("product", "batch"), "sizes": SIZES}, tolerance=ACCUMULATING),
    Op("XlaBroadcastHelper", broadcast_helper,
       INDICES | {"T": NUMBERS, "form": ("none", "last", "first two"), "smaller": ("left", "right"), "sizes": ("static",)}),
    Op("XlaReducePrecision", reduce_precision, {"T": ("float",), "sizes": SIZES}),
    Op("XlaKeyValueSort", key_value_sort, {"K": ("float",), "V": ("float", "int32"), "sizes": SIZES}),
]  # fmt: skip
