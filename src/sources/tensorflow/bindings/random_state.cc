// The counter of a tf.random.Generator: a variable of the counter's two halves and the key.
#include "emit/arith.h"
#include "emit/conv.h"
#include "emit/philox.h"
#include "emit/shape.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/bindings/assignment.h"
#include "sources/tensorflow/rules/generator.h"

namespace litecast::tensorflow::bindings {
namespace {

// Whether a sum of numbers without a sign is smaller than one of them; flipping the first bit makes
// an order with signs of one without.
Value* overflows(Emitter& e, Value* sum, Value* summand) {
  Value* first_bit = e.scalar(DType::INT64, -0x1p63);
  return emit::binary(e, Op::LESS, emit::add(e, sum, first_bit), emit::add(e, summand, first_bit));
}

// Gives the state, and moves the counter on by what `delta` numbers may take.
void read_and_skip(NodeContext& c, Walk&) {
  const auto target = target_of(c);
  if (!target) return;
  rules::require_generator(c, 1, {rules::kPhilox});
  Value* state = c.input(0);
  if (state->shape() != Shape{3} || state->dtype() != DType::INT64)
    throw Unsupported("the state of a generator has three entries");
  Emitter& e = c.e;
  Value* skipped = emit::mul(e, emit::bitcast(e, c.input(2), DType::INT64),
                             e.scalar(DType::INT64, static_cast<double>(emit::kPhiloxReserved)));
  const auto parts = emit::split(e, state, 0, 3);
  Value* low = emit::add(e, parts[0], skipped);
  Value* carry = emit::cast(e, overflows(e, low, parts[0]), DType::INT64);
  Value* high = emit::add(e, parts[1], carry);
  c.states.assign(e, target->variable, emit::concat(e, {low, high, parts[2]}, 0));
  c.output(0, state);
}

constexpr BindingRule kRandomStateRules[] = {
    {"RngReadAndSkip", read_and_skip},
};

}  // namespace

std::span<const BindingRule> random_state() { return kRandomStateRules; }

}  // namespace litecast::tensorflow::bindings
