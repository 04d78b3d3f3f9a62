// What an entry says of its operands, compared with a node.
#include <fmt/format.h>
#include <litecast/error.h>

#include "ops/op_info.h"

namespace litecast::ops {

using Kind = LimitViolation::Kind;

tl::unexpected<LimitViolation> violation(Kind kind, int operand, std::string message) {
  return tl::unexpected(LimitViolation{kind, operand, std::move(message)});
}

std::string DTypeSet::to_string() const {
  std::string text;
  for (int i = 0; i < 32; ++i) {
    const auto dtype = static_cast<DType>(i);
    if (!contains(dtype)) continue;
    const std::string_view name = ir::short_name(dtype);
    if (name.empty()) continue;
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

namespace {

std::optional<LimitViolation> check_dtype(const OpView& node, const OperandSpec& spec, int index) {
  const ir::Type& type = node.in(index)->type();
  if (!spec.dtypes.contains(type.dtype)) {
    return LimitViolation{
        Kind::dtype, index,
        fmt::format("{} takes {} of type {}, not {}", ir::name(node.op), spec.name,
                    spec.dtypes.to_string(), ir::short_name(type.dtype))};
  }
  if (spec.quantized.contains(type.dtype) && type.quantization == nullptr) {
    return LimitViolation{Kind::dtype, index,
                          fmt::format("{} takes {} of type {} only when it is quantized",
                                      ir::name(node.op), spec.name, ir::short_name(type.dtype))};
  }
  return std::nullopt;
}

std::optional<LimitViolation> check_rank(const OpView& node, const OperandSpec& spec, int index) {
  const ir::Shape& shape = node.shape(index);
  if (!shape.is_ranked()) return std::nullopt;
  const int rank = shape.rank();
  if (spec.min_rank <= rank && rank <= spec.max_rank) return std::nullopt;
  const std::string range = spec.min_rank == spec.max_rank
                                ? fmt::format("{}", spec.min_rank)
                                : fmt::format("{} to {}", spec.min_rank, spec.max_rank);
  return LimitViolation{
      Kind::rank, index,
      fmt::format("{} takes {} of rank {}, not {}", ir::name(node.op), spec.name, range, rank)};
}

// The specification of operand `index`; null when the op has fewer.
const OperandSpec* spec_of(const OpInfo& info, std::size_t index) {
  if (index < info.operands.size()) return &info.operands[index];
  if (info.operands.empty() || !info.operands.back().variadic) return nullptr;
  return &info.operands.back();
}

}  // namespace

std::optional<LimitViolation> check_operands(const OpInfo& info, const OpView& node) {
  const std::size_t count = std::max(node.operands.size(), info.operands.size());
  for (std::size_t i = 0; i < count; ++i) {
    const int index = static_cast<int>(i);
    const OperandSpec* spec = spec_of(info, i);
    if (spec == nullptr) {
      return LimitViolation{Kind::option, index,
                            fmt::format("{} takes {} operands, not {}", ir::name(node.op),
                                        info.operands.size(), node.operands.size())};
    }
    if (!node.has(index)) {
      if (spec->optional || spec->variadic) continue;
      return LimitViolation{Kind::option, index,
                            fmt::format("{} lacks its operand {}", ir::name(node.op), spec->name)};
    }
    if (auto bad = check_dtype(node, *spec, index)) return bad;
    if (auto bad = check_rank(node, *spec, index)) return bad;
  }
  return std::nullopt;
}

int version(const OpInfo& info, const OpView& node) {
  // A node of a file that others made may lack what the rules look at.
  for (std::size_t i = 0; i < info.operands.size(); ++i) {
    const OperandSpec& spec = info.operands[i];
    if (!spec.optional && !spec.variadic && !node.has(static_cast<int>(i))) return 1;
  }
  for (const VersionRule& rule : info.versions)
    if (rule.when == nullptr || rule.when(node)) return rule.version;
  return 1;
}

namespace {

// Sizes are 32-bit numbers in a file, and offsets within a tensor must fit 64 bits.
std::optional<LimitViolation> check_sizes(const OpView& node, const ir::Shape& shape) {
  if (!shape.is_ranked()) return std::nullopt;
  std::int64_t bytes = 16;  // of the widest element
  for (const ir::Dim dim : shape.dims()) {
    if (!dim.is_constant()) continue;
    const std::int64_t size = dim.value();
    if (size < 0 || size > INT32_MAX ||
        __builtin_mul_overflow(bytes, std::max<std::int64_t>(size, 1), &bytes)) {
      return LimitViolation{
          Kind::shape, -1,
          fmt::format("{} cannot give a result of shape {}", ir::name(node.op), to_string(shape))};
    }
  }
  return std::nullopt;
}

}  // namespace

Expected<std::vector<ir::Type>> infer(const OpInfo& info, const OpView& node,
                                      ir::DimContext& dims) {
  if (auto bad = check_operands(info, node)) return tl::unexpected(std::move(*bad));
  if (info.infer == nullptr) return std::vector<ir::Type>{};
  try {
    auto types = info.infer(node, dims);
    if (!types) return types;
    for (const ir::Type& type : *types)
      if (auto bad = check_sizes(node, type.shape)) return tl::unexpected(std::move(*bad));
    return types;
  } catch (const MalformedInput& error) {  // arithmetic of sizes that overflows
    return violation(Kind::shape, -1, fmt::format("{}: {}", ir::name(node.op), error.what()));
  }
}

}  // namespace litecast::ops
