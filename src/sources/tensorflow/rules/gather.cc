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

// Where each letter of `from` stands in `to`.
std::vector<std::int64_t> places_of(const std::string& from, const std::string& to) {
  std::vector<std::int64_t> places;
  for (char axis : from) {
    const auto place = to.find(axis);
    if (place == std::string::npos) throw Unsupported("formats of different axes");
    places.push_back(static_cast<std::int64_t>(place));
  }
  return places;
}

// Axes by number, in another order of the axes.
void data_format_dim_map(RuleContext& c) {
  const auto places = places_of(c.attr_string("src_format"), c.attr_string("dst_format"));
  Value* axes = emit::cast(c.e, c.input(0), DType::INT32);
  // Some count from the end.
  Value* rank = c.e.scalar_i32(static_cast<std::int64_t>(places.size()));
  axes = emit::binary(c.e, Op::FLOOR_MOD, axes, rank);
  Value* mapped = emit::gather(c.e, c.e.i32(places), axes, 0);
  c.output(emit::cast(c.e, mapped, c.input(0)->dtype()));
}

// An entry for each axis, or for each spatial one, in another order of the axes.
void data_format_vec_permute(RuleContext& c) {
  std::string from = c.attr_string("src_format"), to = c.attr_string("dst_format");
  Value* x = c.input(0);
  if (emit::rank_of(x) < 1) throw Unsupported("a vector with an entry for each axis");
  if (x->shape()[0] == Dim(static_cast<std::int64_t>(from.size()) - 2))
    for (std::string* format : {&from, &to})
      std::erase_if(*format, [](char axis) { return axis == 'N' || axis == 'C'; });
  c.output(emit::gather(c.e, x, c.e.i32(places_of(to, from)), 0));
}

constexpr Rule kGatherRules[] = {
    {"DataFormatDimMap", data_format_dim_map},
    {"DataFormatVecPermute", data_format_vec_permute},
    {"Gather", gather},
    {"GatherNd", gather_nd},
    {"GatherV2", gather_v2},
    {"ResourceGather", resource_gather},
    {"ResourceGatherNd", gather_nd},
};

}  // namespace

std::span<const Rule> gather() { return kGatherRules; }

}  // namespace litecast::tensorflow::rules
