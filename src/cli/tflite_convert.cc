// `litecast tflite_convert`: the flags, checks and exit codes of TensorFlow's program of that name.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "cli/commands.h"
#include "cli/split.h"
#include "cli/tflite_flags.h"

namespace litecast::cli {
namespace {

// Of that program: whatever it refuses or fails at, and a command line that it cannot read.
constexpr int kFailed = 1;
constexpr int kUnreadable = 2;

constexpr std::string_view kBuiltins = "TFLITE_BUILTINS";
constexpr std::string_view kSelectTf = "SELECT_TF_OPS";
constexpr std::array<std::string_view, 5> kOpSets = {
    kBuiltins, kSelectTf, "TFLITE_BUILTINS_INT8",
    "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8", "EXPERIMENTAL_STABLEHLO_OPS"};

// What asks for another model than litecast can make yet.
constexpr std::array<std::string_view, 13> kNotYet = {
    "inference_input_type", "mean_values",         "std_dev_values",
    "default_ranges_min",   "default_ranges_max",  "post_training_quantize",
    "quantize_weights",     "quantize_to_float16", "custom_opdefs",
    "dump_graphviz_dir",    "dump_graphviz_video", "conversion_summary_dir",
    "keras_model_file"};
// What has no part in how litecast works.
constexpr std::array<std::string_view, 3> kWithoutEffect = {
    "drop_control_dependency", "reorder_across_fake_quant", "change_concat_input_ranges"};

void require(bool condition, const std::string& message) {
  if (!condition) throw UsageError(message);
}

void check_source(const TfliteFlags& flags, bool is_v1) {
  std::vector<std::string_view> given;
  for (std::string_view name : {"saved_model_dir", "keras_model_file", "graph_def_file"})
    if (flags.has(name) && (is_v1 || name != "graph_def_file")) given.push_back(name);
  if (given.size() > 1)
    throw FlagError(
        fmt::format("argument --{}: not allowed with argument --{}", given[1], given[0]));
  if (given.empty() && is_v1)
    throw FlagError(
        "one of the arguments --graph_def_file --saved_model_dir --keras_model_file is "
        "required");
  if (flags.text("output_file").empty())
    throw FlagError("the following arguments are required: --output_file");
  // Here TensorFlow 2's program does not leave the check to its parser.
  require(!given.empty(), "one of the arguments --saved_model_dir --keras_model_file is required");
}

void check_renamed(const TfliteFlags& flags) {
  constexpr std::array<std::array<std::string_view, 2>, 5> kRenamed = {
      {{"--input_file", "--graph_def_file"},
       {"--savedmodel_directory", "--saved_model_dir"},
       {"--std_value", "--std_dev_values"},
       {"--batch_size", "--input_shapes"},
       {"--dump_graphviz", "--dump_graphviz_dir"}}};
  for (const std::string& unknown : flags.unknown())
    for (const auto& [old_name, name] : kRenamed)
      require(!unknown.starts_with(old_name), fmt::format("Use {} instead of {}", name, old_name));
}

void check_v1(const TfliteFlags& flags) {
  check_renamed(flags);
  const auto inputs = flags.list("input_arrays");
  require(!flags.has("graph_def_file") || (!inputs.empty() && flags.has("output_arrays")),
          "--input_arrays and --output_arrays are required with --graph_def_file");
  if (flags.has("input_shapes")) {
    require(!inputs.empty(), "--input_shapes must be used with --input_arrays");
    require(split(flags.text("input_shapes"), ':').size() == inputs.size(),
            "--input_shapes and --input_arrays must have the same number of items");
  }
  require(flags.has("std_dev_values") == flags.has("mean_values"),
          "--std_dev_values and --mean_values must be used together");
  require(flags.list("std_dev_values").size() == flags.list("mean_values").size(),
          "--std_dev_values, --mean_values must have the same number of items");
  require(flags.has("default_ranges_min") == flags.has("default_ranges_max"),
          "--default_ranges_min and --default_ranges_max must be used together");
  require(!flags.has("dump_graphviz_video") || flags.has("dump_graphviz_dir"),
          "--dump_graphviz_video must be used with --dump_graphviz_dir");
  require(!flags.has("custom_opdefs") || flags.truth("allow_custom_ops", false),
          "--custom_opdefs must be used with --allow_custom_ops");
}

void check_target_ops(const TfliteFlags& flags) {
  const auto sets = flags.list("target_ops");
  for (const std::string& set : sets)
    require(std::find(kOpSets.begin(), kOpSets.end(), set) != kOpSets.end(),
            fmt::format("Invalid value for --target_ops. Options: {}", fmt::join(kOpSets, ",")));
  const auto has = [&](std::string_view set) {
    return std::find(sets.begin(), sets.end(), set) != sets.end();
  };
  require(
      sets.empty() || has(kBuiltins) || has(kSelectTf),
      fmt::format("--target_ops={} is not supported by litecast yet", flags.text("target_ops")));
  require(!flags.has("experimental_select_user_tf_ops") || has(kSelectTf),
          "--experimental_select_user_tf_ops can only be set if target_ops contains SELECT_TF_OPS");
}

void check_value(const TfliteFlags& flags, std::string_view name, std::string_view only,
                 std::initializer_list<std::string_view> others) {
  std::string value(flags.text(name));
  for (char& c : value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (value.empty() || value == only) return;
  const bool is_known = std::find(others.begin(), others.end(), value) != others.end();
  throw UsageError(is_known ? fmt::format("--{}={} is not supported by litecast yet", name, value)
                            : fmt::format("Unsupported value for --{}: {}. Only {} and {} are "
                                          "supported.",
                                          name, value, only, fmt::join(others, ", ")));
}

void say_what_is_missing(const TfliteFlags& flags) {
  for (std::string_view name : kNotYet)
    require(!flags.has(name), fmt::format("--{} is not supported by litecast yet", name));
  for (std::string_view name : kWithoutEffect)
    if (flags.has(name)) fmt::print(stderr, "note: --{} has no effect\n", name);
}

std::vector<std::int64_t> sizes_of(const std::string& text) {
  std::vector<std::int64_t> sizes;
  for (const std::string& part : split(text, ',')) {
    const auto [end, error] =
        std::from_chars(part.data(), part.data() + part.size(), sizes.emplace_back());
    require(error == std::errc() && end == part.data() + part.size(),
            fmt::format("--input_shapes: '{}' is no size", part));
  }
  return sizes;
}

// Throughout, when they are the only set.
SelectTfOps select_tf_ops(const std::vector<std::string>& sets) {
  if (std::find(sets.begin(), sets.end(), kSelectTf) == sets.end()) return SelectTfOps::never;
  return sets.size() == 1 ? SelectTfOps::always : SelectTfOps::where_needed;
}

ConvertOptions options_of(const TfliteFlags& flags, bool is_v1) {
  ConvertOptions options;
  options.signatures = flags.list("saved_model_signature_key");
  options.tags = flags.list("saved_model_tag_set");
  if (!is_v1) return options;
  options.input_arrays = flags.list("input_arrays");
  options.output_arrays = flags.list("output_arrays");
  options.allow_custom_ops = flags.truth("allow_custom_ops", false);
  options.select_tf_ops = select_tf_ops(flags.list("target_ops"));
  options.select_user_tf_ops = flags.list("experimental_select_user_tf_ops");
  const auto shapes = split(flags.text("input_shapes"), ':');
  for (std::size_t i = 0; i < shapes.size(); ++i)
    options.input_shapes.push_back({options.input_arrays[i], sizes_of(shapes[i])});
  if (options.signatures.empty() && flags.has("saved_model_dir"))
    options.signatures = {"serving_default"};
  return options;
}

void convert_with(const TfliteFlags& flags) {
  const bool is_v1 = flags.has("enable_v1_converter");
  check_source(flags, is_v1);
  flags.truth("experimental_new_converter", true);
  flags.truth("experimental_new_quantizer", true);
  if (is_v1) {
    check_v1(flags);
    check_target_ops(flags);
    check_value(flags, "output_format", "TFLITE", {"GRAPHVIZ_DOT"});
    check_value(flags, "inference_type", "FLOAT", {"INT8", "UINT8", "QUANTIZED_UINT8"});
    say_what_is_missing(flags);
  } else {
    require(!flags.has("keras_model_file"), "--keras_model_file is not supported by litecast yet");
  }
  const char* const source =
      is_v1 && flags.has("graph_def_file") ? "graph_def_file" : "saved_model_dir";
  convert(std::string(flags.text(source)), std::string(flags.text("output_file")),
          options_of(flags, is_v1));
}

}  // namespace

int run_tflite_convert(const std::vector<std::string>& arguments) {
  constexpr const char* kUsage =
      "usage: litecast tflite_convert --output_file OUTPUT_FILE\n"
      "       (--saved_model_dir DIR | --keras_model_file FILE)\n"
      "       [--saved_model_tag_set TAGS] [--saved_model_signature_key KEYS]\n"
      "       [--enable_v1_converter [--graph_def_file FILE --input_arrays NAMES\n"
      "        --output_arrays NAMES [--input_shapes SIZES:SIZES...]] ...]\n";
  if (arguments.empty() || arguments.front() == "--help" || arguments.front() == "-h") {
    fmt::print("{}", kUsage);
    return arguments.empty() ? kUnreadable : 0;
  }
  try {
    convert_with(TfliteFlags(arguments));
    return 0;
  } catch (const FlagError& error) {
    fmt::print(stderr, "{}tflite_convert: error: {}\n", kUsage, error.what());
    return kUnreadable;
  } catch (const UsageError& error) {
    fmt::print(stderr, "{}tflite_convert: error: {}\n", kUsage, error.what());
    return kFailed;
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return kFailed;
  }
}

}  // namespace litecast::cli
