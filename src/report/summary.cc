#include "report/summary.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "report/layers.h"

namespace litecast {
namespace {

TensorReport tensor_report(const std::string& name, const ir::Value& value) {
  TensorReport report{name, value.name(), dtype_name(value.dtype()), {}, value.shape().is_ranked()};
  if (report.has_rank)
    for (ir::Dim dim : value.shape().dims()) report.shape.push_back(dim.constant().value_or(-1));
  return report;
}

// In the order of the graph, not of the signature's names.
std::vector<TensorReport> tensor_reports(std::vector<ir::SignatureTensor> tensors,
                                         std::span<ir::Value* const> values) {
  std::stable_sort(tensors.begin(), tensors.end(),
                   [](const auto& a, const auto& b) { return a.index < b.index; });
  std::vector<TensorReport> reports;
  reports.reserve(tensors.size());
  for (const ir::SignatureTensor& tensor : tensors)
    reports.push_back(tensor_report(tensor.name, *values[static_cast<std::size_t>(tensor.index)]));
  return reports;
}

std::vector<OpCount> count_ops(const ir::Module& module) {
  std::map<std::string, int> counts;
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next()) ++counts[op_name(*node)];
  std::vector<OpCount> ops;
  ops.reserve(counts.size());
  for (const auto& [op, count] : counts) ops.push_back({op, count});
  std::stable_sort(ops.begin(), ops.end(),
                   [](const OpCount& a, const OpCount& b) { return a.count > b.count; });
  return ops;
}

constexpr std::string_view kSelectTf = "Flex";
// By how much TensorFlow's kernels for mobile devices make the runtime larger, as its guide to
// these ops has measured it for 32-bit ARM: 23.0 MB instead of 796 KB.
constexpr int kSelectTfMegabytes = 22;
constexpr std::size_t kMostPlaces = 100;
// Custom ops whose kernels the runtime brings.
constexpr std::string_view kBroughtKernels[] = {"AudioSpectrogram", "Mfcc", "NumericVerify",
                                                "TFLite_Detection_PostProcess"};

bool is_brought(const KernelReport& kernel) {
  return !kernel.is_select_tf &&
         std::ranges::find(kBroughtKernels, kernel.op) != std::end(kBroughtKernels);
}

KernelReport& kernel_of(std::vector<KernelReport>& kernels, const std::string& custom_name) {
  const bool is_select_tf = custom_name.starts_with(kSelectTf);
  const std::string op = custom_name.substr(is_select_tf ? kSelectTf.size() : 0);
  for (KernelReport& known : kernels)
    if (known.op == op && known.is_select_tf == is_select_tf) return known;
  return kernels.emplace_back(KernelReport{.op = op, .is_select_tf = is_select_tf});
}

std::vector<KernelReport> kernels_of(const ir::Module& module) {
  std::vector<KernelReport> kernels;
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next()) {
      if (node->op() != ir::Op::CUSTOM) continue;
      KernelReport& kernel = kernel_of(kernels, node->custom_name());
      ++kernel.count;
      const std::string& place = node->provenance();
      if (!place.empty() && kernel.places.size() < kMostPlaces &&
          std::ranges::find(kernel.places, place) == kernel.places.end())
        kernel.places.push_back(place);
    }
  for (const ir::CustomOpNote& note : module.custom_op_notes) {
    KernelReport& kernel = kernel_of(kernels, note.custom_name);
    if (!kernel.reason.empty()) continue;
    kernel.reason = note.reason;
    kernel.remedy = note.remedy;
  }
  // Some were given up again: what was walked in vain.
  std::erase_if(kernels, [](const KernelReport& kernel) { return kernel.count == 0; });
  return kernels;
}

bool has_op(const ir::Module& module, ir::Op op) {
  for (const auto& graph : module.graphs())
    for (const ir::Node* node = graph->first(); node; node = node->next())
      if (node->op() == op) return true;
  return false;
}

}  // namespace

std::string op_name(const ir::Node& node) {
  return node.op() == ir::Op::CUSTOM ? node.custom_name() : std::string(ir::name(node.op()));
}

std::string dtype_name(ir::DType dtype) {
  std::string name = tflite::EnumNameTensorType(dtype);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

Report summarise(const ir::Module& module) {
  Report report;
  for (const ir::Signature& signature : module.signatures)
    report.signatures.push_back({signature.key,
                                 tensor_reports(signature.inputs, signature.graph->inputs()),
                                 tensor_reports(signature.outputs, signature.graph->outputs())});
  report.ops = count_ops(module);
  report.layers = layers_of(module);
  report.kernels = kernels_of(module);
  report.runs_on_standard_runtime = std::ranges::all_of(report.kernels, is_brought);
  report.runs_on_play_services = report.kernels.empty();
  if (std::ranges::any_of(report.kernels, &KernelReport::is_select_tf))
    report.runtime_growth_mb = kSelectTfMegabytes;
  if (has_op(module, ir::Op::SHAPE))
    report.warnings.push_back(
        "sizes are computed while the model runs, because an input's size is free; delegates may "
        "refuse such a graph, and fixing the input's shape avoids it");
  return report;
}

}  // namespace litecast
