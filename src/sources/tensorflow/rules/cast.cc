#include "sources/tensorflow/body_graph.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void convert(RuleContext& c) { c.output(emit::cast(c.e, c.input(0), c.attr_type("DstT"))); }

// A scalar that is not zero, or a tensor that has elements.
void to_bool(RuleContext& c) {
  if (c.input(0)->dtype() == DType::STRING && emit::rank_of(c.input(0)) == 0)
    throw Unsupported("the truth of a text");
  c.output(truth(c.e, c.input(0)));
}

void bitcast(RuleContext& c) { c.output(emit::bitcast(c.e, c.input(0), c.attr_type("type"))); }

constexpr Rule kCastRules[] = {
    {"Bitcast", bitcast},
    {"Cast", convert},
    {"ToBool", to_bool},
};

}  // namespace

std::span<const Rule> cast() { return kCastRules; }

}  // namespace litecast::tensorflow::rules
