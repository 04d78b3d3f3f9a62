// Steps of optimizers: ops that compute the new values of a variable and of the optimizer's own
// ones from a gradient, and assign them all. For TensorFlow 1 the same ops take references.
#include "emit/arith.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/bindings/assignment.h"

namespace litecast::tensorflow::bindings {
namespace {

bool option(const NodeContext& c, const char* name) {
  return c.has_attr(name) && c.attr_bool(name);
}

// The variables that a step changes: the trained one first, then `count` − 1 of the optimizer's.
std::optional<std::vector<Target>> targets_of(NodeContext& c, int count) {
  std::vector<Target> targets;
  for (int i = 0; i < count; ++i) {
    const auto target = target_of(c, i);
    if (!target) return std::nullopt;
    targets.push_back(*target);
  }
  return targets;
}

// In turn; the trained variable is what ops of TensorFlow 1 give back, so it comes last.
void assign_all(NodeContext& c, const std::vector<Target>& targets,
                const std::vector<Value*>& values) {
  for (std::size_t i = targets.size(); i-- > 0;) assign(c, targets[i], values[i]);
}

Value* one_minus(Emitter& e, Value* x) { return emit::sub(e, e.scalar(x->dtype(), 1), x); }

Value* square(Emitter& e, Value* x) { return emit::mul(e, x, x); }

Value* root(Emitter& e, Value* x) { return emit::unary(e, Op::SQRT, x); }

// average + (x − average)·(1 − keep)
Value* moved(Emitter& e, Value* average, Value* x, Value* keep) {
  return emit::add(e, average, emit::mul(e, emit::sub(e, x, average), one_minus(e, keep)));
}

void adagrad(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 2);
  if (!targets) return;
  const bool has_epsilon = c.input_count() > 4;
  Value* gradient = c.input(has_epsilon ? 4 : 3);
  Value* sum = c.input(1);
  if (c.attr_bool("update_slots")) sum = emit::add(c.e, sum, square(c.e, gradient));
  Value* length = root(c.e, sum);
  if (has_epsilon) length = emit::add(c.e, length, c.input(3));
  Value* step = emit::div(c.e, emit::mul(c.e, gradient, c.input(2)), length);
  assign_all(c, *targets, {emit::sub(c.e, c.input(0), step), sum});
}

void adam(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 3);
  if (!targets) return;
  Value* gradient = c.input(9);
  Value* beta1 = c.input(6);
  Value* mean = moved(c.e, c.input(1), gradient, beta1);
  Value* variance = moved(c.e, c.input(2), square(c.e, gradient), c.input(7));
  Value* rate = emit::div(c.e, emit::mul(c.e, c.input(5), root(c.e, one_minus(c.e, c.input(4)))),
                          one_minus(c.e, c.input(3)));
  Value* direction = option(c, "use_nesterov") ? moved(c.e, mean, gradient, beta1) : mean;
  Value* step = emit::div(c.e, emit::mul(c.e, direction, rate),
                          emit::add(c.e, root(c.e, variance), c.input(8)));
  assign_all(c, *targets, {emit::sub(c.e, c.input(0), step), mean, variance});
}

void momentum(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 2);
  if (!targets) return;
  Value* rate = c.input(2);
  Value* gradient = c.input(3);
  Value* sum = emit::add(c.e, emit::mul(c.e, c.input(1), c.input(4)), gradient);
  Value* direction =
      option(c, "use_nesterov") ? emit::add(c.e, gradient, emit::mul(c.e, sum, c.input(4))) : sum;
  Value* step = emit::mul(c.e, direction, rate);
  assign_all(c, *targets, {emit::sub(c.e, c.input(0), step), sum});
}

// Keras keeps the step itself, the rate included.
void keras_momentum(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 2);
  if (!targets) return;
  Value* down = emit::mul(c.e, c.input(3), c.input(2));
  Value* kept = emit::sub(c.e, emit::mul(c.e, c.input(1), c.input(4)), down);
  Value* step =
      option(c, "use_nesterov") ? emit::sub(c.e, emit::mul(c.e, kept, c.input(4)), down) : kept;
  assign_all(c, *targets, {emit::add(c.e, c.input(0), step), kept});
}

// Operands: the variable, (the mean gradient,) mean square, momentum, rate, decay, factor of the
// momentum, epsilon, gradient.
template <bool centred>
void rms_prop(NodeContext& c, Walk&) {
  constexpr int kFirst = centred ? 1 : 0;
  const auto targets = targets_of(c, kFirst + 3);
  if (!targets) return;
  Value* gradient = c.input(kFirst + 7);
  Value* decay = c.input(kFirst + 4);
  Value* mean_square = moved(c.e, c.input(kFirst + 1), square(c.e, gradient), decay);
  Value* mean = centred ? moved(c.e, c.input(1), gradient, decay) : nullptr;
  Value* variance = mean ? emit::sub(c.e, mean_square, square(c.e, mean)) : mean_square;
  Value* length = root(c.e, emit::add(c.e, variance, c.input(kFirst + 6)));
  Value* step = emit::add(c.e, emit::mul(c.e, c.input(kFirst + 2), c.input(kFirst + 5)),
                          emit::div(c.e, emit::mul(c.e, gradient, c.input(kFirst + 3)), length));
  std::vector<Value*> values = {emit::sub(c.e, c.input(0), step), mean_square, step};
  if (mean) values.insert(values.begin() + 1, mean);
  assign_all(c, *targets, values);
}

constexpr BindingRule kOptimizerRules[] = {
    {"ApplyAdagrad", adagrad},
    {"ApplyAdagradV2", adagrad},
    {"ApplyAdam", adam},
    {"ApplyCenteredRMSProp", rms_prop<true>},
    {"ApplyMomentum", momentum},
    {"ApplyRMSProp", rms_prop<false>},
    {"ResourceApplyAdagrad", adagrad},
    {"ResourceApplyAdagradV2", adagrad},
    {"ResourceApplyAdam", adam},
    {"ResourceApplyCenteredRMSProp", rms_prop<true>},
    {"ResourceApplyKerasMomentum", keras_momentum},
    {"ResourceApplyMomentum", momentum},
    {"ResourceApplyRMSProp", rms_prop<false>},
};

}  // namespace

std::span<const BindingRule> optimizer_step() { return kOptimizerRules; }

}  // namespace litecast::tensorflow::bindings
