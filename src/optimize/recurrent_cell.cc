#include "optimize/recurrent_cell.h"

#include <algorithm>

#include "optimize/layer_norm.h"
#include "optimize/weighted.h"

namespace litecast::optimize {
namespace {

struct Activated {
  Activation activation;
  const Value* of;
  std::int64_t begin = 0;  // the first column of `of`
};

std::optional<Activation> activation_op(Op op) {
  switch (op) {
    case Op::TANH:
      return Activation::TANH;
    case Op::RELU:
      return Activation::RELU;
    case Op::RELU6:
      return Activation::RELU6;
    default:
      return std::nullopt;
  }
}

// Cutting may come before the activation or after it.
Activated activated(const Value* value) {
  std::int64_t begin = 0;
  const Value* whole = uncut(value, begin);
  if (const Node* node = whole->producer())
    if (const auto activation = activation_op(node->op()))
      return {*activation, node->operand(0), begin};
  return {Activation::NONE, value, 0};
}

// What a LOGISTIC is of; null where there is none.
const Value* logit(const Value* value, std::int64_t& begin) {
  begin = 0;
  const Node* logistic = producer(uncut(value, begin), Op::LOGISTIC);
  return logistic ? logistic->operand(0) : nullptr;
}

// The two operands, the one that fits first; `fits` may fit either.
template <class Fits>
bool either_way(const Node* node, Fits fits) {
  if (!node || !is_linear(*node)) return false;
  return fits(node->operand(0), node->operand(1)) || fits(node->operand(1), node->operand(0));
}

// Values beyond ±limit are cut off; `value` becomes what that is of. 0 where nothing is.
float clip_of(const Value*& value) {
  const auto bound = [](const Value* v, Op op) -> std::pair<const Value*, std::optional<double>> {
    const Node* node = producer(v, op);
    const ConstantOperand parts = node ? constant_operand(*node) : ConstantOperand{};
    return parts ? std::pair<const Value*, std::optional<double>>(parts.other,
                                                                  splat_value(parts.constant))
                 : std::pair<const Value*, std::optional<double>>();
  };
  for (const auto& [outer, inner] :
       {std::pair(Op::MAXIMUM, Op::MINIMUM), std::pair(Op::MINIMUM, Op::MAXIMUM)}) {
    const auto [within, first] = bound(value, outer);
    const auto [of, second] = bound(within, inner);
    if (!first || !second || *first != -*second) continue;
    const double limit = outer == Op::MINIMUM ? *first : *second;
    if (!(limit > 0)) continue;
    value = of;
    return static_cast<float>(limit);
  }
  return 0;
}

ir::ConstantPtr zeros(ir::StaticShape shape) {
  return ir::Constant::splat(DType::FLOAT32, std::move(shape), std::vector<std::byte>(4));
}

class Matcher {
 public:
  Matcher(const AffineReader& reader, const Recurrence& recurrence, RecurrentCell& cell)
      : reader_(reader), recurrence_(recurrence), cell_(cell) {}

  // The gate whose sum, before the activation, is columns [begin, …) of `value`. `peephole`: what
  // its peephole looks at.
  bool read(const Value* value, std::int64_t begin, const Value* peephole, Gate& gate) {
    if (const auto norm = begin == 0 ? layer_norm(value) : std::nullopt)
      return read_norm(*norm, peephole, gate);
    const auto sum = reader_.read(value, begin, cell_.units);
    return sum && read_products(*sum, peephole, gate) && read_bias(sum->summands, gate);
  }

  // Zeros for what a gate does not look at would make NaN of an infinity there.
  static bool is_complete(const Gate& gate) { return gate.input && gate.recurrent; }

 private:
  // What the op normalizes has no bias before that, and its ε is this one.
  bool read_norm(const LayerNorm& norm, const Value* peephole, Gate& gate) {
    constexpr float kEpsilon = 1e-8F;
    const auto sum = width(norm.of) == cell_.units && static_cast<float>(norm.epsilon) == kEpsilon
                         ? reader_.read(norm.of, 0, cell_.units)
                         : std::nullopt;
    if (!sum || !sum->summands.empty()) return false;
    gate.norm = norm.scale.cut();
    return gate.norm && read_products(*sum, peephole, gate) && read_bias({norm.shift}, gate);
  }

  bool read_products(const AffineSum& sum, const Value* peephole, Gate& gate) {
    for (const MatrixProduct& product : sum.products)
      if (!take(product, gate)) return false;
    for (const VectorProduct& scaling : sum.scalings) {
      if (!peephole || scaling.source != peephole || gate.peephole) return false;
      gate.peephole = scaling.factors.cut();
      if (!gate.peephole) return false;
    }
    return true;
  }

  bool read_bias(const std::vector<VectorPart>& summands, Gate& gate) const {
    gate.bias = zeros({cell_.units});
    bool is_first = true;
    for (const VectorPart& part : summands) {
      const ir::ConstantPtr some = part.cut();
      if (!some || !some->is_small()) return false;
      gate.bias = is_first ? some : combine(Op::ADD, gate.bias, some);
      is_first = false;
      if (!gate.bias) return false;
    }
    return true;
  }

  bool take(const MatrixProduct& product, Gate& gate) {
    const bool is_state = product.source == recurrence_.input(cell_.hidden_slot);
    ir::ConstantPtr& weights = is_state ? gate.recurrent : gate.input;
    if (weights) return false;
    if (!is_state) {
      const bool is_other_state =
          recurrence_.slot_of(product.source) >= 0 && !reader_.is_row(product.source);
      if (is_other_state || (cell_.source && cell_.source != product.source)) return false;
      cell_.source = product.source;
      cell_.features = product.weights.columns;
    }
    weights = product.weights.cut();
    return weights != nullptr;
  }

  const AffineReader& reader_;
  const Recurrence& recurrence_;
  RecurrentCell& cell_;
};

class LstmMatcher {
 public:
  LstmMatcher(const AffineReader& reader, const Recurrence& recurrence, RecurrentCell& cell)
      : matcher_(reader, recurrence, cell),
        cell_(cell),
        old_state_(recurrence.input(cell.cell_slot)),
        new_state_(recurrence.output(cell.cell_slot)) {}

  bool match() {
    const Value* output = cell_.output;
    if (!match_projection(output)) return false;
    if (!either_way(producer(output, Op::MUL), [&](const Value* gate, const Value* state) {
          const Activated act = activated(state);
          // Measured: without activation the runtime's kernel computes something else.
          if (act.activation == Activation::NONE || act.of != new_state_ || act.begin != 0 ||
              !read_gate(gate, new_state_, output_gate()))
            return false;
          cell_.activation = act.activation;
          return true;
        }))
      return false;
    const Value* sum = new_state_;
    cell_.cell_clip = clip_of(sum);
    if (!either_way(producer(sum, Op::ADD), [&](const Value* kept, const Value* added) {
          return match_kept(kept) && match_added(added);
        }))
      return false;
    return check_peepholes() && check_norms() && is_complete();
  }

 private:
  Gate& output_gate() { return cell_.output_gate = {}; }

  bool read_gate(const Value* value, const Value* peephole, Gate& gate) {
    std::int64_t begin = 0;
    const Value* sum = logit(value, begin);
    return sum && matcher_.read(sum, begin, peephole, gate);
  }

  // h' = clip(Wp·m + bp); `output` becomes m.
  bool match_projection(const Value*& output) {
    const Value* clipped = output;
    const float clip = clip_of(clipped);
    const Node* dense = producer(clipped, Op::FULLY_CONNECTED);
    if (!dense) return cell_.units == cell_.outputs;
    const Value* weights = dense->operand(1);
    if (!is_linear(*dense) || !weights->is_constant() || weights->dtype() != DType::FLOAT32 ||
        weights->shape().static_dims() != ir::StaticShape{cell_.outputs, cell_.units})
      return false;
    if (const Value* bias = dense->operand(2)) {
      if (!bias->is_constant() || bias->dtype() != DType::FLOAT32 ||
          bias->constant()->elements() != cell_.outputs)
        return false;
      cell_.projection_bias = bias->constant()->reshaped({cell_.outputs});
    }
    cell_.projection = weights->constant();
    cell_.projection_clip = clip;
    output = dense->operand(0);
    return true;
  }

  // f⊙c
  bool match_kept(const Value* value) {
    return either_way(producer(value, Op::MUL), [&](const Value* gate, const Value* state) {
      forget_value_ = gate;
      return state == old_state_ && read_gate(gate, old_state_, cell_.forget = {});
    });
  }

  // i⊙g
  bool match_added(const Value* value) {
    return either_way(producer(value, Op::MUL), [&](const Value* gate, const Value* candidate) {
      const Activated act = activated(candidate);
      if (act.activation != cell_.activation) return false;
      cell_.cell = {};
      cell_.input_gate.reset();
      if (!is_rest_of_forget(gate) && !read_gate(gate, old_state_, cell_.input_gate.emplace()))
        return false;
      return matcher_.read(act.of, act.begin, nullptr, cell_.cell);
    });
  }

  // 1 − f
  bool is_rest_of_forget(const Value* value) const {
    const Node* sub = producer(value, Op::SUB);
    return sub && is_linear(*sub) && is_splat_of(sub->operand(0), 1) &&
           sub->operand(1) == forget_value_;
  }

  bool check_norms() const {
    const bool any = cell_.forget.norm != nullptr;
    return any == (cell_.cell.norm != nullptr) && any == (cell_.output_gate.norm != nullptr) &&
           (!cell_.input_gate || any == (cell_.input_gate->norm != nullptr));
  }

  bool check_peepholes() const {
    const bool any = cell_.forget.peephole || cell_.output_gate.peephole ||
                     (cell_.input_gate && cell_.input_gate->peephole);
    const bool all = cell_.forget.peephole && cell_.output_gate.peephole &&
                     (!cell_.input_gate || cell_.input_gate->peephole);
    return any == all;
  }

  bool is_complete() const {
    return (!cell_.input_gate || Matcher::is_complete(*cell_.input_gate)) &&
           Matcher::is_complete(cell_.forget) && Matcher::is_complete(cell_.cell) &&
           Matcher::is_complete(cell_.output_gate);
  }

  Matcher matcher_;
  RecurrentCell& cell_;
  const Value* old_state_;
  const Value* new_state_;
  const Value* forget_value_ = nullptr;
};

bool is_plain_state(const Recurrence& recurrence, int slot) {
  const Value* value = recurrence.input(slot);
  return recurrence.is_state(slot) && value->dtype() == DType::FLOAT32 &&
         value->shape().is_ranked() && value->shape().rank() == 2 && width(value) &&
         recurrence.output(slot)->shape() == value->shape();
}

}  // namespace

std::optional<RecurrentCell> match_lstm(const AffineReader& reader, const Recurrence& recurrence,
                                        int hidden_slot, int cell_slot) {
  if (hidden_slot == cell_slot || !is_plain_state(recurrence, hidden_slot) ||
      !is_plain_state(recurrence, cell_slot))
    return std::nullopt;
  RecurrentCell cell;
  cell.kind = RecurrentCell::Kind::lstm;
  cell.hidden_slot = hidden_slot;
  cell.cell_slot = cell_slot;
  cell.output = recurrence.output(hidden_slot);
  cell.units = *width(recurrence.input(cell_slot));
  cell.outputs = *width(recurrence.input(hidden_slot));
  if (!LstmMatcher(reader, recurrence, cell).match()) return std::nullopt;
  return cell;
}

std::optional<RecurrentCell> match_rnn(const AffineReader& reader, const Recurrence& recurrence,
                                       int hidden_slot) {
  if (!is_plain_state(recurrence, hidden_slot)) return std::nullopt;
  RecurrentCell cell;
  cell.hidden_slot = hidden_slot;
  cell.output = recurrence.output(hidden_slot);
  cell.units = cell.outputs = *width(recurrence.input(hidden_slot));
  const Activated act = activated(cell.output);
  cell.activation = act.activation;
  Matcher matcher(reader, recurrence, cell);
  if (!matcher.read(act.of, act.begin, nullptr, cell.cell) || cell.cell.norm ||
      !Matcher::is_complete(cell.cell))
    return std::nullopt;
  return cell;
}

}  // namespace litecast::optimize
