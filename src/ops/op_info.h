// What is known of an operator: one entry in the table of its family holds all of it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ir/graph.h"
#include "ops/host_tensor.h"

namespace litecast::ops {

using ir::DType;
using ir::Op;

// Why the runtime's kernel would not take a node.
struct LimitViolation {
  enum class Kind { dtype, rank, shape, option };
  Kind kind;
  int operand = -1;     // -1: the node as a whole
  std::string message;  // for a person: what the kernel takes and what it was given
};
template <class T>
using Expected = tl::expected<T, LimitViolation>;
tl::unexpected<LimitViolation> violation(LimitViolation::Kind kind, int operand,
                                         std::string message);

// A set of element types.
class DTypeSet {
 public:
  constexpr DTypeSet(std::initializer_list<DType> dtypes) {
    for (DType d : dtypes) bits_ |= std::uint32_t{1} << static_cast<int>(d);
  }
  constexpr bool contains(DType dtype) const { return (bits_ >> static_cast<int>(dtype)) & 1; }
  constexpr DTypeSet operator|(DTypeSet other) const {
    DTypeSet set{};
    set.bits_ = bits_ | other.bits_;
    return set;
  }
  std::string to_string() const;

 private:
  std::uint32_t bits_ = 0;
};
inline constexpr DTypeSet kAnyDType = [] {
  DTypeSet all{};
  for (int i = 0; i < 32; ++i) all = all | DTypeSet{static_cast<DType>(i)};
  return all;
}();

// A node seen by its parts, whether it exists already or is only asked for.
struct OpView {
  Op op;
  const ir::Options& options;
  std::span<ir::Value* const> operands;
  std::span<ir::Graph* const> graphs = {};
  std::span<const ir::Type> results = {};  // empty during inference

  ir::Value* in(int index) const {
    return index < static_cast<int>(operands.size()) ? operands[static_cast<std::size_t>(index)]
                                                     : nullptr;
  }
  bool has(int index) const { return in(index) != nullptr; }
  // The operand must be present.
  DType dtype(int index) const { return in(index)->dtype(); }
  const ir::Shape& shape(int index) const { return in(index)->shape(); }
  // Known integers of an operand (shape, axes, begin…): a constant, or contents that are constant.
  std::optional<std::vector<std::int64_t>> integers(int index) const;
  // Known integers as Dims.
  std::optional<std::vector<ir::Dim>> dims(int index) const;
  template <class T>
  const T& as() const {
    return options.as<T>();
  }
};

struct OperandSpec {
  const char* name;
  DTypeSet dtypes = kAnyDType;
  int min_rank = 0;
  int max_rank = 8;
  bool optional = false;
  bool variadic = false;    // the last one only: zero or more of it
  DTypeSet quantized = {};  // of `dtypes`: those that need quantization parameters
  // The kernel overwrites it and would keep it until the next run: written by an op of the same
  // run, used once, never shared or folded.
  bool consumed_state = false;
};

// Given that the operands' dtypes and ranks were checked: the result types, or what is wrong.
using InferFn = Expected<std::vector<ir::Type>> (*)(const OpView& node, ir::DimContext& dims);
// Computes the results from operands (null data: absent). Result tensors come with dtype and, where
// inference found it, shape, and with zeroed bytes of that size. False: cannot fold this one.
using FoldFn = bool (*)(const OpView& node, std::span<const HostTensor> in,
                        std::span<HostTensor> out);
// The elements of one result as Dims, from the operands' known contents and shapes; at most
// kMaxContents of them.
using ContentsFn = std::optional<std::vector<ir::Dim>> (*)(const OpView& node, int result,
                                                           ir::DimContext& dims);
inline constexpr std::int64_t kMaxContents = 64;

// Ordered; the first that holds gives the version. `when` null: always.
struct VersionRule {
  bool (*when)(const OpView& node);
  int version;
};

// `read` and `write` concern a resource; random and opaque ops are never shared or folded.
enum class Effect { pure, read, write, random, opaque };

// How a node reacts when all its tensors are permuted alike.
enum class Layout {
  fixed,         // axes have meaning
  agnostic,      // elementwise: any permutation of all operands of full rank
  axis_option,   // one axis in the options is renamed
  axes_operand,  // axes in a constant operand are renamed
  rows_operand,  // one row (or entry) for each axis in a constant operand is permuted
};

struct OpInfo {
  Op op;
  std::vector<OperandSpec> operands;
  InferFn infer = nullptr;
  FoldFn fold = nullptr;
  ContentsFn contents = nullptr;
  // Each result element depends on the elements at the same (broadcast) place alone.
  bool elementwise = false;
  Effect effect = Effect::pure;
  Layout layout = Layout::fixed;
  std::vector<VersionRule> versions = {{nullptr, 1}};
  // Minimal runtime for version 1, 2, …; "" where none is recorded.
  std::vector<const char*> min_runtime = {};
  // Multiply-accumulates of a node with static shapes; null: one for each result element.
  std::int64_t (*macs)(const OpView& node) = nullptr;
};

// Null for an op without an entry.
const OpInfo* find(Op op);
// Of a node of that op: a custom op's maker knows what its kernel does.
Effect effect_of(const OpInfo& info, const ir::NodeSpec& node);
// Operand count, dtypes and ranks against the entry.
std::optional<LimitViolation> check_operands(const OpInfo& info, const OpView& node);
// The result types of a node; all that can be wrong with it is a violation: operands that the entry
// does not take, what its inference objects to, sizes that no runtime can have. Empty where the
// entry cannot infer.
Expected<std::vector<ir::Type>> infer(const OpInfo& info, const OpView& node, ir::DimContext& dims);
// The lowest version of the op that expresses the node.
int version(const OpInfo& info, const OpView& node);

}  // namespace litecast::ops
