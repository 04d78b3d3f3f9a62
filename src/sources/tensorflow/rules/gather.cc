#include "emit/gather.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

int checked_batch_dims(std::int64_t batch_dims, const Value* indices) {
  if (batch_dims >= 0) return static_cast<int>(batch_dims);
  if (!indices->shape().is_ranked()) throw Unsupported("the rank of the indices is not known");
  return static_cast<int>(batch_dims + indices->shape().rank());
}

void gather(RuleContext& c) { c.output(emit::gather(c.e, c.input(0), c.input(1), 0)); }

void gather_v2(RuleContext& c) {
  const std::int64_t axis = c.constant_integer(2, "the axis of a gather");
  const int batch_dims = checked_batch_dims(c.attr_int("batch_dims"), c.input(1));
  const int checked =
      axis < 0 ? emit::axis_of(axis, emit::rank_of(c.input(0))) : static_cast<int>(axis);
  c.output(emit::gather(c.e, c.input(0), c.input(1), checked, batch_dims));
}

// From a variable: along the first axis after the batch.
void resource_gather(RuleContext& c) {
  const int batch_dims = checked_batch_dims(c.attr_int("batch_dims"), c.input(1));
  c.output(emit::gather(c.e, c.input(0), c.input(1), batch_dims, batch_dims));
}

void gather_nd(RuleContext& c) { c.output(emit::gather_nd(c.e, c.input(0), c.input(1))); }

constexpr Rule kGatherRules[] = {
    {"Gather", gather},
    {"GatherNd", gather_nd},
    {"GatherV2", gather_v2},
    {"ResourceGather", resource_gather},
    {"ResourceGatherNd", gather_nd},
};

}  // namespace

std::span<const Rule> gather() { return kGatherRules; }

}  // namespace litecast::tensorflow::rules
