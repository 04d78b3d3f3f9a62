#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

template <Op op>
void compare(RuleContext& c) {
  c.output(emit::binary(c.e, op, c.input(0), c.input(1)));
}

void logical_not(RuleContext& c) { c.output(emit::unary(c.e, Op::LOGICAL_NOT, c.input(0))); }

void approximate_equal(RuleContext& c) {
  Value* x = c.input(0);
  Value* distance = emit::unary(c.e, Op::ABS, emit::sub(c.e, x, c.input(1)));
  c.output(
      emit::binary(c.e, Op::LESS, distance, c.e.scalar(x->dtype(), c.attr_float("tolerance"))));
}

constexpr Rule kComparisonRules[] = {
    {"ApproximateEqual", approximate_equal},
    {"Equal", compare<Op::EQUAL>},
    {"Greater", compare<Op::GREATER>},
    {"GreaterEqual", compare<Op::GREATER_EQUAL>},
    {"Less", compare<Op::LESS>},
    {"LessEqual", compare<Op::LESS_EQUAL>},
    {"LogicalAnd", compare<Op::LOGICAL_AND>},
    {"LogicalNot", logical_not},
    {"LogicalOr", compare<Op::LOGICAL_OR>},
    {"NotEqual", compare<Op::NOT_EQUAL>},
};

}  // namespace

std::span<const Rule> comparison() { return kComparisonRules; }

}  // namespace litecast::tensorflow::rules
