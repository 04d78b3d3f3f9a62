// Ops that give the tensor they are given; Identity and IdentityN, which also forward handles, are
// among the binding rules.
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void pass(RuleContext& c) { c.output(c.input(0)); }

// What the shape says beyond the known one is a promise about the input: sizes that it names are
// written down by a RESHAPE, which is dropped where nothing is new.
void ensure_shape(RuleContext& c) {
  Value* x = c.input(0);
  const Shape wanted = c.attr_shape("shape");
  if (!wanted.is_ranked()) return c.output(x);
  if (x->shape().is_ranked() && x->shape().rank() != wanted.rank())
    throw Unsupported("the tensor does not have the ensured rank");
  std::vector<Dim> dims;
  for (int i = 0; i < wanted.rank(); ++i) {
    const bool named = wanted[i].is_constant() || !x->shape().is_ranked();
    dims.push_back(named ? wanted[i] : x->shape()[i]);
  }
  if (!x->shape().is_ranked()) return c.output(x);
  c.output(emit::reshape(c.e, x, Shape(std::move(dims))));
}

constexpr Rule kIdentityRules[] = {
    {"CheckNumerics", pass}, {"CheckNumericsV2", pass},        {"DebugIdentity", pass},
    {"DeepCopy", pass},      {"EnsureShape", ensure_shape},    {"GuaranteeConst", pass},
    {"LossyIdentity", pass}, {"PlaceholderWithDefault", pass}, {"PreventGradient", pass},
    {"Snapshot", pass},      {"StopGradient", pass},
};

}  // namespace

std::span<const Rule> identity() { return kIdentityRules; }

}  // namespace litecast::tensorflow::rules
