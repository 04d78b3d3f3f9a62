"""Gradients of activations, convolutions and pooling, and losses that come with theirs."""

import numpy as np

from case import Always, Op
from cases.algebra import RANGES
from cases.arrays import mirror_pad, of
from cases.windows import arranged, entries
from values import numpy_dtype

ACCUMULATING = 1e-4
SIZES = ("static", "batch", "all", "to empty")
STATIC = ("static", "batch")


def gradient(name, operands, low=-8.0, high=8.0, **attributes):
    def make(row, sizes, values):
        shape = sizes.shape(row.rank)
        return {key: values.numbers(row.T, shape, low, high) for key in operands}

    factors = {"rank": (0, 1, 2, 4, 6), "sizes": SIZES, "constant": ("none", *operands, "all")}
    return Op(name, make, factors | attributes)


def bias_add_grad(row, sizes, values):
    shape = (sizes.n, 2, sizes.m, 3, 4)[5 - row.rank :]
    return {"out_backprop": values.numbers(row.T, arranged(row, shape))}


FAKE_QUANT = {
    "range": tuple(RANGES),
    "bits": (8, 4, 16),
    "sizes": SIZES,
    "constant": ("none", "inputs", "all"),
}


def fake_quant(row, sizes, values):
    low, high = RANGES[row.range]
    shape = (sizes.n, sizes.m, 3)
    return {
        "gradients": values.numbers("float", shape),
        "inputs": values.numbers("float", shape, -8, 8),
        "min": low,
        "max": high,
        "num_bits": row.bits,
    }


def fake_quant_vars(channels):
    def make(row, sizes, values):
        made = fake_quant(row, sizes, values)
        spread = lambda x: np.array([x, 0.0, x / 2], np.float32) if channels else np.float32(x)
        return made | {"min": spread(made["min"]), "max": spread(made["max"])}

    return make


def mirror_pad_grad(row, sizes, values):
    made = mirror_pad(row, sizes, values)
    pads = made["paddings"].tolist()
    wider = tuple(size + before + after for size, (before, after) in zip(made["input"].shape, pads))
    return {"input": values.numbers(row.T, wider), "paddings": Always(made["paddings"])}


def cross_entropy(row, sizes, values):
    n, classes = sizes.n, sizes.m if row.sizes == "all" else 5
    shapes = {"same": ((n, classes),) * 2, "one label": ((n, classes), (1, classes))}[row.shapes]
    labels = np.abs(values.numbers("float", shapes[1])) + 0.1
    labels = labels / labels.sum(-1, keepdims=True)
    return {
        "features": values.numbers(row.T, shapes[0], -5, 5),
        "labels": labels.astype(numpy_dtype(row.T)),
    }


def sparse_cross_entropy(row, sizes, values):
    classes = sizes.m + 1 if row.sizes == "all" else 5
    return {
        "features": values.numbers(row.T, (sizes.n, classes), -5, 5),
        "labels": values.integers(row.Tlabels, (sizes.n,), 0, 3),
    }


STRIDES = {"one": [1, 1, 1], "two": [2, 2, 2], "uneven": [1, 2, 1]}
WINDOWS = {"point": (1, 1, 1), "odd": (3, 3, 2), "uneven": (2, 3, 1)}
IMAGE = (7, 6, 4)


def strided(size, window, stride, padding):
    return -(-size // stride) if padding == "SAME" else (size - window) // stride + 1


def window_shapes(row, spatial):
    """Spatial sizes of the image, the window, its strides, and what comes out."""
    image, window, stride = (v[:spatial] for v in (IMAGE, WINDOWS[row.window], STRIDES[row.stride]))
    out = tuple(strided(i, w, s, row.padding) for i, w, s in zip(image, window, stride))
    return image, window, stride, out


def filter_gradient(spatial, depthwise=False):
    def make(row, sizes, values):
        image, window, stride, out = window_shapes(row, spatial)
        outputs = 3 * row.multiplier if depthwise else 5
        kernel = (*window, 3, row.multiplier if depthwise else 5)
        return {
            "input": values.numbers(row.T, arranged(row, (sizes.n, *image, 3))),
            "filter_sizes": Always(of("int32", kernel)),
            "out_backprop": values.numbers(row.T, arranged(row, (sizes.n, *out, outputs))),
            "strides": entries(row, stride),
            "dilations": entries(row, [1] * spatial),
        }

    return make


FILTER_GRADIENT = {
    "stride": tuple(STRIDES),
    "window": tuple(WINDOWS),
    "padding": ("SAME", "VALID"),
    "sizes": STATIC,
    "use_cudnn_on_gpu": (True,),
    "constant": ("none", "input", "all"),
}


def pooling(row, sizes):
    image, window, stride, out = window_shapes(row, 2)
    return {
        "image": arranged(row, (sizes.n, *image, 3)),
        "out": arranged(row, (sizes.n, *out, 3)),
        "ksize": entries(row, window),
        "strides": entries(row, stride),
    }


def max_pool_grad(row, sizes, values):
    shapes = pooling(row, sizes)
    chosen = values.permutation(int(np.prod(shapes["image"]))).reshape(shapes["image"])
    image = chosen.astype(numpy_dtype(row.T))
    windows = {key: shapes[key] for key in ("ksize", "strides")}
    if not row.by_attributes:
        windows = {key: Always(of("int32", entry)) for key, entry in windows.items()}
    return {
        "orig_input": image,
        # TensorFlow's kernel does not read it.
        "orig_output": np.zeros(shapes["out"], numpy_dtype(row.T)),
        "grad": values.numbers(row.T, shapes["out"]),
    } | windows


def max_pool_op(name):
    def make(row, sizes, values):
        row.by_attributes = name == "MaxPoolGrad"
        return max_pool_grad(row, sizes, values)

    return Op(name, make, POOL | {"data_format": ("NHWC",), "sizes": ("static",)}, distinct)


def distinct(row):
    """Types in which all elements of an image can differ."""
    return row.T not in ("int8", "uint8", "bfloat16", "half")


def max_pool_grad_with_argmax(row, sizes, values):
    out = (sizes.n, 3, 3, 2)
    places = np.arange(int(np.prod(out))).reshape(out) * 4
    return {
        "input": values.numbers(row.T, (sizes.n, 6, 6, 2)),
        "grad": values.numbers(row.T, out),
        "argmax": places.astype(numpy_dtype(row.Targmax)),
        "ksize": [1, 2, 2, 1],
        "strides": [1, 2, 2, 1],
        "include_batch_in_index": True,
    }


def avg_pool_grad(row, sizes, values):
    shapes = pooling(row, sizes)
    return {
        "orig_input_shape": Always(of("int32", shapes["image"])),
        "grad": values.numbers(row.T, shapes["out"]),
        "ksize": shapes["ksize"],
        "strides": shapes["strides"],
    }


POOL = {
    "stride": tuple(STRIDES),
    "window": tuple(WINDOWS),
    "padding": ("SAME", "VALID"),
    "sizes": STATIC,
}


def batch_norm_grad(row, sizes, values):
    shape = (sizes.n + 1, 3, 2, 4)
    made = {
        "y_backprop": values.numbers(row.T, arranged(row, shape)),
        "x": values.numbers(row.T, arranged(row, shape)),
        "scale": values.numbers("float" if hasattr(row, "U") else row.T, (4,), 0.5, 2),
        "reserve_space_1": values.numbers(getattr(row, "U", row.T), (4,)),
        "reserve_space_2": values.numbers(getattr(row, "U", row.T), (4,), 0.5, 2),
        "epsilon": 1e-3,
    }
    return made | {"reserve_space_3": values.numbers("float", (4,))}


BATCH_NORM_GRAD = {"data_format": ("NHWC",), "sizes": STATIC, "constant": ("none", "scale", "all")}


def avg_pool_3d_grad(row, sizes, values):
    image, window, stride, out = window_shapes(row, 3)
    return {
        "orig_input_shape": Always(of("int32", arranged(row, (sizes.n, *image, 3)))),
        "grad": values.numbers(row.T, arranged(row, (sizes.n, *out, 3))),
        "ksize": entries(row, window),
        "strides": entries(row, stride),
    }


def max_pool_3d_grad(row, sizes, values):
    import tensorflow as tf

    image, window, stride, _ = window_shapes(row, 3)
    shape = arranged(row, (sizes.n, *image, 2))
    x = values.permutation(int(np.prod(shape))).reshape(shape) % row.values_of
    attributes = {"ksize": entries(row, window), "strides": entries(row, stride)}
    pooled = tf.raw_ops.MaxPool3D(
        input=x.astype(np.float32), padding=row.padding, data_format=row.data_format, **attributes
    )
    return attributes | {
        "orig_input": x.astype(numpy_dtype(row.TInput)),
        "orig_output": pooled.numpy().astype(numpy_dtype(row.TInput)),
        "grad": values.numbers(row.T, pooled.shape),
    }


def resize_grad(row, sizes, values):
    image = {"larger": (9, 10), "smaller": (3, 2), "same": (5, 6), "double": (10, 12)}[row.of]
    return {
        "grads": values.numbers("float", (sizes.n, 5, 6, 3)),
        "original_image": values.numbers(row.T, (sizes.n, *image, 3)),
    }


def nearest_grad(row, sizes, values):
    image = {"larger": (9, 10), "smaller": (3, 2), "same": (5, 6), "double": (10, 12)}[row.of]
    return {"grads": values.numbers(row.T, (sizes.n, 5, 6, 3)), "size": Always(of("int32", image))}


def scale_and_translate_grad(row, sizes, values):
    return {
        "grads": values.numbers("float", (sizes.n, 5, 6, 2)),
        "original_image": values.numbers("float", (sizes.n, 7, 4, 2)),
        "scale": Always(of("float", [0.8, 1.7])),
        "translation": Always(of("float", [0.5, -0.25])),
        "kernel_type": row.kernel,
    }


def lrn_grad(row, sizes, values):
    attributes = {"depth_radius": row.radius, "bias": row.bias, "alpha": row.alpha, "beta": row.beta}
    shape = (sizes.n, 3, 2, 7)
    image = values.numbers(row.T, shape)
    squares = np.pad(np.square(image.astype(np.float64)), [(0, 0)] * 3 + [(row.radius, row.radius)])
    sums = sum(squares[..., i : i + 7] for i in range(2 * row.radius + 1))
    output = image * (row.bias + row.alpha * sums) ** -row.beta
    return attributes | {
        "input_grads": values.numbers(row.T, shape),
        "input_image": image,
        "output_image": output.astype(numpy_dtype(row.T)),
    }


RESIZE_GRAD = {
    "of": ("larger", "smaller", "same", "double"),
    "sizes": STATIC,
    "constant": ("none", "original_image", "all"),
}


def resizes(row):
    return not (row.align_corners and row.half_pixel_centers)


def of_features(name, **more):
    return gradient(name, ("gradients", "features"), **more)


def of_outputs(name):
    return gradient(name, ("gradients", "outputs"), -0.9, 8)


OPS = [
    *(of_features(name) for name in ["ReluGrad", "Relu6Grad", "SoftplusGrad", "SoftsignGrad"]),
    of_features("LeakyReluGrad", alpha=(0.2, 0.0, -0.5)),
    *(of_outputs(name) for name in ["EluGrad", "SeluGrad"]),
    *(gradient(name, ("y", "dy")) for name in ["SigmoidGrad", "TanhGrad"]),
    *(gradient(name, ("y", "dy"), 0.2, 4) for name in ["SqrtGrad", "RsqrtGrad", "InvGrad", "ReciprocalGrad"]),
    Op("BiasAddGrad", bias_add_grad, {"rank": (2, 3, 4, 5), "sizes": ("static", "batch", "all")},
       lambda row: row.data_format == "NHWC" or row.rank > 2, ACCUMULATING),
    Op("FakeQuantWithMinMaxArgsGradient", fake_quant,
       {"range": tuple(RANGES)[:3], "bits": (8, 4, 16), "sizes": SIZES}),
    *(Op(f"FakeQuantWithMinMaxVars{kind}Gradient", fake_quant_vars(bool(kind)), FAKE_QUANT, tolerance=ACCUMULATING)
      for kind in ["", "PerChannel"]),
    Op("MirrorPadGrad", mirror_pad_grad,
       {"rank": (1, 2, 3, 4), "pads": ("one axis", "all"), "sizes": ("static",)}, tolerance=ACCUMULATING),
    Op("SoftmaxCrossEntropyWithLogits", cross_entropy,
       {"shapes": ("same", "one label"), "sizes": ("static", "batch", "all"), "constant": ("none", "labels", "all")},
       tolerance=ACCUMULATING),
    Op("SparseSoftmaxCrossEntropyWithLogits", sparse_cross_entropy,
       {"sizes": ("static", "batch", "all"), "constant": ("none", "labels", "all")}, tolerance=ACCUMULATING),
    Op("Conv2DBackpropFilter", filter_gradient(2), FILTER_GRADIENT | {"data_format": ("NHWC",)}, tolerance=ACCUMULATING),
    Op("Conv3DBackpropFilterV2", filter_gradient(3), FILTER_GRADIENT | {"data_format": ("NDHWC",)}, tolerance=ACCUMULATING),
    Op("DepthwiseConv2dNativeBackpropFilter", filter_gradient(2, depthwise=True),
       FILTER_GRADIENT | {"data_format": ("NHWC",), "multiplier": (1, 2)},
       lambda row: row.stride != "uneven", ACCUMULATING),
    *(max_pool_op(name) for name in ["MaxPoolGrad", "MaxPoolGradV2"]),
    Op("MaxPoolGradWithArgmax", max_pool_grad_with_argmax, {"padding": ("VALID", "SAME"), "sizes": STATIC}),
    Op("AvgPoolGrad", avg_pool_grad, POOL | {"data_format": ("NHWC",), "sizes": ("static",)}, tolerance=ACCUMULATING),
    Op("AvgPool3DGrad", avg_pool_3d_grad, POOL | {"data_format": ("NDHWC",), "sizes": ("static",)}, tolerance=ACCUMULATING),
    Op("MaxPool3DGrad", max_pool_3d_grad,
       POOL | {"data_format": ("NDHWC",), "sizes": ("static",), "values_of": (10**6, 5)},
       lambda row: row.T == row.TInput and (row.values_of == 5 or distinct(row)), tolerance=ACCUMULATING),
    Op("ResizeBilinearGrad", resize_grad, RESIZE_GRAD, resizes, ACCUMULATING),
    Op("ResizeBicubicGrad", resize_grad, RESIZE_GRAD, resizes, ACCUMULATING),
    Op("ResizeNearestNeighborGrad", nearest_grad, RESIZE_GRAD | {"constant": ("none", "all")}, resizes, ACCUMULATING),
    Op("ScaleAndTranslateGrad", scale_and_translate_grad,
       {"kernel": ("lanczos3", "triangle", "keyscubic"), "sizes": STATIC}, tolerance=ACCUMULATING),
    Op("LRNGrad", lrn_grad,
       {"radius": (1, 2, 5), "bias": (1.0, 2.5), "alpha": (0.1, 1.0), "beta": (0.5, 0.75),
        "sizes": ("static", "batch")}, tolerance=ACCUMULATING),
    *(Op(name, batch_norm_grad, BATCH_NORM_GRAD, tolerance=ACCUMULATING, outputs=3)
      for name in ["FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"]),
]  # fmt: skip
