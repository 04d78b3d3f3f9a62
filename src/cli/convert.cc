#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/split.h"
#include "cli/terminal.h"

namespace litecast::cli {
namespace {

namespace fs = std::filesystem;

// "?", "None" and "-1" leave a size as it is.
std::int64_t size_of(std::string_view text, const std::string& argument) {
  if (text == "?" || text == "None") return -1;
  std::int64_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < -1)
    throw UsageError(fmt::format(
        "--input-shape {}: '{}' is no size; write name=1,224,224,3, with ? for a free one",
        argument, text));
  return size;
}

InputShape parse_input_shape(const std::string& argument) {
  const std::size_t equals = argument.rfind('=');
  if (equals == std::string::npos || equals == 0)
    throw UsageError(fmt::format("--input-shape {}: write name=1,224,224,3", argument));
  InputShape shape{argument.substr(0, equals), {}};
  for (const std::string& size : split(std::string_view(argument).substr(equals + 1), ','))
    shape.sizes.push_back(size_of(size, argument));
  return shape;
}

void set_kernel_options(ConvertArguments& arguments) {
  ConvertOptions& options = arguments.options;
  if (arguments.force_select_tf_ops) options.select_tf_ops = SelectTfOps::always;
  if (!options.select_user_tf_ops.empty() && options.select_tf_ops == SelectTfOps::never)
    throw UsageError("--select-user-tf-ops needs --select-tf-ops");
  if (options.select_all_tf_ops && options.select_tf_ops == SelectTfOps::never)
    throw UsageError("--select-all-tf-ops needs --select-tf-ops");
  options.allow_custom_ops = !arguments.custom_ops.empty();
  if (arguments.custom_ops != "true") options.custom_ops = split(arguments.custom_ops, ',');
}

// The input's name in the current folder: models/resnet/ and models/resnet.pb give resnet.tflite.
std::string default_output(const std::string& input) {
  fs::path path = fs::absolute(input).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (path.filename() == "saved_model.pb" || path.filename() == "variables")
    path = path.parent_path();
  if (path.extension() == ".pb") path.replace_extension();
  return path.filename().string() + ".tflite";
}

bool is_tflite(const std::string& path) {
  char head[8] = {};
  std::ifstream(path, std::ios::binary).read(head, sizeof head);
  return std::string_view(head + 4, 4) == "TFL3";
}

void refuse_to_replace(const std::string& output) {
  std::error_code ignored;
  if (fs::is_regular_file(output, ignored) && fs::file_size(output, ignored) > 0 &&
      !is_tflite(output))
    throw UsageError(fmt::format("{}: exists and is no .tflite file; --force replaces it", output));
}

void print_tensors(const char* label, const std::vector<TensorReport>& tensors) {
  for (const TensorReport& tensor : tensors)
    fmt::print("  {:<4} {}  {}  {}\n", label, tensor.name, type_text(tensor), tensor.tensor);
}

std::string ops_text(const std::vector<OpCount>& ops, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most, ops.size()); ++i)
    text += fmt::format("{}{} {}", i ? ", " : "", ops[i].count, ops[i].op);
  if (ops.size() > most) text += fmt::format(", and {} other kinds", ops.size() - most);
  return text.empty() ? "none" : text;
}

std::string first_of(const std::vector<std::string>& places, std::size_t most) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(most, places.size()));
  std::string text = fmt::format("{}", fmt::join(places.begin(), places.begin() + shown, ", "));
  if (places.size() > most) text += fmt::format(", and {} more", places.size() - most);
  return text;
}

void print_kernels(const Report& report, bool verbose) {
  if (report.kernels.empty()) return;
  fmt::print("  needs kernels that are no part of the runtime:\n");
  for (const KernelReport& kernel : report.kernels) {
    fmt::print("    {} ({}{})", kernel.op, kernel.is_select_tf ? "TensorFlow's" : "yours",
               kernel.count > 1 ? fmt::format(", {} times", kernel.count) : "");
    if (!kernel.places.empty())
      fmt::print(" at {}", first_of(kernel.places, verbose ? kernel.places.size() : 3));
    if (!kernel.reason.empty()) fmt::print("\n      {}", kernel.reason);
    if (!kernel.remedy.empty()) fmt::print("\n      to avoid it: {}", kernel.remedy);
    fmt::print("\n");
  }
  if (report.runtime_growth_mb > 0)
    fmt::print(
        "    TensorFlow's kernels make the runtime about {} MB larger on 32-bit ARM, less when it "
        "is "
        "built for these ops alone\n",
        report.runtime_growth_mb);
  fmt::print("    the runtime of Google Play services takes none of them\n");
}

void print_summary(const Report& report, const std::string& output, bool verbose) {
  const auto yes_no = [](bool yes) { return yes ? "yes" : "no"; };
  int count = 0;
  for (const OpCount& op : report.ops) count += op.count;
  fmt::print("{}  {}, {} ops, {:.2f} s\n", bold(output, has_colour(STDOUT_FILENO)),
             size_text(report.bytes), count, report.seconds);
  for (const SignatureReport& signature : report.signatures) {
    if (report.signatures.size() > 1 || verbose) fmt::print("  signature {}\n", signature.key);
    print_tensors("in", signature.inputs);
    print_tensors("out", signature.outputs);
  }
  fmt::print("  ops  {}\n", ops_text(report.ops, verbose ? report.ops.size() : 6));
  fmt::print("  runs on the standard runtime: {}, on the Google Play services runtime: {}",
             yes_no(report.runs_on_standard_runtime), yes_no(report.runs_on_play_services));
  if (!report.min_runtime_version.empty())
    fmt::print(", minimal runtime version {}", report.min_runtime_version);
  fmt::print("\n");
  print_kernels(report, verbose);
}

}  // namespace

int run_convert(ConvertArguments arguments) {
  for (const std::string& shape : arguments.input_shapes)
    arguments.options.input_shapes.push_back(parse_input_shape(shape));
  set_kernel_options(arguments);
  if (arguments.output.empty()) arguments.output = default_output(arguments.input);
  if (!arguments.force) refuse_to_replace(arguments.output);
  Report report;
  {
    ProgressLine line(!arguments.quiet && !arguments.json);
    arguments.options.progress = [&](const Progress& progress) {
      line.show(progress);
      return true;
    };
    report = convert(arguments.input, arguments.output, arguments.options);
  }
  if (arguments.json) {
    fmt::print("{}\n", json_of(report, arguments.output));
  } else if (!arguments.quiet) {
    print_summary(report, arguments.output, arguments.verbose);
    for (const std::string& warning : report.warnings) fmt::print(stderr, "note: {}\n", warning);
  }
  return kDone;
}

}  // namespace litecast::cli
