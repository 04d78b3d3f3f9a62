#include "cli/tflite_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "cli/split.h"

namespace litecast::cli {
namespace {

enum class Kind { value, optional_value, alone };

struct Flag {
  std::string_view name;
  Kind kind;
};

constexpr std::array kFlags = {
    Flag{"output_file", Kind::value},
    Flag{"saved_model_dir", Kind::value},
    Flag{"keras_model_file", Kind::value},
    Flag{"graph_def_file", Kind::value},
    Flag{"saved_model_tag_set", Kind::value},
    Flag{"saved_model_signature_key", Kind::value},
    Flag{"enable_v1_converter", Kind::alone},
    Flag{"experimental_new_converter", Kind::optional_value},
    Flag{"experimental_new_quantizer", Kind::optional_value},
    Flag{"output_format", Kind::value},
    Flag{"inference_type", Kind::value},
    Flag{"inference_input_type", Kind::value},
    Flag{"input_arrays", Kind::value},
    Flag{"output_arrays", Kind::value},
    Flag{"input_shapes", Kind::value},
    Flag{"mean_values", Kind::value},
    Flag{"std_dev_values", Kind::value},
    Flag{"default_ranges_min", Kind::value},
    Flag{"default_ranges_max", Kind::value},
    Flag{"post_training_quantize", Kind::alone},
    Flag{"quantize_weights", Kind::alone},
    Flag{"quantize_to_float16", Kind::alone},
    Flag{"drop_control_dependency", Kind::alone},
    Flag{"reorder_across_fake_quant", Kind::alone},
    Flag{"change_concat_input_ranges", Kind::value},
    Flag{"allow_custom_ops", Kind::optional_value},
    Flag{"custom_opdefs", Kind::value},
    Flag{"target_ops", Kind::value},
    Flag{"experimental_select_user_tf_ops", Kind::value},
    Flag{"dump_graphviz_dir", Kind::value},
    Flag{"dump_graphviz_video", Kind::alone},
    Flag{"conversion_summary_dir", Kind::value},
};

// Null when no flag begins so.
const Flag* find_flag(std::string_view name) {
  const Flag* found = nullptr;
  int count = 0;
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
    if (!flag.name.starts_with(name)) continue;
    found = &flag;
    ++count;
  }
  if (count > 1) throw FlagError(fmt::format("ambiguous option: --{}", name));
  return found;
}

}  // namespace

TfliteFlags::TfliteFlags(std::span<const std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const bool has_value = equals < argument.size();
    const Flag* flag = argument.starts_with("--") && equals > 2
                           ? find_flag(std::string_view(argument).substr(2, equals - 2))
                           : nullptr;
    if (!flag) {
      unknown_.push_back(argument);
      continue;
    }
    std::string& value = values_[std::string(flag->name)];
    const bool has_next = i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
    if (has_value && flag->kind == Kind::alone)
      throw FlagError(fmt::format("argument --{}: ignored explicit argument", flag->name));
    if (has_value)
      value = argument.substr(equals + 1);
    else if (flag->kind != Kind::alone && has_next)
      value = arguments[++i];
    else if (flag->kind == Kind::value)
      throw FlagError(fmt::format("argument --{}: expected one argument", flag->name));
    else
      value = "true";
  }
}

std::string_view TfliteFlags::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

bool TfliteFlags::truth(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  std::string value(text(name));
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (value != "true" && value != "false")
    throw UsageError(
        fmt::format("Invalid argument to --{}. Must use flag alone, or specify true/false.", name));
  return value == "true";
}

std::vector<std::string> TfliteFlags::list(std::string_view name) const {
  return split(text(name), ',');
}

}  // namespace litecast::cli
