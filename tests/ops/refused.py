"""Cases that cannot be converted with the runtime's builtin ops, and cases in which the answers are
known to differ, each with the reason."""

import re

# What the operands of an op may be of but the kernels that it becomes may not. A pattern for a part
# of the row, the reason, and the ops.
REFUSED = [
    (
        r"=(double|complex128)\b",
        "the kernels compute nothing in float64, and float32 is not exact",
        """Abs Acos Acosh Add AddN AddV2 Angle ApproximateEqual ArgMax ArgMin Asin Asinh Atan Atan2
        Atanh BatchMatMul BatchMatMulV2 BatchMatMulV3 BatchToSpace BatchToSpaceND BiasAdd BiasAddV1
        Bincount Cast Ceil ClipByValue Complex Conj Conv Conv2D Conv2DBackpropInput Conv3D
        Conv3DBackpropInputV2 Cos Cosh Cross Cumprod Cumsum DenseBincount DepthwiseConv2dNative
        DepthwiseConv2dNativeBackpropInput Diag DiagPart Dilation2D Div DivNoNan Einsum Elu Equal Erf
        Erfc EuclideanNorm Exp Expm1 ExtractImagePatches FFT FFT2D FFT3D Floor FloorDiv FloorMod Greater
        GreaterEqual IFFT IFFT2D IFFT3D IRFFT IRFFT2D IRFFT3D Inv IsFinite IsInf IsNan L2Loss
        LeakyRelu Less LessEqual LinSpace ListDiff Log Log1p LogSoftmax LowerBound MatMul
        MatrixBandPart MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2
        MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 Max MaxPoolWithArgmax Maximum Mean
        Min Minimum Mod Mul MulNoNan Neg NotEqual OnesLike Pad PadV2 Pow Prod Range RealDiv
        Reciprocal RFFT RFFT2D RFFT3D Relu Relu6 Relu6Grad ReluGrad Reverse Rint Round Rsqrt
        ScatterNd SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum Selu Sigmoid SigmoidGrad
        Sign Sin Sinh Softmax Softplus Softsign SpaceToBatch SpaceToBatchND Sqrt Square
        SquaredDifference StridedSlice Sub Sum Tan Tanh TanhGrad TensorScatterAdd TensorScatterMax
        TensorScatterMin TensorScatterSub TensorScatterUpdate TensorStridedSliceUpdate TopK TopKV2
        TruncateDiv TruncateMod Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2
        UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum UpperBound
        Where Xdivy Xlog1py Xlogy""",
    ),
    (
        r"=(double|complex64|complex128)\b",
        "the kernels compute nothing in float64, and little in complex numbers",
        """AvgPoolGrad BatchCholesky BatchMatrixDeterminant BatchMatrixInverse BatchMatrixSolve
        BatchMatrixTriangularSolve BesselI0 BesselI0e BesselI1 BesselI1e BiasAddGrad Cholesky
        Conv2DBackpropFilter Conv3DBackpropFilterV2 CumulativeLogsumexp
        DepthwiseConv2dNativeBackpropFilter Digamma EluGrad Erfinv HistogramFixedWidth InvGrad
        LeakyReluGrad Lgamma LogMatrixDeterminant MatrixDeterminant MatrixInverse MatrixSolve
        MatrixTriangularSolve MaxPoolGrad MaxPoolGradV2 MaxPoolGradWithArgmax MirrorPadGrad Ndtri
        NextAfter NthElement Polygamma RaggedGather RaggedRange RaggedTensorToTensor ReciprocalGrad
        RsqrtGrad SeluGrad SoftmaxCrossEntropyWithLogits SoftplusGrad SoftsignGrad
        SparseDenseCwiseAdd SparseDenseCwiseDiv SparseDenseCwiseMul SparseReduceSum
        SparseSegmentMean SparseSegmentMeanWithNumSegments SparseSegmentSqrtN
        SparseSegmentSqrtNWithNumSegments SparseSegmentSum SparseSegmentSumWithNumSegments
        SparseSoftmaxCrossEntropyWithLogits SparseTensorDenseAdd SparseTensorDenseMatMul SqrtGrad
        Zeta""",
    ),
    (
        r"=complex64\b",
        "the kernels of complex numbers are few",
        """Acos Acosh Asin Asinh Atan Atanh BiasAdd BiasAddV1 ClipByValue Cos Cosh Cumprod Cumsum Diag
        DiagPart Div DivNoNan EuclideanNorm Exp Expm1 ExtractImagePatches Inv L2Loss Log Log1p
        MatrixBandPart MatrixDiag MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2
        MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 Mean MulNoNan Neg Pow Prod RealDiv
        Reciprocal Rsqrt Round ScatterNd SegmentMean SegmentProd SegmentSum Select SelectV2
        Sigmoid SigmoidGrad Sign Sin Sinh Sqrt Square StridedSlice Sum Tan Tanh TanhGrad
        TensorScatterAdd TensorScatterSub TensorScatterUpdate TensorStridedSliceUpdate
        UnsortedSegmentProd UnsortedSegmentSum Xdivy XlaPad Xlog1py Xlogy AddN AccumulateNV2""",
    ),
    (
        r"=string\b",
        "the kernels that move elements take no strings",
        """Add AddN AddV2 BatchToSpace BatchToSpaceND Concat ConcatV2 ConjugateTranspose DepthToSpace
        DynamicPartition DynamicStitch Gather MirrorPad Pack Pad PadV2 ParallelDynamicStitch
        RaggedGather RaggedTensorToTensor RandomShuffle ReverseSequence Reverse ReverseV2 Roll ScatterNd
        Select SelectV2 Slice SpaceToBatch SpaceToBatchND SpaceToDepth SparseFillEmptyRows SparseToDense SplitV StridedSlice TensorScatterUpdate
        TensorStridedSliceUpdate Tile Transpose Unique UniqueV2 UniqueWithCounts UniqueWithCountsV2
        ListDiff MatrixDiag MatrixDiagPart MatrixSetDiag MatrixBandPart""",
    ),
    (
        r"=uint64\b",
        "there is no wider integer to compute in",
        """ArgMax ArgMin BatchToSpace Cross Cumprod Cumsum Div FloorDiv FloorMod MatrixDiag
        MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag
        MatrixSetDiagV2 MatrixSetDiagV3 Max MaxPoolWithArgmax Min NthElement RealDiv RightShift SegmentMax
        SegmentMean SegmentMin SegmentProd SegmentSum Slice SpaceToBatch SparseDenseCwiseDiv TensorScatterMax
        TensorScatterMin TopK TopKV2 TruncateDiv UnsortedSegmentMax UnsortedSegmentMin
        UnsortedSegmentProd UnsortedSegmentSum""",
    ),
    (
        r"=u?int64\b|=uint32\b",
        "the kernels of segments take float32 and int32",
        """SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum TensorScatterMax TensorScatterMin
        UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum""",
    ),
    (
        r"=uint(16|32)\b",
        "the kernel of GATHER has not this type",
        """Cross MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3
        MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3""",
    ),
    (
        r"constant=(none|filter|s0)",
        "sizes, paddings and shapes that only the run tells",
        """BatchToSpace ConcatOffset Conv2DBackpropInput Conv3DBackpropInputV2
        DepthwiseConv2dNativeBackpropInput SpaceToBatch TensorStridedSliceUpdate""",
    ),
    (r"sizes=(batch|all)", "its indices need all sizes", "MaxPoolWithArgmax"),
    (r"rank=[56]", "paddings that are not known bind the kernel's ranks", "BatchToSpaceND SpaceToBatchND"),
    (r"rank=6", "the kernel takes 5 axes", "Pad PadV2 StridedSlice TensorStridedSliceUpdate"),
    (r"grouped=True", "grouped convolutions are of floats", "Conv2D"),
    (r"=u?int\d+", "the kernel of SQRT takes floats", "EuclideanNorm"),
    (r"sizes=", "what runs along a free axis has no fixed number of steps", "Cumprod CumulativeLogsumexp"),
    (r"=int64\b", "a power of int64 does not fit the kernel's int32", "Pow"),
]

# Answers that differ from TensorFlow's. What the conversion does wrong stands here until it is
# mended; the rest is the runtime's.
DIFFERENT = [
    (r"T=int64", "quotients beyond 2^53 are rounded", "FloorDiv"),
    (r"T=(half|bfloat16)", "the sum x + 1 is rounded before its logarithm is taken", "Log1p"),
    (r"T=bfloat16", "a quotient near a whole number is rounded before it is cut", "TruncateDiv"),
    (r"T=u?int", "TensorFlow's own kernel gives zeros", "Round"),
    (r"T=complex64", "the imaginary part is lost on the way through float32", "Sigmoid Tanh"),
    (r"sizes=to empty", "XNNPACK leaves elements unset after a run without any", "Polygamma Zeta"),
    (r"T=(half|bfloat16)", "TensorFlow rounds each step to the narrow type", "SoftsignGrad SparseReduceSum"),
    (r"T=half.*sigma=0.5", "the kernel selects a box twice once scores decay", "NonMaxSuppressionV5"),
    (r"=double", "the kernel gives complex64", "RFFT RFFT2D RFFT3D"),
    (r"T=complex64", "the difference is squared without its conjugate", "SquaredDifference"),
    (r"rank=0", "the kernel of TRANSPOSE reads a scalar wrong", "ConjugateTranspose Transpose"),
    (r"rank=6, sizes=batch", "sizes of three blocks and a free batch take minutes", "BatchToSpaceND"),
    (r"T=string", "the parts keep the first size of a free axis", "Unpack"),
    (r"T=bfloat16", "an empty segment holds the largest float32, which is infinite", "UnsortedSegmentM(in|ax)"),
    (r"negative=True", "the kernel refuses the index of a segment that is left out", "UnsortedSegmentSum"),
    (
        r"constant=all",
        "XNNPACK cannot dequantize a constant into an output",
        "FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel",
    ),
]


def reason(case, kind, row):
    """Why the case is known to be refused or wrong, or None."""
    op = case.rsplit("-", 1)[0]
    for pattern, why, ops in REFUSED if kind == "refused" else DIFFERENT:
        if re.search(pattern, row) and any(re.fullmatch(name, op) for name in ops.split()):
            return why
    return None
