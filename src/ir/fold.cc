#include "ir/fold.h"

#include <litecast/error.h>

namespace litecast::ir {
namespace {

// Operands and results of one eager computation, beyond small ones.
constexpr std::uint64_t kLargestEager = 16 << 20;

std::optional<std::uint64_t> static_bytes(const Type& type) {
  if (!type.shape.is_static()) return std::nullopt;
  // The offset of a string has 32 bits; the characters come on top.
  std::uint64_t bits =
      type.dtype == DType::STRING ? 32 : static_cast<std::uint64_t>(bit_width(type.dtype));
  for (std::int64_t d : type.shape.static_dims())
    if (d < 0 || __builtin_mul_overflow(bits, static_cast<std::uint64_t>(d), &bits))
      return ~std::uint64_t{0};
  return (bits + 7) / 8;
}

std::uint64_t operand_bytes(const ops::OpView& node) {
  std::uint64_t total = 0;
  for (const Value* v : node.operands)
    if (v) total += v->constant()->byte_size();
  return total;
}

// Whether computing now costs little, and the file does not grow by it.
bool is_worthwhile(const ops::OpView& node, const std::vector<Type>& results) {
  const std::uint64_t in = operand_bytes(node);
  std::uint64_t out = 0;
  for (const Type& type : results) {
    // A size that data decide is bounded by the operands in all ops that have a kernel.
    const std::uint64_t bytes = static_bytes(type).value_or(in);
    if (bytes > kLargestEager) return false;
    out += bytes;
  }
  if (in + out > kLargestEager) return false;
  return out <= std::max(kEagerBytes, 2 * in);
}

std::vector<ConstantPtr> fold_now(const ops::OpInfo& info, const ops::OpView& node,
                                  const std::vector<Type>& results) {
  std::vector<ops::HostTensor> in, out;
  for (const Value* v : node.operands) {
    in.push_back(v ? to_host(*v->constant()) : ops::HostTensor{.present = false});
  }
  for (const Type& type : results) {
    ops::HostTensor& t = out.emplace_back();
    t.dtype = type.dtype;
    if (!type.shape.is_static()) continue;
    t.shape = type.shape.static_dims();
    t.bytes.resize(*static_bytes(type));
  }
  if (!info.fold(node, in, out)) return {};
  std::vector<ConstantPtr> constants;
  for (std::size_t i = 0; i < out.size(); ++i)
    constants.push_back(to_constant(std::move(out[i]), results[i].quantization));
  return constants;
}

ConstantPtr fold_elementwise(const ops::OpView& node, const Type& result) {
  if (node.operands.size() > 2 || node.operands.empty()) return nullptr;
  const Value* a = node.in(0);
  const Value* b = node.in(1);
  // A step on bytes would not know their scale.
  if (a->type().quantization || (b && b->type().quantization)) return nullptr;
  if (a->shape() == result.shape)
    if (auto c = a->constant()->elementwise(node.op, node.options, b ? b->constant() : nullptr,
                                            false, result.dtype))
      return c;
  if (b && b->shape() == result.shape)
    return b->constant()->elementwise(node.op, node.options, a->constant(), true, result.dtype);
  return nullptr;
}

// The result as a lazy constant; null where that cannot be.
ConstantPtr fold_lazily(const ops::OpInfo& info, const ops::OpView& node, const Type& result) {
  if (!result.shape.is_static() || result.quantization) return nullptr;
  const ConstantPtr& first = node.in(0)->constant();
  switch (node.op) {
    case Op::RESHAPE:
    case Op::SQUEEZE:
    case Op::EXPAND_DIMS:
      return first->reshaped(result.shape.static_dims());
    case Op::TRANSPOSE: {
      const auto axes = node.integers(1);
      if (!axes) return nullptr;
      return first->transposed(std::vector<int>(axes->begin(), axes->end()));
    }
    case Op::FILL: {
      const auto bytes = static_bytes(result);
      if (!bytes || *bytes > kLargestEager || byte_width(result.dtype) == 0) return nullptr;
      return Constant::splat(result.dtype, result.shape.static_dims(),
                             node.in(1)->constant()->bytes());
    }
    default:
      return info.elementwise && info.fold ? fold_elementwise(node, result) : nullptr;
  }
}

}  // namespace

ops::HostTensor to_host(const Constant& constant) {
  return {constant.dtype(), constant.shape(), constant.bytes()};
}

ConstantPtr to_constant(ops::HostTensor tensor, const Quantization* quantization) {
  return Constant::owned(tensor.dtype, std::move(tensor.shape), std::move(tensor.bytes),
                         quantization);
}

std::vector<ConstantPtr> fold(const ops::OpInfo& info, const ops::OpView& node,
                              const std::vector<Type>& results) {
  if (results.empty() || node.operands.empty() || !node.in(0)) return {};
  const bool small = operand_bytes(node) <= kEagerBytes &&
                     std::all_of(results.begin(), results.end(), [](const Type& t) {
                       return static_bytes(t).value_or(kEagerBytes) <= kEagerBytes;
                     });
  if (!small && results.size() == 1)
    if (auto lazy = fold_lazily(info, node, results[0])) return {lazy};
  if (!info.fold || !is_worthwhile(node, results)) return {};
  return fold_now(info, node, results);
}

}  // namespace litecast::ir
