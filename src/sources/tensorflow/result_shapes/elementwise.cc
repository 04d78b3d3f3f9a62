// Ops whose results have the shape of an operand, or what their operands broadcast to.
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Shape;

ResultShapes broadcast_all(const ForeignNode& n) {
  Shape all;
  for (std::size_t i = 0; i < n.operands.size(); ++i)
    all = ir::broadcast(all, n.shape(i)).value_or(Shape::unranked());
  return {all};
}

// Results that have the shapes of the operands of the same numbers.
ResultShapes like_each(const ForeignNode& n) {
  ResultShapes shapes;
  for (std::size_t i = 0; i < n.operands.size(); ++i) shapes.push_back(n.shape(i));
  return shapes;
}

ResultShapes scalars(const ForeignNode& n) { return ResultShapes(n.node.output_count(), Shape()); }

constexpr ShapeRule kElementwiseShapes[] = {
    {"Abs Acos Acosh Angle Asin Asinh Atan Atanh AdjustContrast AdjustContrastv2 AdjustHue "
     "AdjustSaturation BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselJ1 BesselK0 BesselK0e "
     "BesselK1 BesselK1e BesselY0 BesselY1 BiasAdd BiasAddV1 Bucketize Cast Ceil CheckNumerics "
     "CheckNumericsV2 ClipByValue ComplexAbs Conj Cos Cosh Cumprod Cumsum CumulativeLogsumexp "
     "Dawsn DebugGradientIdentity DeepCopy Dequantize Digamma Elu EnsureShape Erf Erfc Erfinv Exp "
     "Expint Expm1 FFT FFT2D FFT3D FakeQuantWithMinMaxArgs FakeQuantWithMinMaxArgsGradient "
     "FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel Floor FresnelCos FresnelSin "
     "HSVToRGB IFFT IFFT2D IFFT3D Imag InplaceAdd InplaceSub InplaceUpdate Inv Invert "
     "InvertPermutation IsFinite IsInf IsNan LRN LeakyRelu Lgamma Log Log1p LogSoftmax LogicalNot "
     "MatrixBandPart MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3 Ndtri Neg OnesLike "
     "PopulationCount PreventGradient Print QuantizeAndDequantize QuantizeAndDequantizeV2 "
     "QuantizeAndDequantizeV3 QuantizeAndDequantizeV4 RGBToHSV RandomShuffle Real Reciprocal Relu "
     "Relu6 Reverse ReverseSequence ReverseV2 Rint Roll Round Rsqrt Selu Sigmoid Sign Sin Sinh "
     "Softmax Softplus Softsign Spence Sqrt Square StopGradient Tan Tanh TensorScatterAdd "
     "TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate ZerosLike "
     "TensorStridedSliceUpdate ScatterNdNonAliasingAdd",
     like<0>},
    {"EluGrad InvGrad LeakyReluGrad ReciprocalGrad Relu6Grad ReluGrad RsqrtGrad SeluGrad "
     "SigmoidGrad SoftplusGrad SoftsignGrad SqrtGrad TanhGrad MaxPoolGrad MaxPoolGradV2 "
     "MaxPool3DGrad MaxPoolGradWithArgmax",
     like<0>},
    {"MaxPoolGradGrad MaxPoolGradGradV2 MaxPool3DGradGrad", like<1>},
    {"Add AddN AddV2 ApproximateEqual Atan2 Betainc BitwiseAnd BitwiseOr BitwiseXor Complex Div "
     "DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Igamma IgammaGradA Igammac LeftShift "
     "Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul MulNoNan NextAfter NotEqual "
     "Polygamma Pow RealDiv RightShift SelectV2 SquaredDifference Sub TruncateDiv TruncateMod "
     "Xdivy Xlog1py Xlogy Zeta",
     broadcast_all},
    {"Select", like<1>},
    {"IdentityN", like_each},
    {"Rank Size StatelessRandomGetAlg Timestamp", scalars},
};

}  // namespace

std::span<const ShapeRule> elementwise() { return kElementwiseShapes; }

}  // namespace litecast::tensorflow::shapes
