// The table is written by tests/ops/run.py, which has run each of these ops on the runtime; that it
// is current is checked by the same. What converts but has no row yet gets an empty one.
#include <litecast/ops.h>

#include <algorithm>

#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/fallback.h"
#include "sources/tensorflow/flex_ops.h"
#include "sources/tensorflow/rule.h"

namespace litecast {
namespace {

constexpr OpCoverage kTable[] = {
#include "report/op_coverage_table.inc"
};

void add_missing(std::vector<OpCoverage>& all, std::string_view op) {
  const auto place = std::ranges::lower_bound(all, op, {}, &OpCoverage::op);
  if (place == all.end() || place->op != op) all.insert(place, OpCoverage{.op = op});
}

void add_select_tf(std::vector<OpCoverage>& all, std::string_view op) {
  const auto place = std::ranges::lower_bound(all, op, {}, &OpCoverage::op);
  if (place == all.end() || place->op != op)
    all.insert(place, OpCoverage{.op = op, .builtin = false});
}

}  // namespace

std::vector<OpCoverage> op_coverage() {
  std::vector<OpCoverage> all(std::begin(kTable), std::end(kTable));
  for (const tensorflow::Rule& rule : tensorflow::rule_table()) add_missing(all, rule.op);
  for (const tensorflow::BindingRule& rule : tensorflow::binding_table()) add_missing(all, rule.op);
  for (const std::string_view op : tensorflow::select_tf_ops())
    if (!tensorflow::option_of(op).empty()) add_select_tf(all, op);
  for (OpCoverage& op : all) op.option = tensorflow::option_of(op.op);
  return all;
}

}  // namespace litecast
