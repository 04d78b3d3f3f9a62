#include <cmath>

#include "emit/color.h"
#include "emit/conv.h"
#include "emit/crop.h"
#include "emit/precision.h"
#include "emit/projective.h"
#include "emit/suppression.h"
#include "emit/window.h"
#include "sources/tensorflow/rules/resize_attributes.h"
#include "sources/tensorflow/rules/window_attributes.h"

namespace litecast::tensorflow::rules {
namespace {

using emit::add;
using emit::mul;
using emit::sub;

void check_image(const Value* x) {
  if (!x->shape().is_ranked() || x->shape().rank() != 4)
    throw Unsupported("an image batch has 4 axes, this is " + to_string(x->shape()));
}

Value* size_operand(RuleContext& c) { return emit::cast(c.e, c.input(1), DType::INT32); }

void resize_bilinear(RuleContext& c) {
  check_image(c.input(0));
  tflite::ResizeBilinearOptionsT options;
  options.align_corners = c.attr_bool("align_corners");
  options.half_pixel_centers = c.attr_bool("half_pixel_centers");
  Value* x = emit::cast(c.e, c.input(0), DType::FLOAT32);
  c.output(c.e.add(Op::RESIZE_BILINEAR, {x, size_operand(c)}, std::move(options)));
}

// Calls `move`, which chooses among pixels, with x as f32: of the same bits, or, where it has
// fewer, converted. Wider elements become two channels.
Value* as_floats(Emitter& e, Value* x, const std::function<Value*(Value*)>& move) {
  const DType dtype = x->dtype();
  if (ir::byte_width(dtype) < 4) return emit::in_f32(e, {x}, [&](auto in) { return move(in[0]); });
  Value* floats = emit::bitcast(e, x, DType::FLOAT32);
  if (ir::byte_width(dtype) == 4) return emit::bitcast(e, move(floats), dtype);
  std::vector<Dim> dims = x->shape().dims();
  const Dim channels = dims.back();
  dims.back() = channels * 2;
  Value* moved = move(emit::reshape(e, floats, Shape(dims)));
  dims = moved->shape().dims();
  dims.back() = channels;
  dims.push_back(2);
  return emit::bitcast(e, emit::reshape(e, moved, Shape(dims)), dtype);
}

void resize_nearest_neighbor(RuleContext& c) {
  check_image(c.input(0));
  tflite::ResizeNearestNeighborOptionsT options;
  options.align_corners = c.attr_bool("align_corners");
  options.half_pixel_centers = c.attr_bool("half_pixel_centers");
  Value* size = size_operand(c);
  if (Value* y = c.e.try_add(Op::RESIZE_NEAREST_NEIGHBOR, {c.input(0), size}, options))
    return c.output(y);
  c.output(as_floats(c.e, c.input(0), [&](Value* x) {
    return c.e.add(Op::RESIZE_NEAREST_NEIGHBOR, {x, size}, options);
  }));
}

struct ImageSizes {
  std::int64_t in_height, in_width, out_height, out_width;
};

ImageSizes image_sizes(RuleContext& c) {
  const Value* x = c.input(0);
  check_image(x);
  auto out = c.constant_integers(1, "the size of the resized image");
  if (out.size() != 2 || !x->shape()[1].is_constant() || !x->shape()[2].is_constant())
    throw Unsupported("this way of resizing needs known sizes of the image",
                      "resize with the bilinear or nearest method, or fix the input's size");
  return {x->shape()[1].value(), x->shape()[2].value(), out[0], out[1]};
}

Value* f32_input(RuleContext& c) { return emit::cast(c.e, c.input(0), DType::FLOAT32); }

void resize_bicubic(RuleContext& c) {
  const emit::Sampling sampling = sampling_of(c);
  ImageSizes s = image_sizes(c);
  c.output(emit::resample(c.e, f32_input(c),
                          emit::bicubic_matrix(s.in_height, s.out_height, sampling),
                          emit::bicubic_matrix(s.in_width, s.out_width, sampling)));
}

void resize_area(RuleContext& c) {
  bool align = c.attr_bool("align_corners");
  ImageSizes s = image_sizes(c);
  c.output(emit::resample(c.e, f32_input(c), emit::area_matrix(s.in_height, s.out_height, align),
                          emit::area_matrix(s.in_width, s.out_width, align)));
}

void scale_and_translate(RuleContext& c) {
  const ImageSizes s = image_sizes(c);
  const SpanAttributes span = span_attributes(c);
  c.output(emit::resample(c.e, f32_input(c),
                          emit::span_matrix(s.in_height, s.out_height, span.scale[0], span.shift[0],
                                            span.kernel, span.antialias),
                          emit::span_matrix(s.in_width, s.out_width, span.scale[1], span.shift[1],
                                            span.kernel, span.antialias)));
}

void crop_and_resize(RuleContext& c) {
  auto size = c.constant_integers(3, "the size of the crops");
  if (size.size() != 2) throw Unsupported("crop_size needs two entries");
  emit::CropResize options;
  options.height = size[0];
  options.width = size[1];
  options.nearest = c.attr_string("method") == "nearest";
  options.extrapolation_value = c.attr_float("extrapolation_value");
  c.output(emit::crop_and_resize(c.e, f32_input(c), c.input(1), c.input(2), options));
}

void projective_transform(RuleContext& c) {
  const auto size = c.constant_integers(2, "the size of the result");
  if (size.size() != 2) throw Unsupported("output_shape needs two entries");
  const bool has_fill = c.op() == "ImageProjectiveTransformV3";
  Value* fill = has_fill ? c.input(3) : c.e.scalar(DType::FLOAT32, 0);
  const std::string interpolation = c.attr_string("interpolation"),
                    mode = c.attr_string("fill_mode");
  c.output(
      emit::project(c.e, c.input(0), c.input(1), fill, {size[0], size[1], interpolation, mode}));
}

void adjust_contrast(RuleContext& c) {
  Value* factor = emit::cast(c.e, c.input(1), DType::FLOAT32);
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) {
    Value* x = in[0];
    if (!x->shape().is_ranked() || x->shape().rank() < 3)
      throw Unsupported("an image has at least 3 axes");
    const int spatial[] = {x->shape().rank() - 3, x->shape().rank() - 2};
    Value* mean = emit::reduce(c.e, Op::MEAN, x, spatial, true);
    return add(c.e, mul(c.e, sub(c.e, x, mean), factor), mean);
  }));
}

// Calls `change` with the image's hue, saturation and value.
void in_hsv(RuleContext& c, const std::function<emit::Channels(emit::Channels)>& change) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) {
    auto hsv = emit::rgb_to_hsv(c.e, emit::split_channels(c.e, in[0]));
    return emit::join_channels(c.e, emit::hsv_to_rgb(c.e, change(hsv)));
  }));
}

void adjust_hue(RuleContext& c) {
  Value* delta = emit::cast(c.e, c.input(1), DType::FLOAT32);
  in_hsv(c, [&](emit::Channels hsv) {
    Value* turned = add(c.e, hsv.first, delta);
    hsv.first = sub(c.e, turned, emit::unary(c.e, Op::FLOOR, turned));
    return hsv;
  });
}

void adjust_saturation(RuleContext& c) {
  Value* factor = emit::cast(c.e, c.input(1), DType::FLOAT32);
  in_hsv(c, [&](emit::Channels hsv) {
    Value* scaled = mul(c.e, hsv.second, factor);
    Value* bounded = emit::binary(c.e, Op::MINIMUM, scaled, c.e.scalar(DType::FLOAT32, 1));
    hsv.second = emit::binary(c.e, Op::MAXIMUM, bounded, c.e.scalar(DType::FLOAT32, 0));
    return hsv;
  });
}

void rgb_to_hsv(RuleContext& c) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) {
    return emit::join_channels(c.e, emit::rgb_to_hsv(c.e, emit::split_channels(c.e, in[0])));
  }));
}

void hsv_to_rgb(RuleContext& c) {
  c.output(emit::in_f32(c.e, {c.input(0)}, [&](auto in) {
    return emit::join_channels(c.e, emit::hsv_to_rgb(c.e, emit::split_channels(c.e, in[0])));
  }));
}

void extract_patches(RuleContext& c) {
  auto sizes = spatial_entries(c, c.attr_ints("ksizes"), "a patch size");
  emit::Window window = window_of(c);
  if (c.has_attr("rates")) window.dilations = spatial_entries(c, c.attr_ints("rates"), "a rate");
  Value* x = c.input(0);
  window = emit::checked(window, x, static_cast<int>(sizes.size()));
  c.output(emit::patches(c.e, x, sizes, window));
}

// Scores below any that a box can have.
Value* no_threshold(RuleContext& c) { return emit::lowest(c.e, DType::FLOAT32); }

void non_max_suppression(RuleContext& c) {
  bool has_iou = c.op() != "NonMaxSuppression";
  Value* iou = has_iou ? c.input(3) : c.e.scalar(DType::FLOAT32, c.attr_float("iou_threshold"));
  Value* score = c.input_count() > 4 ? c.input(4) : no_threshold(c);
  auto [indices, scores, count] =
      emit::suppress(c.e, {c.input(0), c.input(1), c.input(2), iou, score});
  bool padded = c.has_attr("pad_to_max_output_size") && c.attr_bool("pad_to_max_output_size");
  c.output(0, padded ? indices : emit::first_elements(c.e, indices, count));
  if (c.op() == "NonMaxSuppressionV4") c.output(1, count);
}

void soft_non_max_suppression(RuleContext& c) {
  auto [indices, scores, count] =
      emit::suppress(c.e, {c.input(0), c.input(1), c.input(2), c.input(3), c.input(4), c.input(5)});
  bool padded = c.attr_bool("pad_to_max_output_size");
  c.output(0, padded ? indices : emit::first_elements(c.e, indices, count));
  Value* selected = padded ? scores : emit::first_elements(c.e, scores, count);
  c.output(1, emit::cast(c.e, selected, c.input(1)->dtype()));
  c.output(2, count);
}

void combined_non_max_suppression(RuleContext& c) {
  emit::CombinedOperands in{.boxes = c.input(0),
                            .scores = c.input(1),
                            .per_class = c.constant_integer(2, "max_output_size_per_class"),
                            .total = c.constant_integer(3, "max_total_size"),
                            .iou_threshold = c.input(4),
                            .score_threshold = c.input(5),
                            .clips = c.attr_bool("clip_boxes")};
  in.pads_per_class = c.attr_bool("pad_per_class");
  const auto found = emit::suppress_combined(c.e, in);
  c.output(0, found.boxes);
  c.output(1, found.scores);
  c.output(2, found.classes);
  c.output(3, found.counts);
}

constexpr Rule kImageRules[] = {
    {"AdjustContrastv2", adjust_contrast},
    {"AdjustHue", adjust_hue},
    {"AdjustSaturation", adjust_saturation},
    {"CombinedNonMaxSuppression", combined_non_max_suppression},
    {"CropAndResize", crop_and_resize},
    {"ExtractImagePatches", extract_patches},
    {"ExtractVolumePatches", extract_patches},
    {"HSVToRGB", hsv_to_rgb},
    {"ImageProjectiveTransformV2", projective_transform},
    {"ImageProjectiveTransformV3", projective_transform},
    {"NonMaxSuppression", non_max_suppression},
    {"NonMaxSuppressionV2", non_max_suppression},
    {"NonMaxSuppressionV3", non_max_suppression},
    {"NonMaxSuppressionV4", non_max_suppression},
    {"NonMaxSuppressionV5", soft_non_max_suppression},
    {"RGBToHSV", rgb_to_hsv},
    {"ResizeArea", resize_area},
    {"ResizeBicubic", resize_bicubic},
    {"ResizeBilinear", resize_bilinear},
    {"ResizeNearestNeighbor", resize_nearest_neighbor},
    {"ScaleAndTranslate", scale_and_translate},
};

}  // namespace

std::span<const Rule> image() { return kImageRules; }

}  // namespace litecast::tensorflow::rules
