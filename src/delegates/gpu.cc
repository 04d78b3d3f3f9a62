#include "delegates/gpu.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "delegates/gpu_node.h"

namespace litecast::delegates {
namespace {

using ir::DType;
using ir::Op;

struct Problem {
  std::string reason;
  std::string remedy = {};
};
using Verdict = std::optional<Problem>;
using Condition = Verdict (*)(const GpuNode& node);

std::string in_words(DType dtype) {
  std::string name = tflite::EnumNameTensorType(dtype);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c | 32 : c; });
  return name;
}

std::string in_words(const Sizes& sizes) { return fmt::format("[{}]", fmt::join(sizes, ",")); }

// ---- How many operands and results ----

Verdict needs(const GpuNode& node, std::string_view what) {
  return Problem{fmt::format("it takes {}, not {} operands that are computed and {} constants",
                             what, node.computed(), node.constants())};
}

template <int kCount>
Verdict computed(const GpuNode& node) {
  if (node.computed() == kCount) return {};
  return needs(
      node, fmt::format("{} operand{} computed", kCount, kCount == 1 ? " that is" : "s that are"));
}

template <int kCount>
Verdict constants(const GpuNode& node) {
  if (node.constants() == kCount) return {};
  return needs(node, fmt::format("{} constant{}", kCount, kCount == 1 ? "" : "s"));
}

template <int kCount>
Verdict operands(const GpuNode& node) {
  if (node.operands() == kCount) return {};
  return Problem{fmt::format("it takes {} operands, not {}", kCount, node.operands())};
}

template <int kCount>
Verdict at_least(const GpuNode& node) {
  for (int i = 0; i < kCount; ++i)
    if (!node.has(i)) return Problem{fmt::format("its operand {} is missing", i)};
  return {};
}

template <int kCount>
Verdict results(const GpuNode& node) {
  if (node.results() == kCount) return {};
  return Problem{
      fmt::format("it gives {} result{}, not {}", kCount, kCount == 1 ? "" : "s", node.results())};
}

// Either both operands are computed, or one of them.
Verdict one_or_two_computed(const GpuNode& node) {
  const auto counts = std::pair(node.computed(), node.constants());
  if (counts == std::pair(2, 0) || counts == std::pair(1, 1)) return {};
  return needs(node, "two operands of which one may be a constant");
}

Verdict at_most_two_computed(const GpuNode& node) {
  if (node.computed() <= 2) return {};
  return Problem{fmt::format("it takes two operands that are computed, not {}", node.computed()),
                 "make the weights or the bias a constant"};
}

// ---- What the options say ----

Verdict activation_is(const GpuNode& node, tflite::ActivationFunctionType activation) {
  if (activation != tflite::ActivationFunctionType::SIGN_BIT) return {};
  return Problem{fmt::format("it computes no SIGN_BIT behind {}", ir::name(node.op()))};
}

template <class T>
Verdict activation(const GpuNode& node) {
  return activation_is(node, node.as<T>().fused_activation_function);
}

Verdict positive(std::string_view what, std::int64_t h, std::int64_t w) {
  if (h > 0 && w > 0) return {};
  return Problem{fmt::format("it takes {} above zero, not {} and {}", what, h, w)};
}

template <class T>
Verdict strides(const GpuNode& node) {
  return positive("strides", node.as<T>().stride_h, node.as<T>().stride_w);
}

template <class T>
Verdict dilations(const GpuNode& node) {
  return positive("dilations", node.as<T>().dilation_h_factor, node.as<T>().dilation_w_factor);
}

Verdict window(const GpuNode& node) {
  const auto& options = node.as<tflite::Pool2DOptionsT>();
  return positive("windows", options.filter_height, options.filter_width);
}

template <class T>
Verdict blocks(const GpuNode& node) {
  if (node.as<T>().block_size > 1) return {};
  return Problem{fmt::format("it takes blocks of two or more, not {}", node.as<T>().block_size)};
}

Verdict reflects(const GpuNode& node) {
  if (node.as<tflite::MirrorPadOptionsT>().mode == tflite::MirrorPadMode::REFLECT) return {};
  return Problem{"it mirrors without the border alone", "pad with the mode REFLECT"};
}

Verdict plain_softmax(const GpuNode& node) {
  const float beta = node.as<tflite::SoftmaxOptionsT>().beta;
  if (beta == 1) return {};
  return Problem{fmt::format("it computes a softmax with beta 1, not {}", beta),
                 "multiply what the softmax takes by that number instead"};
}

Verdict one_alignment(const GpuNode& node) {
  const auto& options = node.as<tflite::ResizeBilinearOptionsT>();
  if (!options.align_corners || !options.half_pixel_centers) return {};
  return Problem{"it aligns corners or uses the centers of pixels, not both"};
}

Verdict plain_weights(const GpuNode& node) {
  if (node.as<tflite::FullyConnectedOptionsT>().weights_format ==
      tflite::FullyConnectedOptionsWeightsFormat::DEFAULT)
    return {};
  return Problem{"it takes weights in their plain order alone"};
}

Verdict plain_slice(const GpuNode& node) {
  const auto& options = node.as<tflite::StridedSliceOptionsT>();
  const char* what = options.ellipsis_mask      ? "an ellipsis"
                     : options.new_axis_mask    ? "a new axis"
                     : options.shrink_axis_mask ? "an index that drops an axis"
                                                : nullptr;
  if (what == nullptr) return {};
  return Problem{fmt::format("it cuts without {}", what),
                 "write x[:, 2:3] and a reshape for x[:, 2]"};
}

// ---- Types and sizes of operands ----

template <int kOperand>
Verdict stored_i32(const GpuNode& node) {
  if (!node.has(kOperand) || !node.is_constant(kOperand))
    return Problem{"it takes axes that are constant"};
  if (node.dtype(kOperand) == DType::INT32) return {};
  return Problem{fmt::format("it takes axes of int32, not {}", in_words(node.dtype(kOperand)))};
}

template <int kOperand>
Verdict list_of_i32(const GpuNode& node) {
  const Sizes sizes = node.sizes(kOperand);
  if (sizes.size() != 1)
    return Problem{fmt::format("it takes indices in a list, not of rank {}", sizes.size()),
                   "reshape the indices to one axis, and the result back"};
  if (node.dtype(kOperand) == DType::INT32) return {};
  return Problem{fmt::format("it takes indices of int32, not {}", in_words(node.dtype(kOperand))),
                 "cast the indices to int32"};
}

Verdict image_or_volume(const GpuNode& node) {
  const std::size_t rank = node.sizes(0).size();
  if (rank == 3 || rank == 4) return {};
  return Problem{fmt::format("it cuts tensors of rank 3 and 4, not {}", rank),
                 "add axes of size 1 in front before it, and drop them behind it"};
}

Verdict paddings(const GpuNode& node) {
  const Sizes sizes = node.sizes(1);
  if (sizes == Sizes{3, 2} || sizes == Sizes{4, 2}) return {};
  return Problem{
      fmt::format("it pads tensors of rank 3 and 4, with paddings of {}", in_words(sizes)),
      "add axes of size 1 in front before it, and drop them behind it"};
}

// At the last axis first; none of the sizes or one of them is 1.
Verdict broadcasts(const GpuNode& node) {
  const Sizes a = node.sizes(0);
  const Sizes b = node.sizes(1);
  if (a.size() < 2 || b.size() < 2 || a.size() == b.size()) return {};
  for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i) {
    const std::int64_t x = a[a.size() - i];
    const std::int64_t y = b[b.size() - i];
    if (x != y && x != 1 && y != 1)
      return Problem{fmt::format("it does not broadcast {} and {}", in_words(a), in_words(b))};
  }
  return {};
}

Verdict casts(const GpuNode& node) {
  const DType from = node.dtype(0);
  const DType to = node.result_dtype();
  const auto is_float = [](DType d) { return d == DType::FLOAT32 || d == DType::FLOAT16; };
  const auto is_number = [](DType d) { return d == DType::FLOAT32 || d == DType::INT32; };
  if ((from == DType::BOOL && is_float(to)) || (is_float(from) && to == DType::BOOL)) return {};
  if (is_number(from) && is_number(to)) return {};
  return Problem{
      fmt::format("it casts between float32 and int32, and between bool and a float, not {} to {}",
                  in_words(from), in_words(to)),
      "use float32 and int32 in this part of the model"};
}

// Elements stay what they are: with wider ones an axis goes, with narrower ones one comes.
Verdict bitcasts(const GpuNode& node) {
  const int from = ir::byte_width(node.dtype(0));
  const int to = ir::byte_width(node.result_dtype());
  if (from == 0 || to == 0)
    return Problem{fmt::format("it does not reinterpret {} as {}", in_words(node.dtype(0)),
                               in_words(node.result_dtype()))};
  Sizes wider = from >= to ? node.sizes(0) : node.result_sizes();
  if (from != to) wider.push_back(std::max(from, to) / std::min(from, to));
  const Sizes narrower = from >= to ? node.result_sizes() : node.sizes(0);
  if (wider == narrower) return {};
  return Problem{fmt::format("it does not reinterpret {} as {}", in_words(node.sizes(0)),
                             in_words(node.result_sizes()))};
}

Verdict depthwise(const GpuNode& node) {
  const Sizes x = node.sizes(0);
  const Sizes filter = node.sizes(1);
  const Sizes y = node.result_sizes();
  if (x.size() != 4 || filter.size() != 4 || y.size() != 4)
    return Problem{"it takes an image, a filter and a result of rank 4"};
  if (x[0] != y[0]) return Problem{"it keeps the size of the batch"};
  const std::int64_t multiplier = node.as<tflite::DepthwiseConv2DOptionsT>().depth_multiplier;
  if (filter[3] != y[3] || y[3] != x[3] * multiplier)
    return Problem{
        fmt::format("it takes {} channels times {} to {} of the filter and {} of the result", x[3],
                    multiplier, filter[3], y[3])};
  if (node.has(2) && elements_of(node.sizes(2)) != y[3])
    return Problem{fmt::format("it takes a bias for each of {} channels, not {}", y[3],
                               elements_of(node.sizes(2)))};
  return {};
}

Verdict cumulates(const GpuNode& node) {
  const DType x = node.dtype(0);
  if ((x != DType::FLOAT32 && x != DType::FLOAT16) || node.result_dtype() != x)
    return Problem{fmt::format("it sums up float32 and float16, not {}", in_words(x)),
                   "cast to float32"};
  return stored_i32<1>(node);
}

Verdict not_of_i16(const GpuNode& node) {
  if (node.dtype(0) != DType::INT16) return {};
  return Problem{"it takes no quantized int16"};
}

Verdict looks_up(const GpuNode& node) {
  const Sizes ids = node.sizes(0);
  const Sizes table = node.sizes(1);
  const Sizes y = node.result_sizes();
  if (ids.size() != 1)
    return Problem{fmt::format("it looks up a list of rows, not of rank {}", ids.size()),
                   "reshape the indices to one axis, and the result back"};
  if (table.size() < 2 || table.size() != y.size() ||
      !std::equal(table.begin() + 1, table.end(), y.begin() + 1))
    return Problem{
        fmt::format("it takes no rows of {} out of a table of {}", in_words(y), in_words(table))};
  const DType dtype = node.dtype(1);
  if (dtype == DType::FLOAT32 || dtype == DType::INT8 || dtype == DType::INT4 ||
      dtype == DType::INT2)
    return {};
  return Problem{fmt::format("it looks up float32, int8, int4 and int2, not {}", in_words(dtype))};
}

Verdict updates_slice(const GpuNode& node) {
  if (node.dtype(0) != node.dtype(1) || node.sizes(0).size() != node.sizes(1).size())
    return Problem{"it takes a slice of the type and rank of the tensor"};
  return list_of_i32<2>(node);
}

Verdict dense(const GpuNode& node) {
  if (node.is_constant(0))
    return Problem{"it multiplies what is computed with weights, not a constant",
                   "swap the operands of the product, and transpose them"};
  if (!node.as<tflite::FullyConnectedOptionsT>().keep_num_dims ||
      node.sizes(0).size() == node.result_sizes().size())
    return {};
  return Problem{fmt::format("it keeps the rank, and does not make {} of {}",
                             in_words(node.result_sizes()), in_words(node.sizes(0)))};
}

Verdict recurs(const GpuNode& node) {
  const auto& options = node.as<tflite::LSTMOptionsT>();
  const bool is_tanh = options.fused_activation_function == tflite::ActivationFunctionType::TANH;
  if (!is_tanh) return Problem{"it computes recurrent cells with tanh alone"};
  if (options.kernel_type == tflite::LSTMKernelType::FULL) {
    if (node.operands() != 20 && node.operands() != 24)
      return Problem{fmt::format("it takes 20 or 24 operands, not {}", node.operands())};
    return results<1>(node);
  }
  if (auto problem = computed<3>(node)) return problem;
  if (auto problem = constants<2>(node)) return problem;
  if (auto problem = results<4>(node)) return problem;
  if (options.cell_clip != 0 || options.proj_clip != 0)
    return Problem{"it computes recurrent cells without limits of their values"};
  const Sizes gates = node.result_sizes(3);
  if (!gates.empty() && gates.back() % 4 == 0) return {};
  return Problem{fmt::format("it takes four gates, not {}", in_words(gates))};
}

Verdict one_hot(const GpuNode& node) {
  if (node.dtype(0) != DType::INT32)
    return Problem{fmt::format("it takes indices of int32, not {}", in_words(node.dtype(0))),
                   "cast the indices to int32"};
  // It compares an axis that is counted from the front with a size, so that none is safe.
  if (node.as<tflite::OneHotOptionsT>().axis != -1)
    return Problem{"it puts the classes along the last axis alone, written as -1"};
  const Sizes x = node.sizes(0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    if (x[i] != 1 && (i != 0 || x.size() < 4))
      return Problem{
          fmt::format("it takes indices along the last axis, and of rank 4 in batches, not {}",
                      in_words(x)),
          "reshape the indices to one axis, and the result back"};
  for (const int i : {2, 3})
    if (node.dtype(i) != DType::FLOAT32 || !node.is_constant(i) || node.sizes(i).size() > 1 ||
        elements_of(node.sizes(i)) > 1)
      return Problem{"it takes constant numbers of float32 for what is hot and what is not"};
  return {};
}

Verdict selects(const GpuNode& node) {
  const DType condition = node.dtype(0);
  if (condition != DType::BOOL && condition != DType::FLOAT32 && condition != DType::FLOAT16)
    return Problem{
        fmt::format("it takes a condition of bool or a float, not {}", in_words(condition))};
  const Sizes y = node.result_sizes();
  for (const int i : {1, 2}) {
    const Sizes x = node.sizes(i);
    if (x != y && x.size() > 0 && (x.size() > 1 || x[0] > 1))
      return Problem{
          fmt::format("it selects from numbers and from tensors of the result's sizes {}, not {}",
                      in_words(y), in_words(x)),
          "broadcast both to these sizes before"};
    if (x.size() == 2 && node.is_constant(i))
      return Problem{"it does not select from constants of rank 2",
                     "give the constant a batch of size 1"};
  }
  return {};
}

Verdict clamps(const GpuNode& node) {
  for (const int i : {0, 2}) {
    if (node.dtype(i) != node.dtype(1))
      return Problem{"it clamps between bounds of the tensor's type"};
    if (node.sizes(i) != node.sizes(1) && elements_of(node.sizes(i)) != 1)
      return Problem{"it clamps between numbers, or bounds of the tensor's sizes"};
  }
  return {};
}

Verdict axes_of_all(const GpuNode& node) {
  if (auto problem = list_of_i32<1>(node)) return problem;
  if (node.sizes(1)[0] == static_cast<std::int64_t>(node.sizes(0).size())) return {};
  return Problem{"it takes a place for each axis"};
}

Verdict cube_root(const GpuNode& node) {
  const DType x = node.dtype(0);
  const bool is_float = x == DType::FLOAT16 || x == DType::FLOAT32 || x == DType::BFLOAT16;
  if (is_float && node.result_dtype() == x) return {};
  return Problem{fmt::format("it takes floats, not {}", in_words(x))};
}

// ---- The table ----

struct Rule {
  Op op;
  // In this order: each relies on those before it.
  std::vector<Condition> conditions;
};

constexpr Condition kOneActivation = activation<tflite::Pool2DOptionsT>;

std::vector<Rule> make_rules() {
  const std::vector<Condition> free = {};
  const std::vector<Condition> unary = {computed<1>, constants<0>, results<1>};
  const std::vector<Condition> binary = {one_or_two_computed, results<1>};
  const std::vector<Condition> moves = {computed<1>, results<1>};
  const std::vector<Condition> reduces = {computed<1>, results<1>, stored_i32<1>};
  const std::vector<Condition> pools = {computed<1>, results<1>, window,
                                        strides<tflite::Pool2DOptionsT>, kOneActivation};
  const std::vector<Condition> chooses = {operands<3>, at_least<3>, results<1>, selects};
  const std::vector<Condition> pads = {computed<1>, results<1>, at_least<2>, paddings};
  return {
      {Op::ABS, unary},
      {Op::ADD, {operands<2>, at_least<2>, broadcasts}},
      {Op::ADD_N, {operands<2>}},
      {Op::ATAN2, binary},
      {Op::AVERAGE_POOL_2D, pools},
      {Op::BATCH_MATMUL, {operands<2>, results<1>}},
      {Op::BITCAST, {computed<1>, results<1>, at_least<1>, bitcasts}},
      {Op::CAST, {computed<1>, results<1>, at_least<1>, casts}},
      {Op::CEIL, unary},
      {Op::CONCATENATION, free},
      {Op::CONV_2D,
       {at_most_two_computed, results<1>, at_least<2>, strides<tflite::Conv2DOptionsT>,
        dilations<tflite::Conv2DOptionsT>, activation<tflite::Conv2DOptionsT>}},
      {Op::COS, unary},
      {Op::CUMSUM, {operands<2>, at_least<2>, results<1>, cumulates}},
      {Op::DENSIFY, {computed<0>, results<1>}},
      {Op::DEPTHWISE_CONV_2D,
       {at_most_two_computed, results<1>, at_least<2>, strides<tflite::DepthwiseConv2DOptionsT>,
        dilations<tflite::DepthwiseConv2DOptionsT>, activation<tflite::DepthwiseConv2DOptionsT>,
        depthwise}},
      {Op::DEPTH_TO_SPACE, {computed<1>, results<1>, blocks<tflite::DepthToSpaceOptionsT>}},
      {Op::DEQUANTIZE, {operands<1>, at_least<1>, results<1>, not_of_i16}},
      {Op::DIV, {one_or_two_computed, results<1>, activation<tflite::DivOptionsT>}},
      {Op::DYNAMIC_UPDATE_SLICE, {operands<3>, at_least<3>, results<1>, updates_slice}},
      {Op::ELU, unary},
      {Op::EMBEDDING_LOOKUP, {operands<2>, at_least<2>, results<1>, looks_up}},
      {Op::EQUAL, binary},
      {Op::EXP, unary},
      {Op::FLOOR, unary},
      {Op::FLOOR_DIV, binary},
      {Op::FLOOR_MOD, binary},
      {Op::FULLY_CONNECTED, {plain_weights, at_most_two_computed, at_least<1>, results<1>, dense}},
      {Op::GATHER, {one_or_two_computed, at_least<2>, results<1>, list_of_i32<1>}},
      {Op::GELU, unary},
      {Op::GREATER, binary},
      {Op::GREATER_EQUAL, binary},
      {Op::HARD_SWISH, moves},
      {Op::LEAKY_RELU, free},
      {Op::LESS, binary},
      {Op::LESS_EQUAL, binary},
      {Op::LOG, unary},
      {Op::LOGICAL_AND, binary},
      {Op::LOGICAL_NOT, unary},
      {Op::LOGICAL_OR, binary},
      {Op::LOGISTIC, unary},
      {Op::LSTM, {recurs}},
      {Op::MAXIMUM, binary},
      {Op::MAX_POOL_2D, pools},
      {Op::MEAN, {computed<1>, constants<1>, results<1>, stored_i32<1>}},
      {Op::MINIMUM, binary},
      {Op::MIRROR_PAD, {reflects, computed<1>, results<1>, at_least<2>, paddings}},
      {Op::MUL, {operands<2>, at_least<2>, broadcasts, activation<tflite::MulOptionsT>}},
      {Op::NEG, unary},
      {Op::NOT_EQUAL, binary},
      {Op::ONE_HOT, {operands<4>, at_least<4>, results<1>, one_hot}},
      {Op::PACK, free},
      {Op::PAD, pads},
      {Op::PADV2, pads},
      {Op::POW, binary},
      {Op::PRELU, free},
      {Op::QUANTIZE, moves},
      {Op::REDUCE_ALL, reduces},
      {Op::REDUCE_ANY, reduces},
      {Op::REDUCE_MAX, reduces},
      {Op::REDUCE_MIN, reduces},
      {Op::REDUCE_PROD, reduces},
      {Op::RELU, free},
      {Op::RELU6, free},
      {Op::RELU_N1_TO_1, free},
      {Op::RESHAPE, moves},
      {Op::RESIZE_BILINEAR, {computed<1>, results<1>, one_alignment}},
      {Op::RESIZE_NEAREST_NEIGHBOR, moves},
      {Op::REVERSE_V2, {computed<1>, constants<1>, results<1>, stored_i32<1>}},
      {Op::RIGHT_SHIFT, binary},
      {Op::ROUND, unary},
      {Op::RSQRT, unary},
      {Op::SELECT, chooses},
      {Op::SELECT_V2, chooses},
      {Op::SIGN, unary},
      {Op::SIN, unary},
      {Op::SLICE, {at_least<3>, image_or_volume}},
      {Op::SOFTMAX, {plain_softmax}},
      {Op::SPACE_TO_DEPTH, {computed<1>, results<1>, blocks<tflite::SpaceToDepthOptionsT>}},
      {Op::SPLIT, free},
      {Op::SPLIT_V, free},
      {Op::SQRT, unary},
      {Op::SQUARE, unary},
      {Op::SQUARED_DIFFERENCE, binary},
      {Op::STABLEHLO_BROADCAST_IN_DIM,
       {computed<1>, constants<1>, results<1>, at_least<2>, axes_of_all}},
      {Op::STABLEHLO_CBRT, {computed<1>, constants<0>, results<1>, at_least<1>, cube_root}},
      {Op::STABLEHLO_CLAMP, {computed<3>, constants<0>, results<1>, at_least<3>, clamps}},
      {Op::STABLEHLO_REMAINDER, binary},
      {Op::STABLEHLO_SHIFT_LEFT, binary},
      {Op::STRIDED_SLICE, {plain_slice, at_least<4>, image_or_volume}},
      {Op::SUB, {one_or_two_computed, results<1>, activation<tflite::SubOptionsT>}},
      {Op::SUM, reduces},
      {Op::TANH, unary},
      {Op::TILE, moves},
      {Op::TOPK_V2, {computed<1>, results<2>}},
      {Op::TRANSPOSE, moves},
      {Op::TRANSPOSE_CONV,
       {at_most_two_computed, results<1>, at_least<2>, strides<tflite::TransposeConvOptionsT>}},
  };
}

// ---- Custom ops, whose options are the structs of the runtime's C interface ----

// The number at a place among 32-bit ones; nothing beyond the end.
std::optional<std::int32_t> option_at(const ir::Node& node, std::size_t place) {
  const auto& bytes = node.custom_bytes();
  if (bytes.size() < 4 * (place + 1)) return std::nullopt;
  std::int32_t value = 0;
  std::memcpy(&value, bytes.data() + 4 * place, 4);
  return value;
}

// From `first` on, two numbers above zero.
Verdict positive_options(const GpuNode& node, std::string_view what, std::size_t first) {
  const auto w = option_at(node.node(), first);
  const auto h = option_at(node.node(), first + 1);
  if (!w || !h) return Problem{"its options are missing"};
  return positive(what, *h, *w);
}

Verdict custom_strides(const GpuNode& node) { return positive_options(node, "strides", 1); }
Verdict custom_window(const GpuNode& node) { return positive_options(node, "windows", 3); }
Verdict custom_activation(const GpuNode& node) {
  // The last of the runtime's numbers but one is SIGN_BIT.
  constexpr int kSignBit = 5;
  const auto value = option_at(node.node(), 5);
  if (!value) return Problem{"its options are missing"};
  if (*value != kSignBit) return {};
  return activation_is(node, tflite::ActivationFunctionType::SIGN_BIT);
}

Verdict samples(const GpuNode& node) {
  const Sizes image = node.sizes(0);
  const Sizes warp = node.sizes(1);
  if (image.size() == 4 && warp.size() == 4 && image[0] == warp[0] && warp[3] >= 2) return {};
  return Problem{
      fmt::format("it samples images at places of rank 4 of the same batch, not {} at {}",
                  in_words(image), in_words(warp))};
}

struct CustomRule {
  std::string_view name;
  std::vector<Condition> conditions;
};

std::vector<CustomRule> make_custom_rules() {
  return {
      {"Convolution2DTransposeBias", {at_least<2>, custom_strides}},
      {"MaxPoolingWithArgmax2D",
       {computed<1>, results<2>, custom_window, custom_strides, custom_activation}},
      {"MaxUnpooling2D", {computed<2>, results<1>, custom_window, custom_strides}},
      {"Resampler", {computed<2>, results<1>, at_least<2>, samples}},
  };
}

const std::vector<Condition>* conditions_of(const ir::Node& node) {
  static const std::vector<Rule> rules = make_rules();
  static const std::vector<CustomRule> custom_rules = make_custom_rules();
  if (node.op() == Op::CUSTOM) {
    const auto rule = std::ranges::find(custom_rules, node.custom_name(), &CustomRule::name);
    return rule == custom_rules.end() ? nullptr : &rule->conditions;
  }
  const auto rule = std::ranges::find(rules, node.op(), &Rule::op);
  return rule == rules.end() ? nullptr : &rule->conditions;
}

}  // namespace

std::optional<Refusal> refused_by_gpu(const ir::Node& node) {
  const auto* conditions = conditions_of(node);
  if (conditions == nullptr) return Refusal{&node, "the GPU delegate does not have it", ""};
  const GpuNode seen(node);
  for (const Condition condition : *conditions)
    if (auto problem = condition(seen))
      return Refusal{&node, "on the GPU delegate " + problem->reason, problem->remedy};
  return std::nullopt;
}

std::vector<Refusal> refused_by_gpu(const ir::Module& module) {
  std::vector<Refusal> refusals;
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next())
      if (auto refusal = refused_by_gpu(*node)) refusals.push_back(std::move(*refusal));
  return refusals;
}

}  // namespace litecast::delegates
