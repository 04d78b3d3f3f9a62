#include "optimize/affine.h"

#include <algorithm>

#include "emit/shape.h"
#include "optimize/activation.h"

namespace litecast::optimize {
namespace {

constexpr int kMaxDepth = 32;
// No gate is the sum of so many values.
constexpr int kMostValues = 256;

bool is_matrix(const Value* value) {
  return value && value->dtype() == DType::FLOAT32 && value->shape().is_ranked() &&
         value->shape().rank() == 2;
}

bool is_last_axis(std::int64_t axis) { return axis == 1 || axis == -1; }

// The first column that a node takes from its operand, where it takes all rows and columns that lie
// side by side.
std::optional<std::int64_t> first_column(const Node& node, int result, int& operand) {
  const Value* whole = nullptr;
  operand = node.op() == Op::SPLIT ? 1 : 0;
  whole = node.operand(operand);
  const Value* part = node.result(result);
  if (!is_matrix(whole) || !is_matrix(part) || whole->shape()[0] != part->shape()[0])
    return std::nullopt;
  const auto numbers = [&](int index) {
    auto known = node.operand(index) ? emit::known_integers(node.operand(index)) : std::nullopt;
    return known && !known->empty() ? known : std::nullopt;
  };
  switch (node.op()) {
    case Op::SPLIT: {
      const auto axis = numbers(0);
      if (!axis || !is_last_axis(axis->front()) || !width(part)) return std::nullopt;
      return result * *width(part);
    }
    case Op::SPLIT_V: {
      const auto sizes = numbers(1), axis = numbers(2);
      if (!sizes || !axis || !is_last_axis(axis->front())) return std::nullopt;
      std::int64_t begin = 0;
      for (int i = 0; i < result; ++i) {
        const auto before = width(node.result(i));
        if (!before) return std::nullopt;
        begin += *before;
      }
      return begin;
    }
    case Op::SLICE: {
      const auto begin = numbers(1);
      if (!begin || begin->size() != 2 || (*begin)[0] != 0) return std::nullopt;
      return (*begin)[1];
    }
    case Op::STRIDED_SLICE: {
      const auto& options = node.options_as<tflite::StridedSliceOptionsT>();
      const auto begin = numbers(1), strides = numbers(3);
      if (options.ellipsis_mask || options.new_axis_mask || options.shrink_axis_mask || !begin ||
          !strides || begin->size() != 2 || *strides != std::vector<std::int64_t>{1, 1} ||
          !width(whole))
        return std::nullopt;
      if ((*begin)[0] != 0 && !(options.begin_mask & 1)) return std::nullopt;
      if (options.begin_mask & 2) return 0;
      const std::int64_t first = (*begin)[1];
      return first < 0 ? first + *width(whole) : first;
    }
    default:
      return std::nullopt;
  }
}

// Of a single sample, whether its row has an axis of its own does not matter.
const Value* as_matrix(const Value* value) {
  const Node* reshape = producer(value, Op::RESHAPE);
  const bool is_row = reshape && is_matrix(reshape->operand(0)) && width(value) &&
                      reshape->operand(0)->shape()[0] == Dim(1) &&
                      width(value) == width(reshape->operand(0));
  return is_row ? reshape->operand(0) : value;
}

}  // namespace

std::optional<VectorPart> vector_part(const Value* value, std::int64_t columns, std::int64_t begin,
                                      std::int64_t size) {
  if (!value || !value->is_constant() || value->dtype() != DType::FLOAT32) return std::nullopt;
  const ir::ConstantPtr& constant = value->constant();
  const std::int64_t elements = constant->elements();
  if (elements == 1) return VectorPart{constant->reshaped({1}), 0, size};
  if (elements != columns || constant->shape().back() != columns) return std::nullopt;
  return VectorPart{constant->reshaped({columns}), begin, size};
}

std::optional<std::int64_t> width(const Value* value) {
  const ir::Shape& shape = value->shape();
  if (!shape.is_ranked() || shape.rank() == 0) return std::nullopt;
  return shape[-1].constant();
}

ir::ConstantPtr MatrixPart::cut() const {
  const ir::ConstantPtr some = matrix->sliced(0, row, rows);
  return some ? some->sliced(1, column, columns) : nullptr;
}

ir::ConstantPtr VectorPart::cut() const {
  if (vector->elements() != 1) return vector->sliced(0, begin, size);
  const auto element = vector->splat_element();
  return element ? ir::Constant::splat(vector->dtype(), {size}, *element) : nullptr;
}

const Value* uncut(const Value* value, std::int64_t& begin) {
  for (int depth = 0; depth < kMaxDepth && value->producer(); ++depth) {
    int operand = 0;
    const auto first = first_column(*value->producer(), value->result_index(), operand);
    if (!first) return value;
    begin += *first;
    value = value->producer()->operand(operand);
  }
  return value;
}

bool AffineReader::is_row(const Value* value) const {
  return std::ranges::find(rows_, value) != rows_.end();
}

const Value* AffineReader::source(const Value* value) const {
  if (is_row(value)) return value;
  if (const int slot = recurrence_.slot_of(value); slot >= 0)
    return recurrence_.is_state(slot) ? value : nullptr;
  return recurrence_.sequence_of(value);
}

std::optional<AffineSum> AffineReader::read(const Value* value, std::int64_t begin,
                                            std::int64_t size) const {
  AffineSum sum;
  int values = 0;
  if (!add(value, begin, size, sum, {.values = &values})) return std::nullopt;
  return sum;
}

bool AffineReader::add(const Value* value, std::int64_t begin, std::int64_t size, AffineSum& sum,
                       Effort effort) const {
  value = uncut(value, begin);
  const auto columns = width(value);
  if (++effort.depth > kMaxDepth || ++*effort.values > kMostValues || !is_matrix(value) || !columns)
    return false;
  if (const Value* sequence = recurrence_.sequence_of(value))
    return add_projected_row(sequence, begin, size, sum);
  const Node* node = value->producer();
  if (!node) return false;
  switch (node->op()) {
    case Op::ADD:
      if (!is_linear(*node)) return false;
      for (const Value* operand : node->operands()) {
        const Value* part = as_matrix(operand);
        if (part->is_constant()) {
          const auto summand = vector_part(part, *columns, begin, size);
          if (!summand) return false;
          sum.summands.push_back(*summand);
        } else if (part->shape() != value->shape() || !add(part, begin, size, sum, effort)) {
          return false;
        }
      }
      return true;
    case Op::CONCATENATION:
      if (!is_last_axis(node->options_as<tflite::ConcatenationOptionsT>().axis)) return false;
      for (const Value* part : node->operands()) {
        const auto columns_of_part = width(part);
        if (!columns_of_part) return false;
        if (begin >= *columns_of_part) {
          begin -= *columns_of_part;
          continue;
        }
        return begin + size <= *columns_of_part && add(part, begin, size, sum, effort);
      }
      return false;
    case Op::FULLY_CONNECTED:
      return add_product(*node, begin, size, sum);
    case Op::MUL:
      return add_scaling(*node, begin, size, sum);
    default:
      return false;
  }
}

bool AffineReader::add_product(const Node& dense, std::int64_t begin, std::int64_t size,
                               AffineSum& sum) const {
  const Value* weights = dense.operand(1);
  const auto& options = dense.options_as<tflite::FullyConnectedOptionsT>();
  if (!is_linear(dense) || !weights->is_constant() || !is_matrix(weights) ||
      options.weights_format != tflite::FullyConnectedOptionsWeightsFormat::DEFAULT)
    return false;
  const std::int64_t units = weights->shape()[0].value();
  if (const Value* bias = dense.operand(2)) {
    const auto part = vector_part(bias, units, begin, size);
    if (!part) return false;
    sum.summands.push_back(*part);
  }
  // Of one source, or of several side by side.
  const Node* concat = producer(dense.operand(0), Op::CONCATENATION);
  std::vector<const Value*> parts = {dense.operand(0)};
  if (concat && is_last_axis(concat->options_as<tflite::ConcatenationOptionsT>().axis))
    parts.assign(concat->operands().begin(), concat->operands().end());
  std::int64_t column = 0;
  for (const Value* part : parts) {
    const Value* from = source(part);
    const auto columns = width(part);
    if (!from || !is_matrix(part) || !columns) return false;
    sum.products.push_back({from, {weights->constant(), begin, size, column, *columns}});
    column += *columns;
  }
  return column == weights->shape()[1].value();
}

// The row of a sequence that was multiplied as a whole, outside the loop.
bool AffineReader::add_projected_row(const Value* sequence, std::int64_t begin, std::int64_t size,
                                     AffineSum& sum) const {
  const Node* dense = producer(sequence, Op::FULLY_CONNECTED);
  if (!dense || !dense->options_as<tflite::FullyConnectedOptionsT>().keep_num_dims) return false;
  const Value* from = dense->operand(0);
  const Value* weights = dense->operand(1);
  const auto columns = width(from);
  if (!is_linear(*dense) || !weights->is_constant() || !is_matrix(weights) || !columns ||
      from->shape().rank() != 3)
    return false;
  if (const Value* bias = dense->operand(2)) {
    const auto part = vector_part(bias, weights->shape()[0].value(), begin, size);
    if (!part) return false;
    sum.summands.push_back(*part);
  }
  sum.products.push_back({from, {weights->constant(), begin, size, 0, *columns}});
  return true;
}

bool AffineReader::add_scaling(const Node& mul, std::int64_t begin, std::int64_t size,
                               AffineSum& sum) const {
  const ConstantOperand parts = constant_operand(mul);
  if (!parts || !is_linear(mul) || !width(parts.other)) return false;
  const auto factors = vector_part(parts.constant, *width(parts.other), begin, size);
  if (!factors || parts.other->shape() != mul.result()->shape() || begin != 0 ||
      size != *width(parts.other))
    return false;
  sum.scalings.push_back({parts.other, *factors});
  return true;
}

}  // namespace litecast::optimize
