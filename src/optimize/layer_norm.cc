#include "optimize/layer_norm.h"

#include "emit/shape.h"
#include "optimize/activation.h"

namespace litecast::optimize {
namespace {

// The operands of a linear node, as they are and the other way round.
template <class Fits>
bool either_operand_first(const Value* value, Op op, Fits fits) {
  const Node* node = producer(value, op);
  if (!node || !is_linear(*node)) return false;
  return fits(node->operand(0), node->operand(1)) || fits(node->operand(1), node->operand(0));
}

// What the mean over the last axis is of; null where `value` is none.
const Value* mean_of(const Value* value) {
  const Node* mean = producer(value, Op::MEAN);
  if (!mean || !mean->options_as<tflite::ReducerOptionsT>().keep_dims) return nullptr;
  const auto axes = emit::known_integers(mean->operand(1));
  const bool is_last = axes && axes->size() == 1 && (axes->front() == 1 || axes->front() == -1);
  return is_last ? mean->operand(0) : nullptr;
}

class NormReader {
 public:
  std::optional<LayerNorm> read(const Value* value) {
    const bool found = either_operand_first(value, Op::ADD, [&](const Value* a, const Value* b) {
      return scaled_deviation_and_shift(a, b) || scaled_value_and_rest(a, b);
    });
    if (!found) return std::nullopt;
    return LayerNorm{z_, *scale_, *shift_, epsilon_};
  }

 private:
  // (z − mean)·r·scale + shift, the products in any order.
  bool scaled_deviation_and_shift(const Value* product, const Value* shift) {
    if (!take(shift_, shift)) return false;
    return either_operand_first(product, Op::MUL, [&](const Value* a, const Value* b) {
      return (take(scale_, b) && normalized(a)) || (deviation(a) && take_scaled_rest(b));
    });
  }

  // z·s + (shift − mean·s), s = r·scale.
  bool scaled_value_and_rest(const Value* product, const Value* rest) {
    const Node* sub = producer(rest, Op::SUB);
    if (!sub || !is_linear(*sub) || !take(shift_, sub->operand(0))) return false;
    return either_operand_first(product, Op::MUL, [&](const Value* z, const Value* s) {
      z_ = z;
      return take_scaled_rest(s) &&
             either_operand_first(sub->operand(1), Op::MUL, [&](const Value* mean, const Value* t) {
               return t == s && mean == mean_;
             });
    });
  }

  // (z − mean)·r, or (z − mean) / √(variance + ε).
  bool normalized(const Value* value) {
    if (const Node* quotient = producer(value, Op::DIV); quotient && is_linear(*quotient)) {
      const Node* root = producer(quotient->operand(1), Op::SQRT);
      return root && deviation(quotient->operand(0)) && spread(root->operand(0));
    }
    return either_operand_first(value, Op::MUL, [&](const Value* a, const Value* b) {
      const Node* root = producer(b, Op::RSQRT);
      return root && deviation(a) && spread(root->operand(0));
    });
  }

  // r·scale
  bool take_scaled_rest(const Value* value) {
    return either_operand_first(value, Op::MUL, [&](const Value* a, const Value* b) {
      const Node* root = producer(a, Op::RSQRT);
      return root && take(scale_, b) && spread(root->operand(0));
    });
  }

  bool deviation(const Value* value) {
    const Node* sub = producer(value, Op::SUB);
    if (!sub || !is_linear(*sub) || mean_of(sub->operand(1)) != sub->operand(0)) return false;
    z_ = sub->operand(0);
    return true;
  }

  // variance + ε, of z_
  bool spread(const Value* value) {
    return either_operand_first(value, Op::ADD, [&](const Value* variance, const Value* epsilon) {
      const auto number = splat_value(epsilon);
      const Value* squares = mean_of(variance);
      if (!number || !squares || !is_square(squares)) return false;
      epsilon_ = *number;
      return true;
    });
  }

  bool is_square(const Value* value) {
    const Node* node = value->producer();
    if (!node) return false;
    switch (node->op()) {
      case Op::SQUARED_DIFFERENCE:
        mean_ = node->operand(1);
        return node->operand(0) == z_ && mean_of(mean_) == z_;
      case Op::MUL:
        if (!is_linear(*node) || node->operand(0) != node->operand(1)) return false;
        [[fallthrough]];
      case Op::SQUARE: {
        const Node* sub = producer(node->operand(0), Op::SUB);
        if (!sub || !is_linear(*sub) || sub->operand(0) != z_) return false;
        mean_ = sub->operand(1);
        return mean_of(mean_) == z_;
      }
      default:
        return false;
    }
  }

  static bool take(std::optional<VectorPart>& part, const Value* value) {
    const auto columns = width(value);
    part = columns ? vector_part(value, *columns, 0, *columns) : std::nullopt;
    return part.has_value();
  }

  const Value* z_ = nullptr;
  const Value* mean_ = nullptr;
  std::optional<VectorPart> scale_, shift_;
  double epsilon_ = 0;
};

}  // namespace

std::optional<LayerNorm> layer_norm(const Value* value) {
  auto norm = NormReader().read(value);
  // A row of numbers for each, not one number for all.
  if (!norm || norm->scale.size != width(norm->of) || norm->shift.size != width(norm->of))
    return std::nullopt;
  return norm;
}

}  // namespace litecast::optimize
