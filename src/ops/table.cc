#include <array>

#include "ops/families.h"

namespace litecast::ops {
namespace {

// Ops have numbers without gaps, so a vector by number is the index.
std::vector<const OpInfo*> index_families() {
  // A family joins the table by its line here.
  const std::span<const OpInfo> families[] = {
      activation_family(), arithmetic_family(), cast_family(),         comparison_family(),
      concat_family(),     control_family(),    conv_family(),         gather_scatter_family(),
      generator_family(),  layout_family(),     matmul_family(),       normalization_family(),
      pad_family(),        pool_family(),       quantization_family(), random_family(),
      recurrent_family(),  reduce_family(),     resize_image_family(), resource_family(),
      search_family(),     segment_family(),    select_family(),       shape_family(),
      signal_family(),     slice_family(),      space_batch_family(),  stablehlo_family(),
      text_family(),       unary_family(),
  };
  std::vector<const OpInfo*> by_code;
  for (const auto family : families) {
    for (const OpInfo& info : family) {
      const auto code = static_cast<std::size_t>(info.op);
      if (code >= by_code.size()) by_code.resize(code + 1);
      by_code[code] = &info;
    }
  }
  return by_code;
}

}  // namespace

const OpInfo* find(Op op) {
  // Made at the first use: a program that converts nothing does not pay for it.
  static const std::vector<const OpInfo*> by_code = index_families();
  const auto code = static_cast<std::size_t>(op);
  return code < by_code.size() ? by_code[code] : nullptr;
}

Effect effect_of(const OpInfo& info, const ir::NodeSpec& node) {
  if (node.op != Op::CUSTOM) return info.effect;
  switch (node.custom_effect) {
    case ir::CustomEffect::pure:
      return Effect::pure;
    case ir::CustomEffect::read:
      return Effect::read;
    case ir::CustomEffect::opaque:
      break;
  }
  return info.effect;
}

}  // namespace litecast::ops
