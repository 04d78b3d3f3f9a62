#include "emit/conv.h"
#include "emit/max_places.h"
#include "emit/window.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

struct PoolAttributes {
  std::vector<std::int64_t> ksize, strides;  // in data_format's order
};

std::size_t channel_axis(const RuleContext& c, const PoolAttributes& attributes) {
  return is_channels_first(c) ? 1 : attributes.ksize.size() - 1;
}

// Windows that cover channels alone; TensorFlow wants them to tile the channels.
bool is_over_channels(const RuleContext& c, const PoolAttributes& attributes) {
  std::size_t axis = channel_axis(c, attributes);
  bool spatial = false;
  for (std::size_t i = 0; i < attributes.ksize.size(); ++i)
    spatial = spatial || (i != axis && (attributes.ksize[i] != 1 || attributes.strides[i] != 1));
  return attributes.ksize[axis] > 1 && attributes.ksize[axis] == attributes.strides[axis] &&
         !spatial;
}

Value* pool_channels(RuleContext& c, Value* x, std::int64_t size) {
  std::vector<Dim> dims = x->shape().dims();
  auto rank = static_cast<int>(dims.size());
  if (!dims.back().is_constant() || dims.back().value() % size != 0)
    throw Unsupported("pooling windows over the channels must divide them");
  dims.back() = Dim(dims.back().value() / size);
  dims.push_back(size);
  const int last[] = {rank};
  return emit::reduce(c.e, Op::REDUCE_MAX, emit::reshape(c.e, x, Shape(dims)), last, false);
}

void emit_pool(RuleContext& c, emit::Pool kind, const PoolAttributes& attributes) {
  std::size_t rank = attributes.ksize.size();
  if (rank < 4 || rank > 5 || attributes.strides.size() != rank)
    throw Unsupported("ksize and strides need an entry for each axis");
  c.output(in_layout(c, c.input(0), [&](Value* x) {
    if (kind == emit::Pool::max && is_over_channels(c, attributes))
      return pool_channels(c, x, attributes.ksize[channel_axis(c, attributes)]);
    auto sizes = spatial_entries(c, attributes.ksize, "a pooling size");
    emit::Window window = window_with(c, spatial_entries(c, attributes.strides, "a stride"));
    return emit::pool(c.e, kind, x, sizes, window);
  }));
}

PoolAttributes attributes_of(const RuleContext& c) {
  return {c.attr_ints("ksize"), c.attr_ints("strides")};
}

void max_pool(RuleContext& c) { emit_pool(c, emit::Pool::max, attributes_of(c)); }
void avg_pool(RuleContext& c) { emit_pool(c, emit::Pool::average, attributes_of(c)); }

void max_pool_v2(RuleContext& c) {
  emit_pool(c, emit::Pool::max,
            {c.constant_integers(1, "ksize"), c.constant_integers(2, "strides")});
}

void max_pool_with_argmax(RuleContext& c) {
  Value* x = c.input(0);
  auto sizes = spatial_entries(c, c.attr_ints("ksize"), "a pooling size");
  emit::Window window = emit::checked(window_of(c), x, 2);
  c.output(0, emit::pool(c.e, emit::Pool::max, x, sizes, window));
  Value* places = emit::max_places(c.e, x, sizes, window, c.attr_bool("include_batch_in_index"));
  c.output(1, emit::cast(c.e, places, c.attr_type("Targmax")));
}

constexpr Rule kPoolingRules[] = {
    {"AvgPool", avg_pool},      {"AvgPool3D", avg_pool},
    {"MaxPool", max_pool},      {"MaxPool3D", max_pool},
    {"MaxPoolV2", max_pool_v2}, {"MaxPoolWithArgmax", max_pool_with_argmax},
};

}  // namespace

std::span<const Rule> pooling() { return kPoolingRules; }

}  // namespace litecast::tensorflow::rules
