#include "ops/contents.h"

#include <cstring>

namespace litecast::ops {
namespace {

template <class T>
HostTensor host_tensor(DType dtype, ir::StaticShape shape, const std::vector<T>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {dtype, std::move(shape), {bytes.begin(), bytes.end()}};
}

// Tensors that stand for the operands of a node, and the elements that their numbers mean.
struct Stand {
  std::vector<HostTensor> operands;
  std::vector<ir::Dim> elements;

  bool add(const OpView& node, int index, bool moves) {
    if (!node.has(index)) {
      operands.push_back({.present = false});
      return true;
    }
    if (!node.shape(index).is_static()) return false;
    ir::StaticShape shape = node.shape(index).static_dims();
    if (!moves) {
      const auto values = node.integers(index);
      if (values) operands.push_back(host_tensor(DType::INT64, std::move(shape), *values));
      return values.has_value();
    }
    const auto dims = node.dims(index);
    if (!dims) return false;
    std::vector<std::int32_t> numbers;
    for (const ir::Dim dim : *dims) {
      numbers.push_back(static_cast<std::int32_t>(elements.size()));
      elements.push_back(dim);
    }
    operands.push_back(host_tensor(DType::INT32, std::move(shape), numbers));
    return true;
  }
};

Expected<std::vector<ir::Type>> result_types(const OpInfo& info, const OpView& node,
                                             ir::DimContext& dims) {
  if (!node.results.empty()) return std::vector(node.results.begin(), node.results.end());
  return info.infer(node, dims);
}

}  // namespace

std::optional<std::vector<ir::Dim>> moved_contents(const OpView& node, int result,
                                                   ir::DimContext& dims, int first, int last) {
  Stand stand;
  for (int i = 0; i < static_cast<int>(node.operands.size()); ++i)
    if (!stand.add(node, i, first <= i && i <= last)) return std::nullopt;
  const OpInfo* info = find(node.op);
  const auto types = result_types(*info, node, dims);
  if (!types || result >= static_cast<int>(types->size())) return std::nullopt;
  std::vector<HostTensor> results;
  for (const ir::Type& type : *types) {
    if (!type.shape.is_static()) return std::nullopt;
    const ir::Dim elements = type.shape.elements();
    if (elements.value() > kMaxContents) return std::nullopt;
    HostTensor tensor{DType::INT32, type.shape.static_dims()};
    tensor.bytes.resize(static_cast<std::size_t>(elements.value()) * 4);
    results.push_back(std::move(tensor));
  }
  if (!info->fold(node, stand.operands, results)) return std::nullopt;
  std::vector<ir::Dim> contents;
  if (stand.elements.empty()) return contents;
  for (const std::int32_t n : results[static_cast<std::size_t>(result)].data<std::int32_t>())
    contents.push_back(stand.elements[static_cast<std::size_t>(n)]);
  return contents;
}

std::optional<std::vector<ir::Dim>> contents_of_operand(const OpView& node, int, ir::DimContext&) {
  auto dims = node.dims(0);
  if (dims && static_cast<std::int64_t>(dims->size()) > kMaxContents) return std::nullopt;
  return dims;
}

}  // namespace litecast::ops
