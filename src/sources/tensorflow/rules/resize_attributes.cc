#include "sources/tensorflow/rules/resize_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

std::array<double, 2> constant_pair(RuleContext& context, int index, const char* what) {
  const Value* value = context.input(index);
  if (!value->is_constant() || !value->constant()->is_small())
    throw Unsupported(fmt::format("{} is only known at run time", what));
  const std::vector<double> values = ir::real_values(*value->constant());
  if (values.size() != 2) throw Unsupported(fmt::format("{} needs two entries", what));
  return {values[0], values[1]};
}

}  // namespace

emit::Sampling sampling_of(const RuleContext& context) {
  if (context.attr_bool("half_pixel_centers")) return emit::Sampling::half_pixel_centers;
  return context.attr_bool("align_corners") ? emit::Sampling::align_corners
                                            : emit::Sampling::legacy;
}

SpanAttributes span_attributes(RuleContext& context) {
  return {.scale = constant_pair(context, 2, "the scale"),
          .shift = constant_pair(context, 3, "the translation"),
          .kernel = emit::span_kernel(context.attr_string("kernel_type")),
          .antialias = context.attr_bool("antialias")};
}

}  // namespace litecast::tensorflow::rules
