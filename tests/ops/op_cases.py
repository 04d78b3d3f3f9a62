"""Cases of single ops over constants, in textual IR, for compare.py."""

import itertools
from typing import NamedTuple

import numpy as np

FLOATS = ["f32", "f16", "bf16", "f64"]
INTEGERS = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]
NUMBERS = FLOATS + INTEGERS
ALL = NUMBERS + ["bool", "c64", "c128", "string", "i4"]
BITS = {"f32": 32, "f16": 16, "bf16": 16, "f64": 64, "i8": 8, "i16": 16, "i32": 32, "i64": 64,
        "u8": 8, "u16": 16, "u32": 32, "u64": 64, "bool": 8, "c64": 64, "c128": 128}  # fmt: skip


class Case(NamedTuple):
    op: str
    name: str
    text: str


class Const(NamedTuple):
    dtype: str
    shape: tuple
    values: object
    quantized: bool = False


def typed(dtype, shape, quantized=False):
    text = f"{dtype}[{','.join(map(str, shape))}]"
    if quantized:
        text += " quantized(axis: 0, scales: [0.5], zero_points: [0])"
    return text


def strings(values):
    offsets, text = [], b""
    for value in values:
        offsets.append(4 * (len(values) + 2) + len(text))
        text += value.encode()
    offsets.append(4 * (len(values) + 2) + len(text))
    return np.array([len(values)] + offsets, np.int32).tobytes() + text


def literal(const):
    """The elements of a constant as the parser takes them."""
    values = list(np.reshape(np.asarray(const.values, object), -1))
    if const.dtype == "string":
        return "0x" + strings([f"s{v}" for v in values]).hex()
    if const.dtype == "i4":
        nibbles = [int(v) & 15 for v in values] + [0] * (len(values) % 2)
        return "0x" + bytes(a | b << 4 for a, b in zip(nibbles[::2], nibbles[1::2])).hex()
    if const.dtype in ("c64", "c128"):
        dtype = {"c64": np.complex64, "c128": np.complex128}[const.dtype]
        return "0x" + np.array(values, dtype).tobytes().hex()
    if const.dtype == "bool":
        return ", ".join(str(int(bool(v % 2))) for v in values)
    return ", ".join(repr(v) for v in values)


def case(op, name, operands, options="", results=1, result_quantized=False, result_dtype="f32"):
    lines = ['graph "main" {']
    names = []
    for i, operand in enumerate(operands):
        if operand is None:
            names.append("_")
            continue
        kind = typed(operand.dtype, operand.shape, operand.quantized)
        lines.append(f"  const %c{i} = {kind} {{{literal(operand)}}}")
        names.append(f"%c{i}")
    outputs = [f"%r{i}" for i in range(results)]
    types = "; ".join([typed(result_dtype, (), result_quantized)] * results)
    lines.append(f"  {', '.join(outputs)} = {op}({', '.join(names)}) {options}: {types}")
    lines += [f"  output {o}" for o in outputs] + ["}"]
    return Case(op, name, "\n".join(lines) + "\n")


def counting(dtype, shape, start=1, quantized=False):
    count = int(np.prod(shape, dtype=np.int64))
    values = [(start + i) % 7 for i in range(count)] if dtype == "i4" else range(start, start + count)
    if dtype in FLOATS:
        values = [float(v) for v in values]
    return Const(dtype, tuple(shape), [v for v in values], quantized)


def noise(shape, seed=0):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return Const("f32", tuple(shape), [float(v) for v in values.reshape(-1)])


def i32(*values):
    return Const("i32", (len(values),), list(values))


def i64(*values):
    return Const("i64", (len(values),), list(values))


def scalar(dtype, value):
    return Const(dtype, (), [value])


def each_dtype(dtypes=ALL):
    return [(d, False) for d in dtypes] + [(d, True) for d in ("i8", "u8", "i16")]


def tag(dtype, quantized):
    return dtype + ("q" if quantized else "")


# ---- shapes ----


def shape_cases():
    for dtype, q in each_dtype():
        t = tag(dtype, q)
        x = counting(dtype, (2, 3), quantized=q)
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        yield case("RESHAPE", t, [x, i32(3, -1)], **kwargs)
        yield case("EXPAND_DIMS", t, [x, scalar("i32", 1)], **kwargs)
        yield case("SQUEEZE", t, [counting(dtype, (1, 2, 1), quantized=q)],
                   "SqueezeOptions{squeeze_dims: [2]}", **kwargs)
        yield case("SHAPE", t, [x], "ShapeOptions{out_type: INT64}")
        yield case("RANK", t, [x])
        yield case("BROADCAST_TO", t, [counting(dtype, (2, 1), quantized=q), i32(3, 2, 2)], **kwargs)
        yield case("TILE", t, [x, i32(2, 3)], **kwargs)
        yield case("FILL", t, [i32(2, 3), Const(dtype, (), [5], q)], **kwargs)
        yield case("ZEROS_LIKE", t, [x], **kwargs)
        if not q:
            yield case("RANGE", t, [scalar(dtype, 1), scalar(dtype, 9), scalar(dtype, 3)])
            yield case("ONE_HOT", t, [i32(1, 0, 7), scalar("i32", 3), scalar(dtype, 5),
                                      scalar(dtype, 1)], "OneHotOptions{axis: -1}")
            yield case("SPARSE_TO_DENSE", t, [Const("i32", (2, 2), [0, 1, 1, 0]), i32(2, 3),
                                              counting(dtype, (2,)), scalar(dtype, 0)])
    for rank in range(1, 10):
        shape = (1,) * (rank - 1) + (3,)
        target = (2,) * (rank - 1) + (3,)
        x = counting("f32", shape)
        yield case("BROADCAST_TO", f"rank {rank}", [x, i32(*target)])
        yield case("TILE", f"rank {rank}", [x, i32(*(2,) * rank)])
        yield case("SQUEEZE", f"rank {rank}", [x], "SqueezeOptions{squeeze_dims: [-1]}" if rank == 0
                   else "SqueezeOptions{}")
        yield case("EXPAND_DIMS", f"rank {rank}", [x, scalar("i32", 0)])
    for start, limit, delta in [(0, 5, 1), (5, 0, -2), (0, 0, 1), (0, 5, -1), (3, 10, 3), (0, 1, 0)]:
        for dtype in ("i32", "i64", "f32"):
            values = [scalar(dtype, float(v) if dtype == "f32" else v) for v in (start, limit, delta)]
            yield case("RANGE", f"{dtype} {start} {limit} {delta}", values)
    yield case("RANGE", "f32 0 1 0.1", [scalar("f32", v) for v in (0.0, 1.0, 0.1)])
    yield case("RANGE", "f32 0 1000 0.1", [scalar("f32", v) for v in (0.0, 100.0, 0.1)])
    for target in [(6,), (-1,), (1, -1, 1), (4, -1), (-1, -1), (0, -1), (5,), (-2, 3)]:
        yield case("RESHAPE", f"to {target}", [counting("f32", (2, 3)), i32(*target)])
        listed = ", ".join(map(str, target))
        yield case("RESHAPE", f"option {target}", [counting("f32", (2, 3))],
                   f"ReshapeOptions{{new_shape: [{listed}]}}")
    yield case("RESHAPE", "empty", [counting("f32", (0, 3)), i32(0, -1)])
    yield case("RESHAPE", "scalar", [counting("f32", (1, 1)), Const("i32", (0,), [])])
    for a, b in [((2, 1), (3,)), ((2,), (3,)), ((5, 1, 3), (4, 1)), ((1,), (0,))]:
        yield case("BROADCAST_ARGS", f"{a} {b}", [i32(*a), i32(*b)])
        yield case("BROADCAST_TO", f"{a} to {b}", [counting("f32", a), i32(*b)])
    for axis in (-3, -1, 0, 1, 2, 3):
        yield case("ONE_HOT", f"axis {axis}", [Const("i32", (2, 1), [1, 0]), scalar("i32", 3),
                                              scalar("f32", 1.0), scalar("f32", 0.0)],
                   f"OneHotOptions{{axis: {axis}}}")
        yield case("EXPAND_DIMS", f"axis {axis}", [counting("f32", (2, 3)), scalar("i32", axis)])
        yield case("SQUEEZE", f"axis {axis}", [counting("f32", (1, 3, 1))],
                   f"SqueezeOptions{{squeeze_dims: [{axis}]}}")


# ---- layout ----


def layout_cases():
    for dtype, q in each_dtype():
        t = tag(dtype, q)
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        x = counting(dtype, (2, 3), quantized=q)
        image = counting(dtype, (1, 2, 4, 4), quantized=q)
        pads = Const("i32", (2, 2), [0, 1, 1, 0])
        yield case("TRANSPOSE", t, [x, i32(1, 0)], **kwargs)
        yield case("PAD", t, [x, pads], **kwargs)
        yield case("PADV2", t, [x, pads, Const(dtype, (), [5], q)], **kwargs)
        yield case("MIRROR_PAD", t, [x, pads], "MirrorPadOptions{mode: SYMMETRIC}", **kwargs)
        yield case("REVERSE_V2", t, [x, i32(1)], **kwargs)
        yield case("REVERSE_SEQUENCE", t, [x, i32(2, 3)],
                   "ReverseSequenceOptions{seq_dim: 1}", **kwargs)
        yield case("SPACE_TO_DEPTH", t, [image], "SpaceToDepthOptions{block_size: 2}", **kwargs)
        yield case("DEPTH_TO_SPACE", t, [image], "DepthToSpaceOptions{block_size: 2}", **kwargs)
        yield case("SPACE_TO_BATCH_ND", t, [image, i32(2, 2), Const("i32", (2, 2), [0, 0, 0, 0])],
                   **kwargs)
        yield case("BATCH_TO_SPACE_ND", t,
                   [counting(dtype, (4, 1, 2, 3), quantized=q), i32(2, 2),
                    Const("i32", (2, 2), [0, 1, 1, 0])], **kwargs)
        yield case("MATRIX_DIAG", t, [x], **kwargs)
        yield case("MATRIX_SET_DIAG", t, [x, counting(dtype, (2,), quantized=q)], **kwargs)
    for rank in range(1, 10):
        shape = tuple(2 + i % 2 for i in range(rank))
        x = counting("f32", shape)
        perm = list(range(rank))[::-1]
        yield case("TRANSPOSE", f"rank {rank}", [x, i32(*perm)])
        rolled = perm[1:] + perm[:1]
        yield case("TRANSPOSE", f"rank {rank} rolled", [x, i32(*rolled)])
        pads = Const("i32", (rank, 2), [i % 2 for i in range(2 * rank)])
        yield case("PAD", f"rank {rank}", [x, pads])
        yield case("PADV2", f"rank {rank}", [x, pads, scalar("f32", 7.0)])
        yield case("MIRROR_PAD", f"rank {rank}", [x, pads], "MirrorPadOptions{mode: REFLECT}")
        yield case("REVERSE_V2", f"rank {rank}", [x, i32(rank - 1)])
        if rank > 1:
            yield case("REVERSE_V2", f"rank {rank} two", [x, i32(rank - 1, rank - 2)])
            yield case("REVERSE_SEQUENCE", f"rank {rank}", [x, i32(*(1,) * shape[0])],
                       "ReverseSequenceOptions{seq_dim: 1}")
            yield case("MATRIX_SET_DIAG", f"rank {rank}", [x, counting("f32", shape[:-2]
                       + (min(shape[-2:]),))])
        if rank > 2:
            yield case("REVERSE_V2", f"rank {rank} apart", [x, i32(0, 2)])
        yield case("MATRIX_DIAG", f"rank {rank}", [x])
    yield case("PAD", "i64 pads", [counting("f32", (2,)), Const("i64", (1, 2), [1, 1])])
    yield case("PAD", "negative", [counting("f32", (3,)), Const("i32", (1, 2), [-1, 1])])
    for mode, (a, b) in itertools.product(("REFLECT", "SYMMETRIC"), [(2, 2), (3, 0), (0, 4)]):
        yield case("MIRROR_PAD", f"{mode} {a} {b}", [counting("f32", (3,)),
                   Const("i32", (1, 2), [a, b])], f"MirrorPadOptions{{mode: {mode}}}")
    yield case("SPACE_TO_DEPTH", "uneven", [counting("f32", (1, 3, 4, 1))],
               "SpaceToDepthOptions{block_size: 2}")
    yield case("DEPTH_TO_SPACE", "uneven", [counting("f32", (1, 3, 4, 6))],
               "DepthToSpaceOptions{block_size: 2}")
    yield case("SPACE_TO_BATCH_ND", "pads", [counting("f32", (2, 3, 5, 2)), i32(2, 3),
               Const("i32", (2, 2), [1, 0, 0, 1])])
    yield case("SPACE_TO_BATCH_ND", "rank 3", [counting("f32", (2, 6, 2)), i32(3),
               Const("i32", (1, 2), [1, 2])])
    yield case("BATCH_TO_SPACE_ND", "rank 3", [counting("f32", (6, 2, 2)), i32(3),
               Const("i32", (1, 2), [1, 2])])
    yield case("SPACE_TO_BATCH_ND", "uneven", [counting("f32", (2, 3, 5, 2)), i32(2, 3),
               Const("i32", (2, 2), [0, 0, 0, 1])])


# ---- slices ----


def slice_cases():
    for dtype, q in each_dtype():
        t = tag(dtype, q)
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        x = counting(dtype, (2, 4), quantized=q)
        yield case("SLICE", t, [x, i32(0, 1), i32(-1, 2)], **kwargs)
        yield case("STRIDED_SLICE", t, [x, i32(0, 3), i32(2, 0), i32(1, -2)],
                   "StridedSliceOptions{}", **kwargs)
        yield case("SPLIT", t, [scalar("i32", 1), x], "SplitOptions{num_splits: 2}", results=2,
                   **kwargs)
        yield case("SPLIT_V", t, [x, i32(1, -1), scalar("i32", 1)], "SplitVOptions{num_splits: 2}",
                   results=2, **kwargs)
        yield case("CONCATENATION", t, [x, counting(dtype, (2, 1), quantized=q)],
                   "ConcatenationOptions{axis: -1}", **kwargs)
        yield case("PACK", t, [x, x], "PackOptions{values_count: 2, axis: 1}", **kwargs)
        yield case("UNPACK", t, [x], "UnpackOptions{num: 2, axis: 0}", results=2, **kwargs)
        yield case("DYNAMIC_UPDATE_SLICE", t, [x, counting(dtype, (1, 2), quantized=q), i32(1, 3)],
                   **kwargs)
    for rank in range(1, 10):
        x = counting("f32", tuple(2 + i % 2 for i in range(rank)))
        yield case("SLICE", f"rank {rank}", [x, i32(*(1,) * rank), i32(*(-1,) * rank)])
        yield case("STRIDED_SLICE", f"rank {rank}", [x, i32(*(-1,) * rank), i32(*(-9,) * rank),
                   i32(*(-1,) * rank)], "StridedSliceOptions{}")
        yield case("SPLIT", f"rank {rank}", [scalar("i32", 0), x], "SplitOptions{num_splits: 2}",
                   results=2)
        yield case("SPLIT_V", f"rank {rank}", [x, i32(1, 1), scalar("i32", 0)],
                   "SplitVOptions{num_splits: 2}", results=2)
        yield case("CONCATENATION", f"rank {rank}", [x, x], "ConcatenationOptions{axis: -1}")
        yield case("PACK", f"rank {rank}", [x, x], "PackOptions{values_count: 2, axis: -1}")
        yield case("UNPACK", f"rank {rank}", [x], "UnpackOptions{num: 2, axis: 0}", results=2)
        yield case("DYNAMIC_UPDATE_SLICE", f"rank {rank}", [x, counting("f32", (1,) * rank, 90),
                   i32(*(1,) * rank)])
    places = [(0, 2, 1), (-2, 9, 1), (9, -9, -1), (3, 0, -2), (2, 2, 1), (-9, 9, 3), (1, -1, 2)]
    for (b, e, s), mask in itertools.product(places, range(8)):
        options = (f"StridedSliceOptions{{begin_mask: {mask & 1}, end_mask: {mask >> 1 & 1}, "
                   f"shrink_axis_mask: {mask >> 2 & 1}}}")
        yield case("STRIDED_SLICE", f"{b}:{e}:{s} masks {mask}", [counting("f32", (5, 2)), i32(b),
                   i32(e), i32(s)], options)
    for ellipsis, new, shrink in itertools.product((0, 1, 2, 4), range(8), range(8)):
        options = (f"StridedSliceOptions{{ellipsis_mask: {ellipsis}, new_axis_mask: {new}, "
                   f"shrink_axis_mask: {shrink}}}")
        yield case("STRIDED_SLICE", f"ellipsis {ellipsis} new {new} shrink {shrink}",
                   [counting("f32", (2, 3, 4)), i32(0, 1, 1), i32(2, 3, 2), i32(1, 1, 1)], options)
    for b, e in [(1, 2), (-3, 2), (0, 9), (2, 0)]:
        yield case("STRIDED_SLICE", f"offset {b} {e}", [counting("f32", (5,)), i32(b), i32(e),
                   i32(1)], "StridedSliceOptions{offset: true}")
    for b, s in [(0, 5), (1, 5), (5, 0), (5, -1), (6, -1), (-1, 1), (0, -2)]:
        yield case("SLICE", f"{b} {s}", [counting("f32", (5,)), i32(b), i32(s)])
        yield case("SLICE", f"i64 {b} {s}", [counting("f32", (5,)), i64(b), i64(s)])
    for sizes in [(1, 2, 3), (1, -1, 2), (-1, -1, 1), (0, 6, 0), (1, 1, 1), (7, -1, 0)]:
        yield case("SPLIT_V", f"{sizes}", [counting("f32", (6,)), i32(*sizes), scalar("i32", 0)],
                   "SplitVOptions{num_splits: 3}", results=3)
    for axis in (-3, -2, 2, 3):
        yield case("CONCATENATION", f"axis {axis}", [counting("f32", (2, 3)), counting("f32",
                   (2, 3))], f"ConcatenationOptions{{axis: {axis}}}")
        yield case("PACK", f"axis {axis}", [counting("f32", (2, 3)), counting("f32", (2, 3))],
                   f"PackOptions{{values_count: 2, axis: {axis}}}")
    yield case("SPLIT", "uneven", [scalar("i32", 0), counting("f32", (5,))],
               "SplitOptions{num_splits: 2}", results=2)
    for start in (-5, 0, 9):
        yield case("DYNAMIC_UPDATE_SLICE", f"start {start}", [counting("f32", (4,)), counting("f32",
                   (2,), 90), i32(start)])


# ---- gather, scatter ----


def gather_cases():
    for dtype, q in each_dtype():
        t = tag(dtype, q)
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        x = counting(dtype, (4, 2), quantized=q)
        yield case("GATHER", t, [x, i32(2, 0)], "GatherOptions{axis: 0}", **kwargs)
        yield case("GATHER", t + " vector", [counting(dtype, (4,), quantized=q), i32(2, 0)],
                   "GatherOptions{axis: 0}", **kwargs)
        yield case("GATHER_ND", t, [x, Const("i32", (3, 1), [2, 0, 1])], **kwargs)
        yield case("SCATTER_ND", t, [Const("i32", (3, 1), [2, 0, 2]), counting(dtype, (3, 2),
                   quantized=q), i32(4, 2)], **kwargs)
        yield case("EMBEDDING_LOOKUP", t, [i32(1, 0), x], **kwargs)
    for dtype in ALL:
        index = Const(dtype, (2,), [1, 0])
        yield case("GATHER", f"by {dtype}", [counting("f32", (4, 2)), index], "GatherOptions{}")
        yield case("GATHER_ND", f"by {dtype}", [counting("f32", (4, 2)), index])
        yield case("SCATTER_ND", f"by {dtype}", [Const(dtype, (2, 1), [1, 0]), counting("f32", (2,)),
                   i32(4)])
    for axis, batch in itertools.product((-3, -1, 0, 1, 2, 3), (-1, 0, 1, 2)):
        yield case("GATHER", f"axis {axis} batch {batch}", [counting("f32", (2, 3, 4)),
                   Const("i32", (2, 3), [0, 1, 0, 1, 1, 0])],
                   f"GatherOptions{{axis: {axis}, batch_dims: {batch}}}")
    for rank in range(1, 10):
        x = counting("f32", tuple(2 + i % 2 for i in range(rank)))
        yield case("GATHER", f"rank {rank}", [x, i32(1, 0)], f"GatherOptions{{axis: {rank - 1}}}")
        yield case("GATHER_ND", f"rank {rank}", [x, i32(*(1,) * rank)])
        yield case("GATHER_ND", f"rank {rank} first", [x, i32(1)])
        yield case("SCATTER_ND", f"rank {rank}", [i32(1), counting("f32", x.shape[1:]),
                   i32(*x.shape)])
    yield case("GATHER", "outside", [counting("f32", (4,)), i32(4)], "GatherOptions{}")
    yield case("GATHER", "negative", [counting("f32", (4,)), i32(-1)], "GatherOptions{}")
    yield case("GATHER", "scalar", [counting("f32", (4, 2)), scalar("i32", 3)], "GatherOptions{}")


# ---- convolutions, pools, matrices ----


def window_options(table, padding, stride, dilation=None, extra=""):
    text = f"{table}{{padding: {padding}, stride_w: {stride}, stride_h: {stride}"
    if dilation:
        text += f", dilation_w_factor: {dilation}, dilation_h_factor: {dilation}"
    return text + extra + "}"


def conv_cases():
    grid = list(itertools.product(("SAME", "VALID"), (1, 2, 3), (1, 2)))
    for padding, stride, dilation in grid:
        name = f"{padding} {stride} {dilation}"
        x = noise((2, 7, 8, 4))
        yield case("CONV_2D", name, [x, noise((3, 3, 2, 4), 1), noise((3,), 2)],
                   window_options("Conv2DOptions", padding, stride, dilation))
        yield case("CONV_2D", name + " grouped", [x, noise((6, 3, 2, 2), 1), noise((6,), 2)],
                   window_options("Conv2DOptions", padding, stride, dilation))
        yield case("DEPTHWISE_CONV_2D", name, [x, noise((1, 3, 2, 8), 1), noise((8,), 2)],
                   window_options("DepthwiseConv2DOptions", padding, stride, dilation,
                                  ", depth_multiplier: 2"))
        d3 = (f"Conv3DOptions{{padding: {padding}, stride_d: {stride}, stride_w: {stride}, "
              f"stride_h: {stride}, dilation_d_factor: {dilation}, dilation_w_factor: {dilation}, "
              f"dilation_h_factor: {dilation}}}")
        yield case("CONV_3D", name, [noise((2, 5, 6, 7, 2)), noise((2, 3, 2, 2, 3), 1),
                   noise((3,), 2)], d3)
        if dilation == 1:
            for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
                yield case(op, name, [x], window_options("Pool2DOptions", padding, stride, None,
                           ", filter_width: 2, filter_height: 3"))
        small = (3, 4)
        if padding == "SAME":
            sizes = [s * stride for s in small]
        else:
            sizes = [(s - 1) * stride + (k - 1) * dilation + 1 for s, k in zip(small, (3, 2))]
        if dilation == 1:
            yield case("TRANSPOSE_CONV", name, [i32(2, *sizes, 5), noise((5, 3, 2, 4), 1),
                       noise((2, *small, 4)), noise((5,), 2)],
                       window_options("TransposeConvOptions", padding, stride))
            depth = 2 * stride if padding == "SAME" else (2 - 1) * stride + 2
            yield case("CONV_3D_TRANSPOSE", name, [i32(2, depth, *sizes, 5), noise((2, 3, 2, 5, 4), 1),
                       noise((2, 2, *small, 4)), noise((5,), 2)], d3)
    for bias in ([], [None]):
        name = f"bias {bias}"
        filters = noise((3, 2, 2, 2))
        yield case("CONV_2D", name, [noise((1, 4, 4, 2)), filters, *bias],
                   window_options("Conv2DOptions", "SAME", 1, 1))
        yield case("DEPTHWISE_CONV_2D", name, [noise((1, 4, 4, 2)), noise((1, 3, 3, 2)), *bias],
                   window_options("DepthwiseConv2DOptions", "SAME", 1, 1, ", depth_multiplier: 1"))
        yield case("TRANSPOSE_CONV", name, [i32(1, 4, 4, 3), filters, noise((1, 4, 4, 2)), *bias],
                   window_options("TransposeConvOptions", "SAME", 1))
        d3 = "Conv3DOptions{padding: SAME, stride_d: 1, stride_w: 1, stride_h: 1}"
        yield case("CONV_3D", name, [noise((1, 4, 4, 4, 2)), noise((2, 2, 2, 2, 3)), *bias], d3)
        yield case("CONV_3D_TRANSPOSE", name, [i32(1, 4, 4, 4, 3), noise((2, 2, 2, 3, 2)),
                   noise((1, 4, 4, 4, 2)), *bias], d3)
        yield case("FULLY_CONNECTED", name, [noise((3, 4)), noise((5, 4)), *bias],
                   "FullyConnectedOptions{}")
    for activation in ("RELU", "RELU6", "RELU_N1_TO_1", "TANH"):
        extra = f", fused_activation_function: {activation}"
        yield case("CONV_2D", activation, [noise((1, 4, 4, 2)), noise((3, 2, 2, 2), 1), noise((3,), 2)],
                   window_options("Conv2DOptions", "SAME", 1, 1, extra))
        yield case("MAX_POOL_2D", activation, [noise((1, 4, 4, 2))],
                   window_options("Pool2DOptions", "SAME", 1, None,
                                  extra + ", filter_width: 2, filter_height: 2"))
        yield case("TRANSPOSE_CONV", activation, [i32(1, 4, 4, 3), noise((3, 2, 2, 2), 1),
                   noise((1, 4, 4, 2)), noise((3,), 2)],
                   window_options("TransposeConvOptions", "SAME", 1, None, extra))
        yield case("CONV_3D", activation, [noise((1, 4, 4, 4, 2)), noise((2, 2, 2, 2, 3), 1),
                   noise((3,), 2)], "Conv3DOptions{padding: SAME, stride_d: 1, stride_w: 1, "
                   f"stride_h: 1{extra}}}")
        yield case("CONV_3D_TRANSPOSE", activation, [i32(1, 4, 4, 4, 3), noise((2, 2, 2, 3, 2), 1),
                   noise((1, 4, 4, 4, 2)), noise((3,), 2)], "Conv3DOptions{padding: SAME, "
                   f"stride_d: 1, stride_w: 1, stride_h: 1{extra}}}")
    for filter_size in (4, 5, 6, 8):
        yield case("CONV_2D", f"VALID filter {filter_size}", [noise((1, 4, 4, 2)),
                   noise((3, filter_size, 2, 2)), noise((3,))],
                   window_options("Conv2DOptions", "VALID", 1, 1))
    for dtype, q in each_dtype(NUMBERS):
        x = counting(dtype, (1, 2, 2, 2), quantized=q)
        options = window_options("Pool2DOptions", "SAME", 1, None,
                                 ", filter_width: 2, filter_height: 2")
        for op in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
            yield case(op, tag(dtype, q), [x], options, result_quantized=q, result_dtype=dtype)
        bias = Const("f32" if dtype in FLOATS else "i32", (1,), [0.0 if dtype in FLOATS else 0])
        yield case("CONV_2D", tag(dtype, q), [x, counting(dtype, (1, 1, 1, 2), quantized=q),
                   bias], window_options("Conv2DOptions", "SAME", 1, 1), result_quantized=q,
                   result_dtype=dtype)
        yield case("DILATE", tag(dtype, q), [x, i32(1, 2, 3, 1), Const(dtype, (), [9], q)],
                   result_quantized=q, result_dtype=dtype)
    for rank in range(1, 8):
        yield case("DILATE", f"rank {rank}", [counting("f32", (2,) * rank), i32(*(2,) * rank),
                   scalar("f32", 0.0)])


def matmul_cases():
    for keep in ("true", "false"):
        for shape in [(2, 3, 4), (4,), (1, 2, 3, 4), (2, 2)]:
            yield case("FULLY_CONNECTED", f"{shape} keep {keep}", [noise(shape), noise((5, 4), 1),
                       noise((5,), 2)], f"FullyConnectedOptions{{keep_num_dims: {keep}}}")
    for activation in ("NONE", "RELU", "RELU6", "RELU_N1_TO_1", "TANH", "SIGN_BIT"):
        yield case("FULLY_CONNECTED", activation, [noise((3, 4)), noise((5, 4), 1), None],
                   f"FullyConnectedOptions{{fused_activation_function: {activation}}}")
    shapes = [((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((2, 1, 3, 4), (6, 4, 5)),
              ((2, 1, 1, 3, 4), (2, 2, 4, 5)), ((1, 1, 1, 1, 3, 4), (4, 5)), ((2, 3, 4), (3, 4, 5)),
              ((4,), (4, 5)), ((3, 4), (5, 5))]
    for a, b in shapes:
        yield case("BATCH_MATMUL", f"{a} {b}", [noise(a), noise(b, 1)], "BatchMatMulOptions{}")
    for x, y in itertools.product(("true", "false"), repeat=2):
        a = (2, 4, 3) if x == "true" else (2, 3, 4)
        b = (2, 5, 4) if y == "true" else (2, 4, 5)
        yield case("BATCH_MATMUL", f"adjoint {x} {y}", [noise(a), noise(b, 1)],
                   f"BatchMatMulOptions{{adj_x: {x}, adj_y: {y}}}")
    for dtype, q in each_dtype(NUMBERS):
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        a, b = counting(dtype, (2, 2), quantized=q), counting(dtype, (2, 2), quantized=q)
        yield case("BATCH_MATMUL", tag(dtype, q), [a, b], "BatchMatMulOptions{}", **kwargs)
        yield case("FULLY_CONNECTED", tag(dtype, q), [a, b, None], "FullyConnectedOptions{}",
                   **kwargs)


def image_cases():
    flags = list(itertools.product(("true", "false"), repeat=2))
    for (align, half), size in itertools.product(flags, [(6, 9), (2, 2), (5, 3), (1, 1), (3, 7)]):
        for op, table in (("RESIZE_BILINEAR", "ResizeBilinearOptions"),
                          ("RESIZE_NEAREST_NEIGHBOR", "ResizeNearestNeighborOptions")):
            yield case(op, f"align {align} half {half} {size}", [noise((2, 3, 4, 2)), i32(*size)],
                       f"{table}{{align_corners: {align}, half_pixel_centers: {half}}}")
    for dtype, q in each_dtype():
        x = counting(dtype, (1, 2, 2, 1), quantized=q)
        kwargs = {"result_quantized": q, "result_dtype": dtype}
        yield case("RESIZE_BILINEAR", tag(dtype, q), [x, i32(4, 4)], "ResizeBilinearOptions{}",
                   **kwargs)
        yield case("RESIZE_NEAREST_NEIGHBOR", tag(dtype, q), [x, i32(4, 4)],
                   "ResizeNearestNeighborOptions{}", **kwargs)
    for length in [(4, 8), (1, 16), (3, 8), (1, 1), (2, 2)]:
        yield case("RFFT2D", f"{length}", [noise((2, 5, 9)), i32(*length)])
    boxes = Const("f32", (3, 4), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.9, 2.0, 2.0, 3.0, 3.0])
    scores = Const("f32", (3,), [0.9, 0.8, 0.7])
    rest = [scalar("i32", 4), scalar("f32", 0.5), scalar("f32", 0.1)]
    yield case("NON_MAX_SUPPRESSION_V4", "three", [boxes, scores, *rest], results=2)
    yield case("NON_MAX_SUPPRESSION_V5", "three", [boxes, scores, *rest, scalar("f32", 0.5)],
               results=3)


# ---- elementwise ----

PLAIN_BINARY = ["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "POW", "FLOOR_DIV", "FLOOR_MOD",
                "SQUARED_DIFFERENCE", "ATAN2", "BITWISE_XOR", "RIGHT_SHIFT", "EQUAL", "NOT_EQUAL",
                "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL", "LOGICAL_AND", "LOGICAL_OR"]
PLAIN_UNARY = ["ABS", "NEG", "SQUARE", "SQRT", "RSQRT", "EXP", "LOG", "SIN", "COS", "FLOOR", "CEIL",
               "ROUND", "SIGN", "LOGICAL_NOT", "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1",
               "TANH", "LOGISTIC", "ELU", "HARD_SWISH"]  # fmt: skip


def signed(dtype, values, shape=None):
    if dtype in FLOATS:
        values = [v * 0.75 for v in values]
    elif dtype.startswith("u") or dtype == "bool":
        values = [abs(v) for v in values]
    return Const(dtype, shape or (len(values),), values)


def binary_options(op):
    if op in ("ADD", "SUB"):
        return op.title() + "Options{pot_scale_int16: false}"
    return ""


def elementwise_cases():
    for op, dtype in itertools.product(PLAIN_BINARY, ALL[:-2]):
        a = signed(dtype, [-7, -3, 0, 3, 7, 5])
        b = signed(dtype, [2, -2, 3, -5, 4, 5])
        if op == "POW":
            a, b = signed(dtype, [2, 3, 1]), signed(dtype, [2, 1, 3])
        if op == "RIGHT_SHIFT":
            b = signed(dtype, [0, 1, 2, 3, 1, 2])
        yield case(op, dtype, [a, b], binary_options(op))
        yield case(op, dtype + " broadcast", [Const(dtype, (3, 1), a.values[:3]),
                   Const(dtype, (2,), b.values[:2])], binary_options(op))
    for op, rank in itertools.product(PLAIN_BINARY, range(1, 9)):
        for dtype in ("f32", "i32", "bool"):
            wide, narrow = (2,) * rank, (1,) + (2,) * (rank - 1)
            if rank > 2:
                narrow = (1, 2) * (rank // 2) + (1,) * (rank % 2)
            yield case(op, f"rank {rank} {dtype}", [counting(dtype, wide), counting(dtype, narrow)],
                       binary_options(op))
    for op in ("ADD", "SUB", "MUL", "DIV"):
        for activation in ("RELU", "RELU6", "RELU_N1_TO_1", "TANH", "SIGN_BIT"):
            for dtype in ("f32", "i32", "i64", "i16"):
                a, b = signed(dtype, [-7, -3, 0, 3, 7, 5]), signed(dtype, [2, -2, 3, -5, 4, 5])
                yield case(op, f"{activation} {dtype}", [a, b],
                           f"{op.title()}Options{{fused_activation_function: {activation}}}")
    for op, dtype in itertools.product(PLAIN_UNARY, ALL[:-2]):
        values = [1, 2, 3, 9] if op in ("SQRT", "RSQRT", "LOG") else [-9, -3, -1, 0, 1, 2, 7]
        yield case(op, dtype, [signed(dtype, values)])
    for value in (0.5, 1.5, 2.5, -0.5, -1.5):
        yield case("ROUND", f"{value}", [scalar("f32", value)])
    for dtype in ("i32", "i64", "f32"):
        a, b = signed(dtype, [-7, 7, -7, 7]), signed(dtype, [3, -3, -3, 3])
        for op in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
            yield case(op, f"{dtype} signs", [a, b], binary_options(op))
    for approximate in ("true", "false"):
        yield case("GELU", approximate, [noise((5,))], f"GeluOptions{{approximate: {approximate}}}")
    yield case("LEAKY_RELU", "0.3", [noise((5,))], "LeakyReluOptions{alpha: 0.3}")
    yield case("PRELU", "channels", [noise((2, 3)), noise((3,), 1)])
    for rank in range(1, 6):
        yield case("SOFTMAX", f"rank {rank}", [noise((2,) * rank)], "SoftmaxOptions{beta: 1.0}")
        yield case("LOG_SOFTMAX", f"rank {rank}", [noise((2,) * rank)])
        yield case("L2_NORMALIZATION", f"rank {rank}", [noise((2,) * rank)])
    for op in ("SELECT", "SELECT_V2"):
        for dtype in ALL[:-1]:
            yield case(op, dtype, [Const("bool", (3,), [1, 0, 1]), counting(dtype, (3,)),
                       counting(dtype, (3,), 5)])
        yield case(op, "rows", [Const("bool", (2,), [1, 0]), counting("f32", (2, 3)),
                   counting("f32", (2, 3), 9)])
        yield case(op, "scalar", [Const("bool", (), [1]), counting("f32", (2, 3)),
                   counting("f32", (2, 3), 9)])
        for rank in range(1, 9):
            yield case(op, f"rank {rank}", [Const("bool", (1,) * (rank - 1) + (2,), [1, 0]),
                       counting("f32", (2,) * rank), counting("f32", (2,) * (rank - 1) + (1,))])


# ---- reductions, casts, searches ----

IR_DTYPE = {"f32": "FLOAT32", "f16": "FLOAT16", "bf16": "BFLOAT16", "f64": "FLOAT64", "i8": "INT8",
            "i16": "INT16", "i32": "INT32", "i64": "INT64", "u8": "UINT8", "u16": "UINT16",
            "u32": "UINT32", "u64": "UINT64", "bool": "BOOL", "c64": "COMPLEX64",
            "c128": "COMPLEX128", "i4": "INT4"}  # fmt: skip


def reduction_cases():
    for op in ("SUM", "MEAN", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL"):
        for dtype, q in each_dtype(ALL[:-2]):
            x = counting(dtype, (2, 3), quantized=q)
            for keep in ("true", "false"):
                yield case(op, f"{tag(dtype, q)} keep {keep}", [x, i32(1)],
                           f"ReducerOptions{{keep_dims: {keep}}}", result_quantized=q,
                           result_dtype=dtype)
        dtype = "bool" if op in ("REDUCE_ANY", "REDUCE_ALL") else "f32"
        for axes in [(0,), (-1,), (0, 2), (0, 1, 2), (), (3,), (1, 1)]:
            yield case(op, f"axes {axes}", [counting(dtype, (2, 3, 2)), i32(*axes)],
                       "ReducerOptions{}")
        for rank in range(1, 9):
            yield case(op, f"rank {rank}", [counting(dtype, (2,) * rank), i32(0, rank - 1)],
                       "ReducerOptions{}")
    for op, table in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
        for dtype in ALL[:-2]:
            yield case(op, dtype, [signed(dtype, [1, 5, 5, -3, 2, -3], (2, 3)), scalar("i32", 1)],
                       f"{table}{{output_type: INT32}}")
        for axis in (-3, -1, 0, 2):
            yield case(op, f"axis {axis}", [noise((2, 3, 4)), scalar("i64", axis)],
                       f"{table}{{output_type: INT64}}")
    for exclusive, reverse, dtype in itertools.product(("true", "false"), ("true", "false"),
                                                       ALL[:-2]):
        yield case("CUMSUM", f"{exclusive} {reverse} {dtype}", [counting(dtype, (2, 3)),
                   scalar("i32", -1)], f"CumsumOptions{{exclusive: {exclusive}, reverse: {reverse}}}")
    for dtype in ALL[:-2]:
        yield case("TOPK_V2", dtype, [signed(dtype, [1, 5, 5, -3, 2, -3], (2, 3)), scalar("i32", 2)],
                   results=2)
    for source, target in itertools.product(ALL[:-2] + ["i4"], repeat=2):
        values = signed(source, [0, 1, 3, -2, 7, 100] if source != "i4" else [0, 1, 3, 2, 7, -5])
        yield case("CAST", f"{source} to {target}", [values],
                   f"CastOptions{{in_data_type: {IR_DTYPE[source]}, out_data_type: {IR_DTYPE[target]}}}",
                   result_dtype=target)
    fractions = Const("f32", (6,), [-2.7, -0.5, 0.5, 1.5, 2.9, 300.7])
    for target in INTEGERS + ["bool"]:
        yield case("CAST", f"fractions to {target}", [fractions],
                   f"CastOptions{{out_data_type: {IR_DTYPE[target]}}}", result_dtype=target)
    for op in ("SEGMENT_SUM",):
        for dtype in ALL[:-2]:
            yield case(op, dtype, [counting(dtype, (3, 2)), i32(0, 0, 2)])
    for op in ("SUM", "PROD", "MAX", "MIN"):
        for dtype in ALL[:-2]:
            yield case(f"UNSORTED_SEGMENT_{op}", dtype, [counting(dtype, (3, 2)), i32(2, 0, 2),
                       scalar("i32", 4)])


def all_cases():
    yield from shape_cases()
    yield from layout_cases()
    yield from slice_cases()
    yield from gather_cases()
    yield from conv_cases()
    yield from matmul_cases()
    yield from image_cases()
    yield from elementwise_cases()
    yield from reduction_cases()
