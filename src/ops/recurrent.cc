// Recurrent cells and sequences. Their state operands are overwritten by the kernel.
#include "ops/conv_limits.h"
#include "ops/families.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using Kind = LimitViolation::Kind;
using ir::Dim;
using ir::Shape;

constexpr DTypeSet kFloat = {DType::FLOAT32};
constexpr DTypeSet kData = {DType::FLOAT32, DType::INT8, DType::INT16};
constexpr DTypeSet kWeights = {DType::FLOAT32, DType::UINT8, DType::INT8};
constexpr DTypeSet kPeepholes = {DType::FLOAT32, DType::INT8, DType::INT16};
constexpr DTypeSet kBiases = {DType::FLOAT32, DType::INT32};

OperandSpec vector(const char* name, DTypeSet dtypes, bool optional = false) {
  return {.name = name, .dtypes = dtypes, .min_rank = 1, .max_rank = 1, .optional = optional};
}
OperandSpec matrix(const char* name, DTypeSet dtypes, bool optional = false) {
  return {.name = name, .dtypes = dtypes, .min_rank = 2, .max_rank = 2, .optional = optional};
}
OperandSpec state(const char* name, DTypeSet dtypes) {
  return {.name = name, .dtypes = dtypes, .min_rank = 1, .max_rank = 2, .consumed_state = true};
}
void append(std::vector<OperandSpec>& to, std::vector<OperandSpec> from) {
  to.insert(to.end(), from.begin(), from.end());
}

// The weights, biases and projection of one LSTM: operands 1 to 17. Without input gate (coupled to
// the forget gate) those of the input gate are absent.
std::vector<OperandSpec> lstm_weights() {
  std::vector<OperandSpec> specs = {matrix("input_to_input_weights", kWeights, true),
                                    matrix("input_to_forget_weights", kWeights),
                                    matrix("input_to_cell_weights", kWeights),
                                    matrix("input_to_output_weights", kWeights),
                                    matrix("recurrent_to_input_weights", kWeights, true),
                                    matrix("recurrent_to_forget_weights", kWeights),
                                    matrix("recurrent_to_cell_weights", kWeights),
                                    matrix("recurrent_to_output_weights", kWeights),
                                    vector("cell_to_input_weights", kPeepholes, true),
                                    vector("cell_to_forget_weights", kPeepholes, true),
                                    vector("cell_to_output_weights", kPeepholes, true),
                                    vector("input_gate_bias", kBiases, true),
                                    vector("forget_gate_bias", kBiases),
                                    vector("cell_bias", kBiases),
                                    vector("output_gate_bias", kBiases),
                                    matrix("projection_weights", kWeights, true),
                                    vector("projection_bias", kBiases, true)};
  // Vectors where the recurrent matrices are diagonal.
  for (std::size_t i = 4; i < 8; ++i) specs[i].min_rank = 1;
  return specs;
}

std::vector<OperandSpec> lstm_operands() {
  std::vector<OperandSpec> specs = {
      {.name = "input", .dtypes = kData, .min_rank = 2, .max_rank = 3}};
  append(specs, lstm_weights());
  append(specs, {state("activation_state", kData), state("cell_state", kData),
                 vector("input_layer_norm_coefficients", kPeepholes, true),
                 vector("forget_layer_norm_coefficients", kPeepholes, true),
                 vector("cell_layer_norm_coefficients", kPeepholes, true),
                 vector("output_layer_norm_coefficients", kPeepholes, true)});
  return specs;
}

// Five tensors where the kernel is the basic one, else those of a sequence.
std::vector<OperandSpec> lstm_cell_operands() {
  std::vector<OperandSpec> specs = lstm_operands();
  for (OperandSpec& spec : specs) {
    spec.dtypes = kData | kWeights | kBiases;
    spec.min_rank = 1;
    spec.max_rank = 2;
    spec.optional = true;
  }
  specs[0].optional = false;
  return specs;
}

std::vector<OperandSpec> bidirectional_lstm_operands() {
  constexpr DTypeSet input = {DType::FLOAT32, DType::INT8};
  std::vector<OperandSpec> specs = {
      {.name = "input", .dtypes = input, .min_rank = 3, .max_rank = 3}};
  append(specs, lstm_weights());
  append(specs, lstm_weights());
  append(specs,
         {state("forward_activation_state", kFloat),
          state("forward_cell_state", kFloat),
          state("backward_activation_state", kFloat),
          state("backward_cell_state", kFloat),
          {.name = "aux_input", .dtypes = input, .min_rank = 3, .max_rank = 3, .optional = true}});
  for (int i = 0; i < 8; ++i) specs.push_back(matrix("aux_input_weights", kWeights, true));
  return specs;
}

// What one layer gives for each element of the sequence: the columns of its recurrent weights.
Dim lstm_units(const OpView& node, int recurrent_to_output, ir::DimContext& dims) {
  const Shape& weights = node.shape(recurrent_to_output);
  return weights.is_ranked() ? weights[-1] : dims.fresh("units");
}

// The input's shape with another last axis.
Shape with_units(const Shape& input, Dim units) {
  if (!input.is_ranked()) return input;
  std::vector<Dim> sizes = input.dims();
  sizes.back() = units;
  return Shape(std::move(sizes));
}

std::optional<LimitViolation> check_input_gate(const OpView& node, int first) {
  const bool has_weights = node.has(first), has_recurrent = node.has(first + 4),
             has_bias = node.has(first + 11);
  if (has_weights == has_recurrent && has_recurrent == has_bias) return std::nullopt;
  return LimitViolation{
      Kind::option, first,
      fmt::format("{} takes all tensors of the input gate or none", ir::name(node.op))};
}

Results infer_lstm_sequence(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_input_gate(node, 1)) return tl::unexpected(*bad);
  return one_result(node.dtype(0), with_units(node.shape(0), lstm_units(node, 8, dims)));
}

bool is_basic(const OpView& node) {
  return node.as<tflite::LSTMOptionsT>().kernel_type == tflite::LSTMKernelType::BASIC;
}

Results infer_lstm_cell(const OpView& node, ir::DimContext& dims) {
  const bool basic = is_basic(node);
  const std::vector<int> needed =
      basic ? std::vector{1, 2, 3, 4} : std::vector{2, 3, 4, 6, 7, 8, 13, 14, 15, 18, 19};
  for (const int i : needed)
    if (!node.has(i))
      return violation(Kind::option, i, fmt::format("LSTM lacks its operand {}", i));
  if (!basic) return infer_lstm_sequence(node, dims);
  const ir::Type& activation = node.in(1)->type();
  const Shape weights = ranked_or_unknown(node.shape(2), 2, dims);
  // The kernel's last two results are its workspace: input beside activation, and the gates.
  const Shape state_shape = ranked_or_unknown(node.shape(4), 2, dims);
  const DType dtype = node.dtype(0);
  return std::vector<ir::Type>{{dtype, activation.shape},
                               {node.dtype(4), state_shape},
                               {dtype, with_units(state_shape, weights[1])},
                               {node.dtype(4), with_units(state_shape, weights[0])}};
}

// One result of both directions side by side, or one each.
Results both_directions(const OpView& node, bool merged, Dim forward, Dim backward) {
  const Shape& input = node.shape(0);
  if (merged) return one_result(node.dtype(0), with_units(input, forward + backward));
  return std::vector<ir::Type>{{node.dtype(0), with_units(input, forward)},
                               {node.dtype(0), with_units(input, backward)}};
}

Results infer_bidirectional_lstm(const OpView& node, ir::DimContext& dims) {
  if (auto bad = check_input_gate(node, 1)) return tl::unexpected(*bad);
  if (auto bad = check_input_gate(node, 18)) return tl::unexpected(*bad);
  return both_directions(node, node.as<tflite::BidirectionalSequenceLSTMOptionsT>().merge_outputs,
                         lstm_units(node, 8, dims), lstm_units(node, 25, dims));
}

// ---- RNN: input, weights [units, in], recurrent weights [units, units], bias, state ----

std::vector<OperandSpec> rnn_layer() {
  return {matrix("weights", kWeights), matrix("recurrent_weights", kWeights),
          vector("bias", kFloat), state("hidden_state", kFloat)};
}

std::vector<OperandSpec> rnn_operands(int input_rank) {
  std::vector<OperandSpec> specs = {
      {.name = "input", .dtypes = kFloat, .min_rank = input_rank, .max_rank = input_rank}};
  append(specs, rnn_layer());
  return specs;
}

std::vector<OperandSpec> bidirectional_rnn_operands() {
  std::vector<OperandSpec> specs = rnn_operands(3);
  append(specs, rnn_layer());
  append(specs,
         {{.name = "aux_input", .dtypes = kFloat, .min_rank = 3, .max_rank = 3, .optional = true},
          matrix("forward_aux_weights", kWeights, true),
          matrix("backward_aux_weights", kWeights, true)});
  return specs;
}

Dim rnn_units(const OpView& node, int weights, ir::DimContext& dims) {
  return ranked_or_unknown(node.shape(weights), 2, dims)[0];
}

Results infer_rnn(const OpView& node, ir::DimContext& dims) {
  return one_result(node.dtype(0), with_units(node.shape(0), rnn_units(node, 1, dims)));
}

Results infer_bidirectional_rnn(const OpView& node, ir::DimContext& dims) {
  return both_directions(node, node.as<tflite::BidirectionalSequenceRNNOptionsT>().merge_outputs,
                         rnn_units(node, 1, dims), rnn_units(node, 5, dims));
}

// ---- SVDF: input, feature weights [filters, in], time weights [filters, memory], bias, state ----

Results infer_svdf(const OpView& node, ir::DimContext& dims) {
  const std::int64_t rank = node.as<tflite::SVDFOptionsT>().rank;
  if (rank <= 0) return violation(Kind::option, -1, "SVDF takes a positive rank");
  const Dim filters = ranked_or_unknown(node.shape(1), 2, dims)[0];
  if (filters.is_constant() && filters.value() % rank != 0) {
    return violation(Kind::shape, 1,
                     fmt::format("SVDF cannot group {} filters by {}", filters.value(), rank));
  }
  const Dim units = floordiv(filters, rank);
  return one_result(node.dtype(0), with_units(node.shape(0), units));
}

// ---- version rules: hybrid kernels take int8 weights on float data ----

template <int weights>
bool is_hybrid(const OpView& node) {
  return result_is<0, DType::FLOAT32>(node) && operand_is<weights, DType::INT8>(node);
}
template <int weights, class Options>
bool is_asymmetric_hybrid(const OpView& node) {
  return is_hybrid<weights>(node) && node.as<Options>().asymmetric_quantize_inputs;
}
bool is_int16_by_int8(const OpView& node) {
  return first_and_result_are<DType::INT16>(node) && operand_is<2, DType::INT8>(node);
}

template <class Options>
std::vector<VersionRule> rnn_versions() {
  return {{is_asymmetric_hybrid<1, Options>, 3}, {is_hybrid<1>, 2}, {nullptr, 1}};
}

}  // namespace

std::span<const OpInfo> recurrent_family() {
  static const OpInfo family[] = {
      {.op = Op::LSTM,
       .operands = lstm_cell_operands(),
       .infer = infer_lstm_cell,
       .versions = {{is_basic, 2},
                    {is_int16_by_int8, 5},
                    {is_asymmetric_hybrid<2, tflite::LSTMOptionsT>, 4},
                    {is_hybrid<2>, 3},
                    {nullptr, 1}},
       .min_runtime = {"1.7.0", "1.10.0", "1.14.0", "2.3.0", ""}},
      {.op = Op::UNIDIRECTIONAL_SEQUENCE_LSTM,
       .operands = lstm_operands(),
       .infer = infer_lstm_sequence,
       .versions = {{is_int16_by_int8, 5},
                    {[](const OpView& node) {
                       return node.as<tflite::UnidirectionalSequenceLSTMOptionsT>()
                           .diagonal_recurrent_tensors;
                     },
                     4},
                    {is_asymmetric_hybrid<2, tflite::UnidirectionalSequenceLSTMOptionsT>, 3},
                    {is_hybrid<2>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.13.1", "1.14.0", "2.3.0", "2.12.0", ""}},
      {.op = Op::BIDIRECTIONAL_SEQUENCE_LSTM,
       .operands = bidirectional_lstm_operands(),
       .infer = infer_bidirectional_lstm,
       .versions = rnn_versions<tflite::BidirectionalSequenceLSTMOptionsT>(),
       .min_runtime = {"1.14.0", "1.14.0", "1.14.0"}},
      {.op = Op::RNN,
       .operands = rnn_operands(2),
       .infer = infer_rnn,
       .versions = rnn_versions<tflite::RNNOptionsT>(),
       .min_runtime = {"1.5.0", "1.14.0", "2.3.0"}},
      {.op = Op::UNIDIRECTIONAL_SEQUENCE_RNN,
       .operands = rnn_operands(3),
       .infer = infer_rnn,
       .versions = rnn_versions<tflite::SequenceRNNOptionsT>(),
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0"}},
      {.op = Op::BIDIRECTIONAL_SEQUENCE_RNN,
       .operands = bidirectional_rnn_operands(),
       .infer = infer_bidirectional_rnn,
       .versions = rnn_versions<tflite::BidirectionalSequenceRNNOptionsT>(),
       .min_runtime = {"1.14.0", "1.14.0", "2.3.0"}},
      {.op = Op::SVDF,
       .operands = {{.name = "input",
                     .dtypes = {DType::FLOAT32, DType::INT8},
                     .min_rank = 2,
                     .max_rank = 2},
                    matrix("feature_weights", kWeights),
                    matrix("time_weights", kWeights | DTypeSet{DType::INT16}),
                    vector("bias", kBiases, true),
                    state("state", kData)},
       .infer = infer_svdf,
       .versions = {{first_is<DType::INT8>, 3},
                    {is_asymmetric_hybrid<1, tflite::SVDFOptionsT>, 4},
                    {is_hybrid<1>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "1.14.0", "2.2.0", "2.3.0"}},
  };
  return family;
}

}  // namespace litecast::ops
