"""What a random graph is made of. Each takes the Graph and gives new Values, or None where nothing in
the pool fits. Floats are kept of moderate size, and away from where a result jumps."""

import numpy as np
import tensorflow as tf

from graph import Value, joined


def _like(value, tensor, shape=None, kind=None):
    return [Value(tensor, value.shape if shape is None else tuple(shape), kind or value.kind)]


def _squashed(g, x):
    return tf.tanh(x.tensor) if g.often(0.5) else x.tensor


UNARY = {
    "Relu": tf.nn.relu, "Relu6": tf.nn.relu6, "Tanh": tf.tanh, "Sigmoid": tf.sigmoid,
    "Abs": tf.abs, "Neg": tf.negative, "Elu": tf.nn.elu, "Selu": tf.nn.selu,
    "Softplus": tf.nn.softplus, "Softsign": tf.nn.softsign, "Sin": tf.sin, "Cos": tf.cos,
    "Gelu": tf.nn.gelu, "Silu": tf.nn.silu, "Erf": tf.math.erf,
    "GeluTanh": lambda x: tf.nn.gelu(x, approximate=True),
    "LeakyRelu": lambda x: tf.nn.leaky_relu(x, 0.3),
    "HardSwish": lambda x: x * tf.nn.relu6(x + 3) * (1 / 6),
    "Square": lambda x: tf.square(tf.tanh(x)),
    "Exp": lambda x: tf.exp(tf.tanh(x)),
    "Log": lambda x: tf.math.log(tf.abs(x) + 0.5),
    "Sqrt": lambda x: tf.sqrt(tf.abs(x) + 0.1),
    "Rsqrt": lambda x: tf.math.rsqrt(tf.abs(x) + 0.1),
    "Reciprocal": lambda x: tf.math.reciprocal(tf.abs(x) + 0.5),
    "Pow": lambda x: tf.pow(tf.abs(x) + 0.5, 1.5),
    "ClipByValue": lambda x: tf.clip_by_value(x, -0.75, 1.25),
    "Atan": tf.atan, "Sinh": lambda x: tf.sinh(tf.tanh(x)), "Expm1": lambda x: tf.math.expm1(tf.tanh(x)),
    "Log1p": lambda x: tf.math.log1p(tf.abs(x)), "StopGradient": tf.stop_gradient,
    "Mish": lambda x: x * tf.tanh(tf.nn.softplus(x)),
}  # fmt: skip

BINARY = {
    "AddV2": tf.add, "Sub": tf.subtract, "Maximum": tf.maximum, "Minimum": tf.minimum,
    "Mul": lambda a, b: a * tf.tanh(b),
    "RealDiv": lambda a, b: a / (tf.abs(b) + 0.5),
    "SquaredDifference": lambda a, b: tf.math.squared_difference(tf.tanh(a), tf.tanh(b)),
    "DivNoNan": lambda a, b: tf.math.divide_no_nan(a, tf.abs(b) + 0.5),
    "Atan2": lambda a, b: tf.atan2(a, tf.abs(b) + 0.5),
}  # fmt: skip

REDUCTIONS = {
    "Mean": tf.reduce_mean, "Max": tf.reduce_max, "Min": tf.reduce_min,
    "Sum": lambda x, axes, keepdims: tf.reduce_sum(tf.tanh(x), axes, keepdims=keepdims),
    "Prod": lambda x, axes, keepdims: tf.reduce_prod(tf.cos(x), axes, keepdims=keepdims),
    "EuclideanNorm": lambda x, axes, keepdims: tf.math.reduce_euclidean_norm(x, axes, keepdims=keepdims),
}  # fmt: skip

INTEGERS = {
    "AddV2": tf.add, "Sub": tf.subtract, "Maximum": tf.maximum, "Minimum": tf.minimum,
    "FloorMod": lambda a, b: tf.math.floormod(a, tf.abs(b) + 3),
    "FloorDiv": lambda a, b: tf.math.floordiv(a, tf.abs(b) + 2),
    "Mul": lambda a, b: tf.math.floormod(a, 11) * tf.math.floormod(b, 7),
}  # fmt: skip

COMPARISONS = {
    "Less": tf.less, "GreaterEqual": tf.greater_equal, "Equal": tf.equal, "NotEqual": tf.not_equal,
}  # fmt: skip


def unary(g):
    x = g.some()
    name = g.pick(list(UNARY))
    g.used.add(name)
    return _like(x, UNARY[name](x.tensor))


def _pair(g, kind):
    x = g.some(kind)
    fit = [v for v in g.pool if v.kind == kind and x and joined(x.shape, v.shape)]
    if not fit:
        return None
    y = g.pick(fit[-6:])
    return (x, y) if g.often(0.5) else (y, x)


def binary(g):
    pair = _pair(g, "float")
    if not pair:
        return None
    name = g.pick(list(BINARY))
    g.used.add(name)
    x, y = pair
    return _like(x, BINARY[name](x.tensor, y.tensor), joined(x.shape, y.shape))


def with_constant(g):
    x = g.some()
    if not x.rank:
        return None
    shape = g.pick([(), (1,), x.shape[-1:] if x.fixed(-1) else ()])
    name = g.pick(["AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum"])
    g.used.add(name)
    c = g.constant(shape, 0.5, 1.5)
    a, b = (x.tensor, c) if g.often(0.7) or name == "RealDiv" else (c, x.tensor)
    made = {"AddV2": tf.add, "Sub": tf.subtract, "Mul": tf.multiply, "RealDiv": tf.divide,
            "Maximum": tf.maximum, "Minimum": tf.minimum}[name](a, b)  # fmt: skip
    return _like(x, made)


def reduce(g):
    x = g.some(where=lambda v: v.rank)
    name = g.pick(list(REDUCTIONS))
    axes = sorted({g.number(0, x.rank - 1) for _ in range(g.number(1, 2))})
    keep = g.often(0.5)
    g.used.add(name)
    shape = [1 if i in axes else s for i, s in enumerate(x.shape) if keep or i not in axes]
    written = [a - x.rank if g.often(0.3) else a for a in axes]
    return _like(x, REDUCTIONS[name](x.tensor, written, keepdims=keep), shape)


def transpose(g):
    x = g.some(where=lambda v: 2 <= v.rank <= 5)
    if not x:
        return None
    order = [int(i) for i in g.chance.permutation(x.rank)]
    g.used.add("Transpose")
    return _like(x, tf.transpose(x.tensor, order), [x.shape[i] for i in order])


def transpose_back(g):
    """Two permutations around something elementwise, as layouts come."""
    x = g.some(where=lambda v: v.rank == 4)
    if not x:
        return None
    g.used.add("Transpose")
    y = tf.transpose(x.tensor, [0, 3, 1, 2])
    y = UNARY[g.pick(["Relu", "Tanh", "Sigmoid"])](y)
    if g.often(0.5):
        y = y + g.constant((), 0.5, 1)
    return _like(x, tf.transpose(y, [0, 2, 3, 1]))


def reshape(g):
    x = g.some(where=lambda v: v.rank >= 2)
    if not x:
        return None
    g.used.add("Reshape")
    merged = [i for i in range(x.rank - 1) if x.fixed(i) and x.fixed(i + 1)]
    if merged and g.often(0.6):
        i = g.pick(merged)
        shape = [*x.shape[:i], x.shape[i] * x.shape[i + 1], *x.shape[i + 2 :]]
    elif x.fixed(-1) and x.shape[-1] % 2 == 0:
        shape = [*x.shape[:-1], 2, x.shape[-1] // 2] if x.rank < 5 else x.shape
    else:
        shape = [*x.shape, 1] if x.rank < 5 else x.shape
    free = [s for s in shape if not isinstance(s, int)]
    if len(free) <= 1 and g.often(0.7):
        target = [s if isinstance(s, int) else -1 for s in shape]
    else:
        sizes = tf.unstack(tf.shape(x.tensor), num=x.rank)
        target = tf.stack([s if isinstance(s, int) else sizes[x.shape.index(s)] for s in shape])
        if None in shape:
            return None
    y = tf.reshape(x.tensor, target)
    return _like(x, y, shape)


def flatten(g):
    x = g.some(where=lambda v: v.rank >= 2 and v.fixed(-1))
    if not x:
        return None
    g.used.add("Reshape")
    free = all(isinstance(s, int) for s in x.shape[:-1])
    rows = int(np.prod(x.shape[:-1])) if free else None
    return _like(x, tf.reshape(x.tensor, [-1, x.shape[-1]]), (rows, x.shape[-1]))


def expand(g):
    x = g.some(where=lambda v: v.rank <= 4)
    if not x:
        return None
    axis = g.number(0, x.rank)
    g.used.add("ExpandDims")
    return _like(x, tf.expand_dims(x.tensor, axis), [*x.shape[:axis], 1, *x.shape[axis:]])


def squeeze(g):
    x = g.some(where=lambda v: 1 in v.shape)
    if not x:
        return None
    axis = x.shape.index(1)
    g.used.add("Squeeze")
    return _like(x, tf.squeeze(x.tensor, [axis]), [*x.shape[:axis], *x.shape[axis + 1 :]])


def concat(g):
    x = g.some(where=lambda v: v.rank and None not in v.shape)
    if not x:
        return None
    axes = [i for i in range(x.rank) if x.fixed(i)]
    if not axes:
        return None
    axis = g.pick(axes)

    def fits(v):
        return (
            v.kind == x.kind
            and v.rank == x.rank
            and v.fixed(axis)
            and all(v.shape[i] == x.shape[i] for i in range(x.rank) if i != axis)
        )

    others = [v for v in g.pool if fits(v)]
    parts = [x, *(g.pick(others) for _ in range(g.number(1, 2)))]
    g.used.add("ConcatV2")
    shape = [*x.shape[:axis], sum(p.shape[axis] for p in parts), *x.shape[axis + 1 :]]
    if np.prod([s if isinstance(s, int) else 5 for s in shape]) > 20000:
        return None
    return _like(x, tf.concat([p.tensor for p in parts], axis), shape)


def split(g):
    x = g.some(where=lambda v: any(v.fixed(i) and v.shape[i] % 2 == 0 and v.shape[i] for i in range(v.rank)))
    if not x:
        return None
    axis = g.pick([i for i in range(x.rank) if x.fixed(i) and x.shape[i] % 2 == 0 and x.shape[i]])
    half = x.shape[axis] // 2
    shape = [*x.shape[:axis], half, *x.shape[axis + 1 :]]
    g.used.add("Split")
    if g.often(0.5) or half < 2:
        parts = tf.split(x.tensor, 2, axis)
        return _like(x, parts[0], shape) + _like(x, parts[1], shape)
    sizes = [half - 1, half + 1]
    g.used.add("SplitV")
    parts = tf.split(x.tensor, sizes, axis)
    shapes = [[*x.shape[:axis], s, *x.shape[axis + 1 :]] for s in sizes]
    return [v for p, s in zip(parts, shapes) for v in _like(x, p, s)]


def stack(g):
    x = g.some(where=lambda v: v.rank <= 3 and None not in v.shape)
    if not x:
        return None
    alike = [v for v in g.pool if v.shape == x.shape and v.kind == x.kind]
    axis = g.number(0, x.rank)
    g.used.add("Pack")
    made = tf.stack([x.tensor, g.pick(alike).tensor], axis)
    return _like(x, made, [*x.shape[:axis], 2, *x.shape[axis:]])


def unstack(g):
    x = g.some(where=lambda v: any(v.fixed(i) and 0 < v.shape[i] <= 4 for i in range(v.rank)))
    if not x:
        return None
    axis = g.pick([i for i in range(x.rank) if x.fixed(i) and 0 < x.shape[i] <= 4])
    shape = [*x.shape[:axis], *x.shape[axis + 1 :]]
    g.used.add("Unpack")
    return [v for part in tf.unstack(x.tensor, axis=axis) for v in _like(x, part, shape)]


def strided_slice(g):
    x = g.some(g.pick(["float", "float", "int"]), lambda v: v.rank)
    if not x:
        return None
    g.used.add("StridedSlice")
    index, shape = [], []
    for size in x.shape:
        choice = g.number(0, 4)
        if choice == 0 and isinstance(size, int) and size:
            index.append(g.number(0, size - 1))
        elif choice == 1 and isinstance(size, int) and size > 2:
            index.append(slice(1, size - 1))
            shape.append(size - 2)
        elif choice == 2 and isinstance(size, int) and size:
            index.append(slice(None, None, -1))
            shape.append(size)
        elif choice == 3 and isinstance(size, int) and size:
            index.append(slice(None, None, 2))
            shape.append((size + 1) // 2)
        else:
            index.append(slice(None))
            shape.append(size)
    if g.often(0.2) and len(shape) < 5:
        index.append(tf.newaxis)
        shape.append(1)
    return _like(x, x.tensor[tuple(index)], shape)


def pad(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4 and v.elements() < 3000)
    if not x:
        return None
    # Mirrored only where there is enough to be mirrored.
    mode = g.pick(["CONSTANT", "CONSTANT", "REFLECT", "SYMMETRIC"])
    wide = mode == "CONSTANT"
    amounts, shape = [], []
    for size in x.shape:
        may = isinstance(size, int) and size > 2 and g.often(0.6)
        before, after = (g.number(0, 2 if wide else 1), g.number(0, 1)) if may else (0, 0)
        amounts.append((before, after))
        shape.append(size + before + after if may else size)
    g.used.add("Pad" if wide else "MirrorPad")
    if wide and g.often(0.4):
        g.used.add("PadV2")
        return _like(x, tf.pad(x.tensor, amounts, mode, 0.5), shape)
    return _like(x, tf.pad(x.tensor, amounts, mode), shape)


def tile(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4 and v.elements() < 1500)
    if not x:
        return None
    counts = [g.number(1, 2) if isinstance(s, int) else 1 for s in x.shape]
    g.used.add("Tile")
    return _like(
        x, tf.tile(x.tensor, counts), [s * c if isinstance(s, int) else s for s, c in zip(x.shape, counts)]
    )


def gather(g):
    x = g.some(where=lambda v: any(v.fixed(i) and v.shape[i] for i in range(v.rank)))
    if not x:
        return None
    axis = g.pick([i for i in range(x.rank) if x.fixed(i) and x.shape[i]])
    count = g.number(1, 5)
    g.used.add("GatherV2")
    index = g.whole((count,), 0, x.shape[axis] - 1)
    return _like(x, tf.gather(x.tensor, index, axis=axis), [*x.shape[:axis], count, *x.shape[axis + 1 :]])


def reverse(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4)
    g.used.add("ReverseV2")
    return x and _like(x, tf.reverse(x.tensor, [g.number(0, x.rank - 1)]))


def cumulate(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4)
    if not x:
        return None
    g.used.add("Cumsum")
    axis = g.number(0, x.rank - 1)
    return _like(x, tf.cumsum(tf.tanh(x.tensor), axis, g.often(0.5), g.often(0.5)))


def roll(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4 and v.fixed(-1) and v.shape[-1])
    g.used.add("Roll")
    return x and _like(x, tf.roll(x.tensor, g.number(-2, 3), -1))


def softmax(g):
    x = g.some(where=lambda v: 1 <= v.rank <= 4)
    if not x:
        return None
    name = g.pick(["Softmax", "LogSoftmax"])
    g.used.add(name)
    axis = g.number(0, x.rank - 1) if g.often(0.3) else -1
    return _like(x, (tf.nn.softmax if name == "Softmax" else tf.nn.log_softmax)(x.tensor, axis))


def normalize(g):
    x = g.some(where=lambda v: v.rank >= 2 and v.fixed(-1) and v.shape[-1] > 1)
    if not x:
        return None
    if g.often(0.3):
        g.used.add("L2Normalize")
        return _like(x, tf.nn.l2_normalize(x.tensor, -1, 1e-3))
    g.used.add("LayerNormalization")
    mean, variance = tf.nn.moments(x.tensor, [-1], keepdims=True)
    n = x.shape[-1]
    gain, offset = g.constant((n,), 0.5, 1.5), g.constant((n,))
    if g.often(0.5):
        return _like(x, tf.nn.batch_normalization(x.tensor, mean, variance, offset, gain, 0.1))
    return _like(x, (x.tensor - mean) * tf.math.rsqrt(variance + 0.1) * gain + offset)


def batch_norm(g):
    x = g.some(where=lambda v: v.rank == 4 and v.fixed(-1) and v.shape[-1])
    if not x:
        return None
    n = x.shape[-1]
    g.used.add("BatchNorm")
    return _like(
        x,
        tf.nn.batch_normalization(
            x.tensor,
            g.constant((n,)),
            g.constant((n,), 0.5, 1.5),
            g.constant((n,)),
            g.constant((n,), 0.5, 1.5),
            1e-3,
        ),
    )


def _image(v):
    return (
        v.rank == 4
        and v.fixed(-1)
        and 0 < v.shape[-1] <= 24
        and all(v.shape[i] is None or not v.fixed(i) or v.shape[i] >= 3 for i in (1, 2))
    )


def _window(size, window, stride, padding):
    if not isinstance(size, int):
        return size if stride == 1 and padding == "SAME" else None
    return -(-size // stride) if padding == "SAME" else -(-(size - window + 1) // stride)


def _activated(g, y):
    return UNARY[g.pick(["Relu", "Relu6", "Tanh"])](y) if g.often(0.4) else y


def _scaled(g, x):
    """The data of a convolution or product, sometimes scaled as normalisations do it."""
    if not g.often(0.3):
        return x.tensor
    c = g.constant(g.pick([(), (x.shape[-1],)]), 0.5, 1.5)
    return g.pick([tf.multiply, tf.divide])(x.tensor, c)


def _shifted(g, y, channels):
    """What stands between a convolution or product and its activation."""
    for _ in range(g.number(0, 2)):
        c = g.constant(g.pick([(), (channels,)]), 0.5, 1.5)
        name = g.pick(["AddV2", "Sub", "SubFrom", "Mul", "RealDiv"])
        y = {"AddV2": tf.add, "Sub": tf.subtract, "SubFrom": lambda a, b: b - a, "Mul": tf.multiply,
             "RealDiv": tf.divide}[name](y, c)  # fmt: skip
    # So far out that bounded activations have something to cut off.
    return y * 8 if g.often(0.3) else y


def convolve(g):
    x = g.some(where=_image)
    if not x:
        return None
    channels, window, stride = x.shape[-1], g.number(1, 3), g.number(1, 2)
    padding = g.pick(["SAME", "VALID"]) if x.fixed(1) and x.fixed(2) else "SAME"
    spatial = [_window(s, window, stride, padding) for s in x.shape[1:3]]
    depthwise = g.often(0.4)
    if depthwise:
        g.used.add("DepthwiseConv2dNative")
        out = channels
        y = tf.nn.depthwise_conv2d(
            _scaled(g, x), g.constant((window, window, channels, 1)), [1, stride, stride, 1], padding
        )
    else:
        g.used.add("Conv2D")
        out = g.pick([3, 4, 8, channels])
        kernel = g.constant((window, window, channels, out)) / channels
        y = tf.nn.conv2d(_scaled(g, x), kernel, stride, padding)
    if g.often(0.6):
        g.used.add("BiasAdd")
        y = tf.nn.bias_add(y, g.constant((out,)))
    return _like(x, _activated(g, _shifted(g, y, out)), [x.shape[0], *spatial, out])


def pool(g):
    x = g.some(where=_image)
    if not x:
        return None
    window, stride = g.number(2, 3), g.number(1, 2)
    padding = g.pick(["SAME", "VALID"]) if x.fixed(1) and x.fixed(2) else "SAME"
    spatial = [_window(s, window, stride, padding) for s in x.shape[1:3]]
    name = g.pick(["AvgPool", "MaxPool"])
    g.used.add(name)
    op = tf.nn.avg_pool2d if name == "AvgPool" else tf.nn.max_pool2d
    return _like(x, op(x.tensor, window, stride, padding), [x.shape[0], *spatial, x.shape[-1]])


def resize(g):
    x = g.some(
        where=lambda v: (
            v.rank == 4 and all(v.fixed(i) and v.shape[i] for i in (1, 2, 3)) and v.elements() < 3000
        )
    )
    if not x:
        return None
    size = [g.number(2, 9), g.number(2, 9)]
    g.used.add("ResizeBilinear")
    y = tf.compat.v1.image.resize_bilinear(tf.cast(x.tensor, tf.float32), size, half_pixel_centers=True)
    return _like(x, tf.cast(y, g.float_type), [x.shape[0], *size, x.shape[-1]])


def space_to_depth(g):
    x = g.some(
        where=lambda v: (
            v.rank == 4
            and all(v.fixed(i) for i in (1, 2, 3))
            and v.shape[1] % 2 == 0
            and v.shape[2] % 2 == 0
            and v.shape[1]
            and v.shape[2]
            and v.shape[-1]
        )
    )
    if not x:
        return None
    g.used.add("SpaceToDepth")
    n, h, w, c = x.shape
    return _like(x, tf.nn.space_to_depth(x.tensor, 2), [n, h // 2, w // 2, c * 4])


def dense(g):
    x = g.some(where=lambda v: v.rank >= 2 and v.fixed(-1) and 0 < v.shape[-1] <= 64)
    if not x:
        return None
    units = g.pick([2, 4, 6, x.shape[-1]])
    g.used.add("MatMul")
    w = g.constant((x.shape[-1], units)) / x.shape[-1] ** 0.5
    data = _scaled(g, x)
    y = tf.matmul(data, w) if x.rank == 2 else tf.tensordot(data, w, 1)
    return _like(x, _activated(g, _shifted(g, y, units)), [*x.shape[:-1], units])


def attend(g):
    x = g.some(
        where=lambda v: v.rank in (3, 4) and v.fixed(-1) and 0 < v.shape[-1] <= 16 and v.elements() < 2000
    )
    if not x or x.shape[-2] is None:
        return None
    g.used.add("BatchMatMulV2")
    scores = tf.matmul(x.tensor, x.tensor, transpose_b=True) / x.shape[-1]
    if g.often(0.3):
        return _like(x, scores, [*x.shape[:-1], x.shape[-2]])
    return _like(x, tf.matmul(tf.nn.softmax(scores), x.tensor))


def einsum(g):
    x = g.some(where=lambda v: v.rank == 3 and v.fixed(-1) and v.shape[-1])
    if not x:
        return None
    g.used.add("Einsum")
    w = g.constant((x.shape[-1], 2, 3)) / x.shape[-1]
    return _like(x, tf.einsum("abc,chd->ahbd", x.tensor, w), [x.shape[0], 2, x.shape[1], 3])


def select(g):
    condition = g.some("bool")
    if not condition:
        return None
    x = g.some(where=lambda v: joined(v.shape, condition.shape))
    if not x:
        return None
    g.used.add("SelectV2")
    shape = joined(x.shape, condition.shape)
    other = tf.zeros_like(x.tensor) if g.often(0.5) else g.constant((), 1, 2)
    return _like(x, tf.where(condition.tensor, x.tensor, other), shape)


def integers(g):
    pair = _pair(g, "int")
    if not pair:
        return None
    x, y = pair
    name = g.pick(list(INTEGERS))
    g.used.add(name)
    return _like(x, INTEGERS[name](x.tensor, y.tensor), joined(x.shape, y.shape))


def compare(g):
    pair = _pair(g, "int")
    if not pair:
        return None
    x, y = pair
    name = g.pick(list(COMPARISONS))
    g.used.add(name)
    return _like(x, COMPARISONS[name](x.tensor, y.tensor), joined(x.shape, y.shape), "bool")


def logic(g):
    x = g.some("bool")
    if not x:
        return None
    name = g.pick(["LogicalNot", "LogicalAnd", "LogicalOr"])
    g.used.add(name)
    if name == "LogicalNot":
        return _like(x, tf.logical_not(x.tensor))
    fit = [v for v in g.pool if v.kind == "bool" and joined(x.shape, v.shape)]
    if not fit:
        return None
    y = g.pick(fit)
    op = tf.logical_and if name == "LogicalAnd" else tf.logical_or
    return _like(x, op(x.tensor, y.tensor), joined(x.shape, y.shape))


def to_float(g):
    x = g.some(g.pick(["int", "bool"]))
    if not x:
        return None
    g.used.add("Cast")
    return _like(x, tf.cast(x.tensor, g.float_type) / 5, kind="float")


def one_hot(g):
    x = g.some("int", lambda v: v.rank <= 3)
    if not x:
        return None
    g.used.add("OneHot")
    made = tf.one_hot(
        tf.math.floormod(x.tensor, 5), 5, g.constant((), 1, 2), g.constant(()), dtype=g.float_type
    )
    return _like(x, made, [*x.shape, 5], "float")


def embed(g):
    x = g.some("int", lambda v: v.rank <= 3)
    if not x:
        return None
    g.used.add("GatherV2")
    table = g.constant((6, 4))
    return _like(x, tf.gather(table, tf.math.floormod(x.tensor, 6)), [*x.shape, 4], "float")


def by_shape(g):
    """Sizes taken from a tensor at run time."""
    x = g.some(where=lambda v: v.rank and v.elements() < 2000)
    if not x:
        return None
    g.used.add("Shape")
    if g.often(0.5):
        g.used.add("Fill")
        return _like(x, x.tensor + tf.fill(tf.shape(x.tensor), g.constant(())))
    g.used.add("BroadcastTo")
    return _like(x, x.tensor * tf.broadcast_to(g.constant((1,) * x.rank), tf.shape(x.tensor)))


def ramp(g):
    x = g.some(where=lambda v: v.rank == 2)
    if not x:
        return None
    g.used.add("Range")
    places = tf.cast(tf.range(tf.shape(x.tensor)[1]), g.float_type) / 7
    return _like(x, x.tensor + places)


def top(g):
    x = g.some(where=lambda v: v.rank and v.fixed(-1) and v.shape[-1] > 2)
    if not x:
        return None
    g.used.add("TopKV2")
    return _like(x, tf.math.top_k(x.tensor, 2).values, [*x.shape[:-1], 2])


def transposed_reduction(g):
    """A reduction of what has been permuted, as layouts come."""
    x = g.some(where=lambda v: 3 <= v.rank <= 4)
    if not x:
        return None
    order = [int(i) for i in g.chance.permutation(x.rank)]
    name = g.pick(list(REDUCTIONS))
    axes = sorted({g.number(0, x.rank - 1) for _ in range(2)})
    keep = g.often(0.5)
    g.used |= {"Transpose", name}
    y = REDUCTIONS[name](tf.transpose(x.tensor, order), axes, keepdims=keep)
    moved = [x.shape[i] for i in order]
    return _like(x, y, [1 if i in axes else s for i, s in enumerate(moved) if keep or i not in axes])


# An op with one of two attributes, and the shape of what it gives.
TWINS = {
    "LeakyRelu": (lambda x, other: tf.nn.leaky_relu(x, 0.1 if other else 0.4), lambda s, _: s),
    "Gelu": (lambda x, other: tf.nn.gelu(x, approximate=other), lambda s, _: s),
    "Cumsum": (lambda x, other: tf.cumsum(tf.tanh(x), -1, exclusive=other), lambda s, _: s),
    "Softmax": (lambda x, other: tf.nn.softmax(x, 0 if other else -1), lambda s, _: s),
    "ReverseV2": (lambda x, other: tf.reverse(x, [0 if other else -1]), lambda s, _: s),
    "Sum": (
        lambda x, other: tf.reduce_sum(tf.tanh(x), -1, keepdims=other),
        lambda s, other: [*s[:-1], 1] if other else s[:-1],
    ),
    "Concat": (
        lambda x, other: tf.concat([x, x], 0 if other else -1),
        lambda s, other: [_doubled(n) if i == (0 if other else len(s) - 1) else n for i, n in enumerate(s)],
    ),
}  # fmt: skip


def _doubled(size):
    return 2 * size if isinstance(size, int) else None


def twins(g):
    """The same op twice on the same value, with other attributes."""
    x = g.some(where=lambda v: 2 <= v.rank <= 4)
    if not x:
        return None
    name = g.pick(list(TWINS))
    g.used.add(name)
    make, shape = TWINS[name]
    return [
        v
        for other in g.pick([(False, True), (True, False)])
        for v in _like(x, make(x.tensor, other), shape(x.shape, other))
    ]


# By how often they are chosen.
OPERATIONS = {
    unary: 8, binary: 8, with_constant: 6, reduce: 5, transpose: 4, transpose_back: 3, reshape: 4,
    flatten: 1, expand: 1, squeeze: 2, concat: 3, split: 2, stack: 1, unstack: 1, strided_slice: 4,
    pad: 3, tile: 1, gather: 2, reverse: 1, cumulate: 1, roll: 1, softmax: 2, normalize: 3,
    batch_norm: 2, convolve: 8, pool: 3, resize: 1, space_to_depth: 1, dense: 5, attend: 3, einsum: 1,
    select: 3, integers: 4, compare: 4, logic: 2, to_float: 3, one_hot: 2, embed: 2, by_shape: 2,
    ramp: 1, top: 1, transposed_reduction: 3, twins: 3,
}  # fmt: skip
