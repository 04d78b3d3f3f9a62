#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

emit::Padding padding_of(const std::string& name) {
  if (name == "SAME") return emit::Padding::same;
  if (name == "VALID") return emit::Padding::valid;
  if (name == "EXPLICIT") return emit::Padding::explicit_;
  throw Unsupported("unknown padding \"" + name + "\"");
}

std::size_t first_spatial(const RuleContext& context) { return is_channels_first(context) ? 2 : 1; }

// explicit_paddings: before and after for each axis in data_format's order.
std::vector<std::array<std::int64_t, 2>> explicit_pads(const RuleContext& context) {
  auto flat = context.attr_ints("explicit_paddings");
  if (flat.size() < 6 || flat.size() % 2 != 0)
    throw Unsupported("explicit_paddings must have two entries for each axis");
  std::vector<std::array<std::int64_t, 2>> pads;
  std::size_t first = first_spatial(context), spatial = flat.size() / 2 - 2;
  for (std::size_t i = 0; i < flat.size() / 2; ++i) {
    bool is_spatial = i >= first && i < first + spatial;
    if (is_spatial)
      pads.push_back({flat[2 * i], flat[2 * i + 1]});
    else if (flat[2 * i] != 0 || flat[2 * i + 1] != 0)
      throw Unsupported("padding of the batch or the channels");
  }
  return pads;
}

}  // namespace

bool is_channels_first(const RuleContext& context) {
  if (!context.has_attr("data_format")) return false;
  std::string format = context.attr_string("data_format");
  if (format == "NCHW" || format == "NCDHW" || format == "CHANNELS_FIRST") return true;
  if (format == "NHWC" || format == "NDHWC" || format == "CHANNELS_LAST") return false;
  throw Unsupported("data_format " + format, "export the model with NHWC data");
}

Value* in_layout(RuleContext& context, Value* x, const std::function<Value*(Value*)>& body) {
  return is_channels_first(context) ? emit::in_channels_last(context.e, x, body) : body(x);
}

std::vector<std::int64_t> spatial_entries(const RuleContext& context,
                                          const std::vector<std::int64_t>& list, const char* what) {
  if (list.empty()) return {};
  if (list.size() < 3) throw Unsupported(fmt::format("{} needs an entry for each axis", what));
  std::size_t first = first_spatial(context);
  std::vector<std::int64_t> entries(
      list.begin() + static_cast<std::ptrdiff_t>(first),
      list.begin() + static_cast<std::ptrdiff_t>(first + list.size() - 2));
  std::size_t channels = first == 2 ? 1 : list.size() - 1;
  if (list[0] != 1 || list[channels] != 1)
    throw Unsupported(fmt::format("{} of the batch or the channels other than 1", what));
  return entries;
}

emit::Window window_with(const RuleContext& context, std::vector<std::int64_t> strides) {
  emit::Window window;
  window.strides = std::move(strides);
  if (context.has_attr("dilations"))
    window.dilations = spatial_entries(context, context.attr_ints("dilations"), "a dilation");
  window.padding = padding_of(context.attr_string("padding"));
  if (window.padding == emit::Padding::explicit_) window.pads = explicit_pads(context);
  return window;
}

emit::Window window_of(const RuleContext& context) {
  return window_with(context, spatial_entries(context, context.attr_ints("strides"), "a stride"));
}

Shape channels_last_shape(const RuleContext& context, const std::vector<Dim>& dims) {
  std::vector<Dim> last = dims;
  if (is_channels_first(context) && last.size() > 2)
    std::rotate(last.begin() + 1, last.begin() + 2, last.end());
  return Shape(std::move(last));
}

}  // namespace litecast::tensorflow::rules
