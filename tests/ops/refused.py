"""Cases that cannot be converted with the runtime's builtin ops, and cases in which the answers are
known to differ, each with the reason."""

import collections
import re

# What the operands of an op may be of but the kernels that it becomes may not. A pattern for a part
# of the row, the reason, and the ops.
REFUSED = [
    (
        r"=(double|complex128)\b",
        "the kernels compute nothing in float64, and float32 is not exact",
        """Abs Acos Acosh Add AddN AddV2 Angle ApproximateEqual ArgMax ArgMin Asin Asinh Atan
        Atanh BatchMatMul BatchMatMulV2 BatchMatMulV3 BatchToSpaceND BiasAdd BiasAddV1
        Bincount Cast Ceil ClipByValue Complex Conj Conv Conv2D Conv2DBackpropInput Conv3D
        Conv3DBackpropInputV2 Cos Cosh Cross Cumprod Cumsum DenseBincount
        DepthwiseConv2dNative DepthwiseConv2dNativeBackpropInput Div DivNoNan Einsum Elu
        Equal Erf Erfc EuclideanNorm Exp Expm1 FFT FFT2D FFT3D Floor FloorDiv FloorMod
        Greater GreaterEqual IFFT IFFT2D IFFT3D IRFFT IRFFT2D IRFFT3D Inv IsFinite IsInf
        IsNan L2Loss LeakyRelu Less LessEqual ListDiff Log Log1p LogSoftmax LowerBound
        MatMul Max MaxPoolWithArgmax QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
        QuantizeAndDequantizeV4 Maximum Mean Min Minimum Mod Mul MulNoNan Neg NotEqual Pow
        Prod Range RealDiv Reciprocal RFFT RFFT2D RFFT3D Relu Relu6 Relu6Grad ReluGrad Rint
        Round Rsqrt ScatterNd SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum Selu
        Sigmoid SigmoidGrad Sign Sin Sinh Softmax Softplus Softsign SpaceToBatchND Sqrt
        Square SquaredDifference StridedSlice Sub Sum Tan Tanh TanhGrad TensorScatterAdd
        TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate
        TensorStridedSliceUpdate TopKV2 TruncateDiv TruncateMod UnsortedSegmentMax
        UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum UpperBound InplaceAdd
        InplaceSub InplaceUpdate ResizeNearestNeighborGrad StatelessRandomNormal
        StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformV2
        StatelessTruncatedNormal StatelessTruncatedNormalV2 TridiagonalMatMul Where Xdivy
        Xlog1py Xlogy FusedPadConv2D FusedResizeAndPadConv2D ScatterNdNonAliasingAdd""",
    ),
    (
        r"=(double|complex64|complex128)\b",
        "the kernels compute nothing in float64, and little in complex numbers",
        """AvgPool BesselI0 BesselI0e BesselI1 BesselI1e BiasAddGrad Cholesky CTCGreedyDecoder
        CumulativeLogsumexp Digamma EluGrad Erfinv HSVToRGB HistogramFixedWidth InvGrad
        LeakyReluGrad Lgamma LogMatrixDeterminant MatrixDeterminant MatrixInverse
        MatrixSolve MatrixTriangularSolve MaxPool MaxPoolGrad MaxPoolGradV2 MaxPoolV2
        MaxPoolGradWithArgmax MirrorPadGrad Ndtri NextAfter NthElement Polygamma RGBToHSV
        RaggedRange ReciprocalGrad RsqrtGrad SeluGrad SoftplusGrad SoftsignGrad
        SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul SparseReduceSum
        SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN
        SparseSegmentSqrtNWithNumSegments SparseSegmentSum SparseSegmentSumWithNumSegments
        SparseTensorDenseAdd SparseTensorDenseMatMul SqrtGrad TridiagonalSolve Zeta
        SparseFillEmptyRowsGrad SparseSegmentMeanGrad SparseSegmentSqrtNGrad
        SparseSegmentSumGrad""",
    ),
    (
        r"=complex128\b",
        "no kernel moves elements of 16 bytes",
        "Diag DiagPart ExtractImagePatches OnesLike Reverse ReverseV2",
    ),
    (
        r"=complex64\b",
        "a product along an axis, and what has no meaning for pairs",
        """ClipByValue Prod SegmentProd UnsortedSegmentProd""",
    ),
    (
        r"=string\b",
        "the kernels that move elements take no strings",
        """BroadcastTo GatherV2 OneHot ParallelConcat Split Add Concat ConcatV2
        ConjugateTranspose DepthToSpace DynamicStitch Gather MirrorPad Pack Pad PadV2
        ParallelDynamicStitch RaggedGather RaggedTensorToTensor RandomShuffle
        ReverseSequence Reverse ReverseV2 Roll ScatterNd Select SelectV2 Slice SpaceToDepth
        SparseFillEmptyRows SparseToDense SplitV TensorScatterUpdate
        TensorStridedSliceUpdate Transpose Unique UniqueV2 UniqueWithCounts
        UniqueWithCountsV2 InplaceUpdate StridedSliceGrad""",
    ),
    (
        r"=string\b.*(rank=4.*batch_dims=1|rank=2.*sizes=batch.*index_rank=2)",
        "GATHER takes strings of rank 1 alone",
        "ResourceGather",
    ),
    (
        r"=uint64\b",
        "there is no wider integer to compute in",
        """Mean ArgMax ArgMin Div FloorDiv FloorMod Max Min NthElement
        RightShift SegmentMean SparseDenseCwiseDiv TopKV2 TruncateDiv""",
    ),
    (
        r"\bT=u?int64\b",
        "a product of 64-bit integers over a segment is no sum of others",
        "SegmentProd UnsortedSegmentProd",
    ),
    (
        r"constant=(none|filter|s0)",
        "sizes, paddings and shapes that only the run tells",
        """ConcatOffset Conv2DBackpropInput Conv3DBackpropInputV2
        DepthwiseConv2dNativeBackpropInput TensorStridedSliceUpdate""",
    ),
    (r"rank=[56]", "paddings that are not known bind the kernel's ranks", "BatchToSpaceND SpaceToBatchND"),
    (
        r"rank=6.*constant=(none|begin|size)",
        "the kernel takes 5 axes, and which of six are padded or cut only the run tells",
        "Pad PadV2 Slice",
    ),
    (
        r"rank=6.*constant=(none|begin|end|strides)",
        "the kernel takes 5 axes, and which of six are cut only the run tells",
        "StridedSlice",
    ),
    (
        r"part=new axes.*constant=(none|begin|end)",
        "the kernel takes 5 axes with the new ones, and only the run tells which are cut",
        "StridedSlice",
    ),
    (r"T=bool", "a sum of truth values", "ScatterNdNonAliasingAdd"),
    (r"T=string.*form=scalar", "the truth of a text", "ToBool"),
    (r"T=int32.*grouped=True", "grouped convolutions are of floats", "Conv2D"),
]

# Answers that differ from TensorFlow's on purpose, or because of the runtime.
DIFFERENT = [
    (
        r"T=complex64.*sizes=(to )?empty",
        "of no complex numbers TensorFlow's mean is zero, of no floats it is not a number",
        "Mean",
    ),
    (
        r"signed_input=False, range_given=False",
        "TensorFlow divides zero by zero where no element is positive",
        "QuantizeAndDequantizeV3 QuantizeAndDequantizeV4",
    ),
    (
        r"sizes=to empty",
        "the kernel that writes a row of a list is prepared for none without rows",
        "Cumprod CumulativeLogsumexp",
    ),
    (r"sizes=to empty", "XNNPACK leaves elements unset after a run without any", "Polygamma Zeta"),
    (r"T=bfloat16", "TensorFlow rounds each step to the narrow type", "SoftsignGrad"),
    (r"T=(half|bfloat16)", "TensorFlow rounds each step to the narrow type", "SparseReduceSum"),
    (
        r"T=u?int",
        "the kernel behind tf.round, which hands integers on, makes zeros of them",
        "Round",
    ),
    (
        r"T=half.*sigma=0.5",
        "TensorFlow lets scores decay in float16, where other ones become equal",
        "NonMaxSuppressionV5",
    ),
    (r"rank=6, sizes=batch", "sizes of three blocks and a free batch take minutes", ""),
]

LISTS = {"refused": REFUSED, "wrong": DIFFERENT}


def op_of(case):
    return case.rsplit("-", 1)[0]


def _covering(kind, case, row):
    """The entries that excuse a case, as (pattern, why, op)."""
    op = op_of(case)
    for pattern, why, ops in LISTS[kind]:
        if op in ops.split() and re.search(pattern, row):
            yield pattern, why, op


def reason(case, kind, row):
    """Why the case is known to be refused or wrong, or None."""
    return next((why for _, why, _ in _covering(kind, case, row)), None)


# An entry may cover cases that are right, because they move nothing, say, but not many more than it
# excuses.
MOST_RIGHT = 6


def is_folded_or_empty(row):
    """Cases in which what is refused elsewhere does not matter."""
    return "constant=all" in row or "empty" in row


def too_wide(results):
    """What the entries say of cases that are converted right."""
    right, excused = collections.defaultdict(list), collections.Counter()
    for result in results:
        for kind in LISTS:
            for pattern, _, op in _covering(kind, result["case"], result["row"]):
                excused[kind, pattern, op] += result["kind"] == kind
                if result["kind"] == "right" and not is_folded_or_empty(result["row"]):
                    right[kind, pattern, op].append(result)
    for (kind, pattern, op), those in right.items():
        if len(those) > MOST_RIGHT * excused[kind, pattern, op]:
            first = those[0]
            yield (
                f'{op} r"{pattern}" is {kind}, but {len(those)} cases are right:'
                f" {first['case']} with {first['row']}"
            )


def idle(results):
    """The entries, op by op, that excuse no case of a complete run."""
    needed = {
        (result["kind"], pattern, op)
        for result in results
        if result["kind"] in LISTS
        for pattern, _, op in _covering(result["kind"], result["case"], result["row"])
    }
    for kind, entries in LISTS.items():
        for pattern, _, ops in entries:
            for op in ops.split():
                if (kind, pattern, op) not in needed:
                    yield f"{op} r\"{pattern}\" stands among what is {kind}, but no case is"
