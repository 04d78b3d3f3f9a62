"""Convolutions, pooling, and what rearranges images."""

import numpy as np

from case import Always, Op
from cases.arrays import of
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch")
FIRST = {"NCHW", "NCDHW", "CHANNELS_FIRST"}


def arranged(row, shape):
    """A shape with channels last in the layout of the row."""
    return (shape[0], shape[-1], *shape[1:-1]) if row.data_format in FIRST else shape


def entries(row, spatial):
    """An attribute with an entry an axis."""
    return [1, 1, *spatial] if row.data_format in FIRST else [1, *spatial, 1]


def spatial_of(row, values):
    return values[:3] if len(row.data_format) == 5 else values[:2]


def explicit(row):
    if row.padding != "EXPLICIT":
        return []
    spatial = [1, 0, 1, 1]
    return [0, 0, 0, 0, *spatial] if row.data_format in FIRST else [0, 0, *spatial, 0, 0]


STRIDES = {"one": [1, 1, 1], "two": [2, 2, 2], "uneven": [1, 2, 1]}
DILATIONS = {"one": [1, 1, 1], "two": [2, 2, 2], "uneven": [2, 1, 1]}
FILTERS = {"point": (1, 1, 1), "odd": (3, 3, 2), "uneven": (2, 3, 1)}


def image(row, sizes, channels=4):
    height = 6 + (sizes.m if row.sizes == "all" else 2)
    return arranged(row, (sizes.n, *spatial_of(row, (height, 7, 4)), channels))


def attributes(row):
    made = {
        "strides": entries(row, spatial_of(row, STRIDES[row.stride])),
        "dilations": entries(row, spatial_of(row, DILATIONS[row.dilation])),
    }
    return made


def conv(row, sizes, values):
    groups = 2 if row.grouped else 1
    kernel = (*spatial_of(row, FILTERS[row.filter_size]), 4 // groups, 6)
    return attributes(row) | {
        "input": values.numbers(row.T, image(row, sizes), -2, 2),
        "filter": values.numbers(row.T, kernel, -2, 2),
        "explicit_paddings": explicit(row),
    }


def conv_fits(row):
    return row.stride == "one" or row.dilation == "one"


CONV = {
    "stride": tuple(STRIDES),
    "dilation": tuple(DILATIONS),
    "filter_size": tuple(FILTERS),
    "grouped": (False, True),
    "constant": ("filter", "none", "all"),
    "sizes": ("static", "batch", "all"),
    "use_cudnn_on_gpu": (True,),
}


def generic_conv(row, sizes, values):
    """The op named Conv: layouts by other names, any number of batch axes."""
    made = conv(type("R", (), dict(vars(row), grouped=False))(), sizes, values)
    return made | {"batch_dims": 1, "groups": 1}


def depthwise(row, sizes, values):
    stride = {"one": [1, 1], "two": [2, 2]}[row.stride]
    kernel = (*FILTERS[row.filter_size][:2], 4, row.multiplier)
    return {
        "input": values.numbers(row.T, image(row, sizes), -2, 2),
        "filter": values.numbers(row.T, kernel, -2, 2),
        "strides": entries(row, stride),
        "dilations": entries(row, DILATIONS[row.dilation][:2]),
        "explicit_paddings": explicit(row),
    }


def transposed_sizes(row, spatial_in, kernel, stride):
    same = row.padding == "SAME"
    return tuple(
        size * step if same else (size - 1) * step + width
        for size, width, step in zip(spatial_in, kernel, stride)
    )


def transposed(row, sizes, values):
    kernel = spatial_of(row, FILTERS[row.filter_size])
    stride = spatial_of(row, STRIDES[row.stride])
    small = spatial_of(row, (3, 4, 2))
    out = (sizes.n, *transposed_sizes(row, small, kernel, stride), 5)
    dtype = getattr(row, "Tshape", "int32")
    return {
        "input_sizes": of(dtype, arranged(row, out)),
        "filter": values.numbers(row.T, (*kernel, 5, 4), -2, 2),
        "out_backprop": values.numbers(row.T, arranged(row, (sizes.n, *small, 4)), -2, 2),
        "strides": entries(row, stride),
        "dilations": entries(row, [1] * len(kernel)),
    }


def conv_of_padded(resizes):
    def make(row, sizes, values):
        row.data_format = "NHWC"
        kernel, stride = FILTERS[row.filter_size][:2], STRIDES[row.stride][:2]
        made = {
            # TensorFlow's kernel takes the first sample for all others.
            "input": values.numbers(row.T, (1, 5 + sizes.n, 7, 3), -2, 2),
            "paddings": of("int32", PADDINGS[row.pads]),
            "filter": values.numbers(row.T, (*kernel, 3, 5), -2, 2),
            "strides": entries(row, stride),
        }
        return made | ({"size": of("int32", [9, 5])} if resizes else {})

    return make


PADDINGS = {
    "around": [[0, 0], [1, 2], [2, 1], [0, 0]],
    "below": [[0, 0], [0, 3], [0, 0], [0, 0]],
    "none": [[0, 0]] * 4,
}
CONV_OF_PADDED = {
    "filter_size": tuple(FILTERS),
    "stride": ("one", "two", "uneven"),
    "pads": tuple(PADDINGS),
    "sizes": SIZES,
    "constant": ("filter", "all", "none"),
}


def depthwise_transposed(row, sizes, values):
    kernel, stride = FILTERS[row.filter_size][:2], {"one": [1, 1], "two": [2, 2]}[row.stride]
    out = (sizes.n, *transposed_sizes(row, (3, 4), kernel, stride), 4)
    return {
        "input_sizes": of("int32", arranged(row, out)),
        "filter": values.numbers(row.T, (*kernel, 4, row.multiplier), -2, 2),
        "out_backprop": values.numbers(row.T, arranged(row, (sizes.n, 3, 4, 4 * row.multiplier)), -2, 2),
        "strides": entries(row, stride),
        "dilations": entries(row, [1, 1]),
    }


TRANSPOSED = {
    "stride": ("one", "two"),
    "filter_size": tuple(FILTERS),
    "padding": ("SAME", "VALID"),
    "constant": ("filter", "none", "all"),
    "sizes": SIZES,
    "use_cudnn_on_gpu": (True,),
}


def dilation_2d(row, sizes, values):
    return {
        "input": values.numbers(row.T, (sizes.n, 7, 6, 3)),
        "filter": values.numbers(row.T, (*FILTERS[row.filter_size][:2], 3)),
        "strides": [1, *STRIDES[row.stride][:2], 1],
        "rates": [1, *DILATIONS[row.dilation][:2], 1],
    }


def bias_add(row, sizes, values):
    shape = arranged(row, (sizes.n, *(sizes.m, 3, 2)[: row.rank - 2], 4))
    return {"value": values.numbers(row.T, shape), "bias": values.numbers(row.T, (4,))}


def bias_add_v1(row, sizes, values):
    shape = (sizes.n, *(sizes.m, 3, 2)[: row.rank - 2], 4)
    return {"value": values.numbers(row.T, shape), "bias": values.numbers(row.T, (4,))}


def pooling(name):
    operand = "input" if name != "AvgPool" else "value"

    def make(row, sizes, values):
        window = spatial_of(row, {"two": [2, 2, 2], "uneven": [3, 2, 1], "one": [1, 1, 1]}[row.window])
        made = {
            operand: values.numbers(row.T, image(row, sizes, 3)),
            "ksize": entries(row, window),
            "strides": entries(row, spatial_of(row, STRIDES[row.stride])),
        }
        if name == "MaxPool":
            made["explicit_paddings"] = explicit(row)
        if name == "MaxPoolV2":
            made |= {k: Always(of("int32", made[k])) for k in ("ksize", "strides")}
        return made

    # An explicit pad must be smaller than the window.
    fits = lambda row: row.padding != "EXPLICIT" or row.window != "one"
    factors = {"data_format": ("NHWC", "NCHW")} if name == "MaxPoolV2" else {}
    tolerance = ACCUMULATING if name.startswith("Avg") else None
    return Op(name, make, POOL | factors, fits, tolerance)


POOL = {
    "window": ("two", "uneven", "one"),
    "stride": tuple(STRIDES),
    "sizes": ("static", "batch", "all"),
}


def max_pool_with_argmax(row, sizes, values):
    shape = (sizes.n, 6, 7, 3)
    count = int(np.prod(shape))
    x = (values.permutation(count) % 250).reshape(shape).astype(numpy_dtype(row.T))
    window = {"two": [2, 2], "uneven": [3, 2]}[row.window]
    return {"input": x, "ksize": [1, *window, 1], "strides": [1, *window, 1]}


def depth(name):
    def make(row, sizes, values):
        b = row.block_size
        inner = (sizes.m, 2, 3 * b * b) if name == "DepthToSpace" else (sizes.m * b, 2 * b, 3)
        return {"input": values.numbers(row.T, arranged(row, (sizes.n, *inner)))}

    return Op(name, make, {"block_size": (2, 3), "sizes": ("static", "batch", "all")})


def space_to_batch_nd(row, sizes, values):
    shapes = {"4": (sizes.n, 4, 6, 2), "3": (sizes.n, 6, 2), "5": (sizes.n, 4, 6, 2, 3), "6": (sizes.n, 4, 2, 2, 2, 3)}
    blocks = {"4": [2, 3], "3": [3], "5": [2, 3], "6": [2, 2, 2]}[row.rank]
    pads = {"none": [0, 0], "some": None}[row.pads]
    pairs = [pads or [block, 0] for block in blocks]
    return {
        "input": values.numbers(row.T, shapes[row.rank]),
        "block_shape": Always(of(row.Tblock_shape, blocks)),
        "paddings": of(row.Tpaddings, pairs),
    }


def batch_to_space_nd(row, sizes, values):
    blocks = {"4": [2, 3], "3": [3], "5": [2, 3], "6": [2, 2, 2]}[row.rank]
    batch = int(np.prod(blocks)) * sizes.n
    shapes = {"4": (batch, 4, 3, 2), "3": (batch, 3, 2), "5": (batch, 4, 3, 2, 3), "6": (batch, 4, 2, 2, 2, 3)}
    crops = [[1, 0] if row.crops == "some" else [0, 0] for _ in blocks]
    return {
        "input": values.numbers(row.T, shapes[row.rank]),
        "block_shape": Always(of(row.Tblock_shape, blocks)),
        "crops": of(row.Tcrops, crops),
    }


def space_to_batch(row, sizes, values):
    pads = [[2, 0], [0, 2]] if row.pads == "some" else [[0, 0], [0, 0]]
    x = values.numbers(row.T, (sizes.n, 4, 6, 2))
    return {"input": x, "paddings": of(row.Tpaddings, pads), "block_size": 2}


def batch_to_space(row, sizes, values):
    crops = [[1, 0], [0, 1]] if row.crops == "some" else [[0, 0], [0, 0]]
    x = values.numbers(row.T, (sizes.n * 4, 4, 3, 2))
    return {"input": x, "crops": of(row.Tidx, crops), "block_size": 2}


SPACE = {"rank": ("4", "3", "5", "6"), "sizes": SIZES, "constant": ("all", "none", "paddings", "crops")}
DEPTHWISE = {"multiplier": (1, 2), "stride": ("one", "two"), "filter_size": tuple(FILTERS)}

OPS = [
    Op("Conv2D", conv, CONV, conv_fits, ACCUMULATING),
    Op("Conv3D", conv, CONV | {"grouped": (False,), "dilation": ("one",)}, conv_fits, ACCUMULATING),
    Op(
        "Conv",
        generic_conv,
        CONV | {"padding": ("SAME", "VALID"), "data_format": ("CHANNELS_LAST",)},
        conv_fits,
        ACCUMULATING,
    ),
    Op(
        "DepthwiseConv2dNative",
        depthwise,
        DEPTHWISE
        | {"dilation": ("one", "two"), "constant": ("filter", "none", "all"), "sizes": ("static", "batch", "all")},
        conv_fits,
        ACCUMULATING,
    ),
    Op("FusedPadConv2D", conv_of_padded(False), CONV_OF_PADDED, tolerance=ACCUMULATING),
    Op("FusedResizeAndPadConv2D", conv_of_padded(True), CONV_OF_PADDED, tolerance=ACCUMULATING),
    Op("Conv2DBackpropInput", transposed, TRANSPOSED, tolerance=ACCUMULATING),
    Op("Conv3DBackpropInputV2", transposed, TRANSPOSED, tolerance=ACCUMULATING),
    Op(
        "DepthwiseConv2dNativeBackpropInput",
        depthwise_transposed,
        TRANSPOSED | {"multiplier": (1, 2)},
        tolerance=ACCUMULATING,
    ),
    Op(
        "Dilation2D",
        dilation_2d,
        {"stride": tuple(STRIDES), "dilation": ("one", "two"), "filter_size": tuple(FILTERS), "sizes": SIZES}
        | {"constant": ("filter", "none", "all")},
    ),
    Op("BiasAdd", bias_add, {"rank": (2, 3, 4, 5), "constant": ("bias", "none", "all")}),
    Op("BiasAddV1", bias_add_v1, {"rank": (2, 3, 4, 5), "constant": ("bias", "none", "all")}),
    *(pooling(name) for name in ["MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D", "MaxPoolV2"]),
    Op(
        "MaxPoolWithArgmax",
        max_pool_with_argmax,
        {"window": ("two", "uneven"), "sizes": SIZES},
        lambda row: numpy_dtype(row.T).itemsize > 1,
    ),
    depth("DepthToSpace"),
    depth("SpaceToDepth"),
    Op("SpaceToBatchND", space_to_batch_nd, SPACE | {"pads": ("none", "some")}),
    Op("BatchToSpaceND", batch_to_space_nd, SPACE | {"crops": ("none", "some")}),
    Op("SpaceToBatch", space_to_batch, {"pads": ("none", "some"), "sizes": SIZES}),
    Op("BatchToSpace", batch_to_space, {"crops": ("none", "some"), "sizes": SIZES}),
]
