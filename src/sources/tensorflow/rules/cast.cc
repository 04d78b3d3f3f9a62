#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

void convert(RuleContext& c) { c.output(emit::cast(c.e, c.input(0), c.attr_type("DstT"))); }

void bitcast(RuleContext& c) { c.output(emit::bitcast(c.e, c.input(0), c.attr_type("type"))); }

constexpr Rule kCastRules[] = {
    {"Bitcast", bitcast},
    {"Cast", convert},
};

}  // namespace

std::span<const Rule> cast() { return kCastRules; }

}  // namespace litecast::tensorflow::rules
