#include "report/describe_module.h"

#include <fmt/format.h>

#include "ir/print.h"
#include "report/summary.h"

namespace litecast {
namespace {

std::string sizes_text(const TensorReport& tensor) {
  if (!tensor.has_rank) return "[...]";
  std::string sizes;
  for (std::int64_t size : tensor.shape)
    sizes += (sizes.empty() ? "" : ",") + (size < 0 ? "?" : std::to_string(size));
  return fmt::format("[{}]", sizes);
}

std::string tensors_text(const char* label, const std::vector<TensorReport>& tensors) {
  std::string text;
  for (const TensorReport& tensor : tensors)
    text += fmt::format("  {} {} {}{} {}\n", label, tensor.name, tensor.dtype, sizes_text(tensor),
                        tensor.tensor);
  return text;
}

}  // namespace

std::string describe_module(const ir::Module& module, const std::string& name) {
  const Report report = summarise(module);
  std::string text = fmt::format("TFLite model {}\n", name);
  if (!module.description.empty()) text += fmt::format("description {}\n", module.description);
  for (const SignatureReport& signature : report.signatures) {
    text += fmt::format("signature {}\n", signature.key);
    text += tensors_text("input", signature.inputs);
    text += tensors_text("output", signature.outputs);
  }
  for (const OpCount& op : report.ops) text += fmt::format("op {} {}\n", op.op, op.count);
  return text + ir::print(module);
}

}  // namespace litecast
