// Steps of optimizers: ops that compute the new values of a variable and of the optimizer's own
// ones from a gradient, and assign them all. For TensorFlow 1 the same ops take references.
#include "emit/arith.h"
#include "emit/shape.h"
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

Value* size(Emitter& e, Value* x) { return emit::unary(e, Op::ABS, x); }

Value* sign(Emitter& e, Value* x) { return emit::unary(e, Op::SIGN, x); }

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

// Operands: the variable, the mean, the variance, (the largest variance,) powers of both decays,
// rate, both decays, epsilon, gradient.
template <bool keeps_largest>
void adam(NodeContext& c, Walk&) {
  constexpr int kRest = keeps_largest ? 4 : 3;
  const auto targets = targets_of(c, kRest);
  if (!targets) return;
  Value* gradient = c.input(kRest + 6);
  Value* beta1 = c.input(kRest + 3);
  Value* mean = moved(c.e, c.input(1), gradient, beta1);
  Value* variance = moved(c.e, c.input(2), square(c.e, gradient), c.input(kRest + 4));
  Value* largest = keeps_largest ? emit::max(c.e, c.input(3), variance) : variance;
  Value* correction = root(c.e, one_minus(c.e, c.input(kRest + 1)));
  Value* rate = emit::div(c.e, emit::mul(c.e, c.input(kRest + 2), correction),
                          one_minus(c.e, c.input(kRest)));
  Value* direction = option(c, "use_nesterov") ? moved(c.e, mean, gradient, beta1) : mean;
  Value* step = emit::div(c.e, emit::mul(c.e, direction, rate),
                          emit::add(c.e, root(c.e, largest), c.input(kRest + 5)));
  std::vector<Value*> values = {emit::sub(c.e, c.input(0), step), mean, variance};
  if (keeps_largest) values.push_back(largest);
  assign_all(c, *targets, values);
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

// Operands: the variable, the mean, the largest gradient, power of the first decay, rate, both
// decays, epsilon, gradient.
void ada_max(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 3);
  if (!targets) return;
  Value* gradient = c.input(8);
  Value* mean = moved(c.e, c.input(1), gradient, c.input(5));
  Value* largest = emit::max(c.e, emit::mul(c.e, c.input(2), c.input(6)), size(c.e, gradient));
  Value* rate = emit::div(c.e, c.input(4), one_minus(c.e, c.input(3)));
  Value* step = emit::mul(c.e, rate, emit::div(c.e, mean, emit::add(c.e, largest, c.input(7))));
  assign_all(c, *targets, {emit::sub(c.e, c.input(0), step), mean, largest});
}

// Operands: the variable, the mean square of gradients, of steps, rate, decay, epsilon, gradient.
void adadelta(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 3);
  if (!targets) return;
  Value *gradient = c.input(6), *decay = c.input(4), *epsilon = c.input(5);
  Value* gradients = moved(c.e, c.input(1), square(c.e, gradient), decay);
  Value* ratio = emit::div(c.e, root(c.e, emit::add(c.e, c.input(2), epsilon)),
                           root(c.e, emit::add(c.e, gradients, epsilon)));
  Value* step = emit::mul(c.e, ratio, gradient);
  Value* steps = moved(c.e, c.input(2), square(c.e, step), decay);
  Value* next = emit::sub(c.e, c.input(0), emit::mul(c.e, step, c.input(3)));
  assign_all(c, *targets, {next, gradients, steps});
}

// Operands: the variable, the mean, rate, alpha (or the logarithm of the base), decay of the signs,
// beta, gradient.
template <bool power>
void sign_step(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 2);
  if (!targets) return;
  Value* gradient = c.input(6);
  Value* mean = moved(c.e, c.input(1), gradient, c.input(5));
  Value* agreement =
      emit::mul(c.e, c.input(4), emit::mul(c.e, sign(c.e, gradient), sign(c.e, mean)));
  Value* scale = power ? emit::unary(c.e, Op::EXP, emit::mul(c.e, c.input(3), agreement))
                       : emit::add(c.e, c.input(3), agreement);
  Value* step = emit::mul(c.e, emit::mul(c.e, c.input(2), scale), gradient);
  assign_all(c, *targets, {emit::sub(c.e, c.input(0), step), mean});
}

// x moved towards zero by `distance`, and to zero where it is nearer (soft thresholding).
Value* shrunk(Emitter& e, Value* x, Value* distance) {
  Value* rest = emit::max(e, emit::sub(e, size(e, x), distance), e.scalar(x->dtype(), 0));
  return emit::mul(e, sign(e, x), rest);
}

// The variable after a step of the rate: l1 shrinks it, l2 scales it down.
Value* proximal(Emitter& e, Value* x, Value* gradient, Value* rate, Value* l1, Value* l2) {
  Value* moved_on = emit::sub(e, x, emit::mul(e, gradient, rate));
  Value* scale = emit::add(e, e.scalar(x->dtype(), 1), emit::mul(e, l2, rate));
  return emit::div(e, shrunk(e, moved_on, emit::mul(e, l1, rate)), scale);
}

void proximal_gradient_descent(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 1);
  if (!targets) return;
  assign_all(c, *targets,
             {proximal(c.e, c.input(0), c.input(4), c.input(1), c.input(2), c.input(3))});
}

void proximal_adagrad(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 2);
  if (!targets) return;
  Value* gradient = c.input(5);
  Value* sum = emit::add(c.e, c.input(1), square(c.e, gradient));
  Value* rate = emit::div(c.e, c.input(2), root(c.e, sum));
  assign_all(c, *targets, {proximal(c.e, c.input(0), gradient, rate, c.input(3), c.input(4)), sum});
}

// Operands: the variable, the sum of gradients, of their squares, gradient, rate, l1, l2, number
// of the step.
void adagrad_dual_averaging(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 3);
  if (!targets) return;
  Value *gradient = c.input(3), *rate = c.input(4);
  Value* step = emit::cast(c.e, c.input(7), gradient->dtype());
  Value* sum = emit::add(c.e, c.input(1), gradient);
  Value* squares = emit::add(c.e, c.input(2), square(c.e, gradient));
  Value* length =
      emit::add(c.e, emit::mul(c.e, emit::mul(c.e, c.input(6), step), rate), root(c.e, squares));
  Value* pull = shrunk(c.e, sum, emit::mul(c.e, c.input(5), step));
  Value* next = emit::unary(c.e, Op::NEG, emit::div(c.e, emit::mul(c.e, rate, pull), length));
  assign_all(c, *targets, {next, sum, squares});
}

// McMahan et al., Ad click prediction: a view from the trenches (2013). Operands: the variable,
// the sum of squares, the linear term, gradient, rate, l1, l2, (shrinkage of l2,) power of the
// rate.
template <bool shrinks>
void ftrl(NodeContext& c, Walk&) {
  const auto targets = targets_of(c, 3);
  if (!targets) return;
  Emitter& e = c.e;
  Value *x = c.input(0), *gradient = c.input(3), *rate = c.input(4);
  Value *l1 = c.input(5), *l2 = c.input(6), *power = c.input(shrinks ? 8 : 7);
  const auto twice = [&](Value* v) { return emit::mul(e, e.scalar(v->dtype(), 2), v); };
  const auto weight = [&](Value* sum) {
    return emit::binary(e, Op::POW, sum, emit::unary(e, Op::NEG, power));
  };
  const bool by_rate = option(c, "multiply_linear_by_lr");
  Value* sum = emit::add(e, c.input(1), square(e, gradient));
  Value* growth = emit::sub(e, weight(sum), weight(c.input(1)));
  Value* pull = shrinks ? emit::add(e, gradient, emit::mul(e, twice(c.input(7)), x)) : gradient;
  Value* change = by_rate ? emit::sub(e, emit::mul(e, pull, rate), emit::mul(e, growth, x))
                          : emit::sub(e, pull, emit::mul(e, emit::div(e, growth, rate), x));
  Value* linear = emit::add(e, c.input(2), change);
  Value* scale = by_rate ? emit::add(e, weight(sum), twice(emit::mul(e, l2, rate)))
                         : emit::add(e, emit::div(e, weight(sum), rate), twice(l2));
  Value* distance = by_rate ? emit::mul(e, l1, rate) : l1;
  Value* next = emit::unary(e, Op::NEG, emit::div(e, shrunk(e, linear, distance), scale));
  assign_all(c, *targets, {next, sum, linear});
}

constexpr BindingRule kOptimizerRules[] = {
    {"ApplyAdaMax", ada_max},
    {"ApplyAdadelta", adadelta},
    {"ApplyAdagrad", adagrad},
    {"ApplyAdagradDA", adagrad_dual_averaging},
    {"ApplyAdagradV2", adagrad},
    {"ApplyAdam", adam<false>},
    {"ApplyAddSign", sign_step<false>},
    {"ApplyCenteredRMSProp", rms_prop<true>},
    {"ApplyFtrl", ftrl<false>},
    {"ApplyFtrlV2", ftrl<true>},
    {"ApplyMomentum", momentum},
    {"ApplyPowerSign", sign_step<true>},
    {"ApplyProximalAdagrad", proximal_adagrad},
    {"ApplyProximalGradientDescent", proximal_gradient_descent},
    {"ApplyRMSProp", rms_prop<false>},
    {"ResourceApplyAdaMax", ada_max},
    {"ResourceApplyAdadelta", adadelta},
    {"ResourceApplyAdagrad", adagrad},
    {"ResourceApplyAdagradDA", adagrad_dual_averaging},
    {"ResourceApplyAdagradV2", adagrad},
    {"ResourceApplyAdam", adam<false>},
    {"ResourceApplyAdamWithAmsgrad", adam<true>},
    {"ResourceApplyAddSign", sign_step<false>},
    {"ResourceApplyCenteredRMSProp", rms_prop<true>},
    {"ResourceApplyFtrl", ftrl<false>},
    {"ResourceApplyFtrlV2", ftrl<true>},
    {"ResourceApplyKerasMomentum", keras_momentum},
    {"ResourceApplyMomentum", momentum},
    {"ResourceApplyPowerSign", sign_step<true>},
    {"ResourceApplyProximalAdagrad", proximal_adagrad},
    {"ResourceApplyProximalGradientDescent", proximal_gradient_descent},
    {"ResourceApplyRMSProp", rms_prop<false>},
};

}  // namespace

std::span<const BindingRule> optimizer_step() { return kOptimizerRules; }

}  // namespace litecast::tensorflow::bindings
