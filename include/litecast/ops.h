// Which operations of TensorFlow can be converted, and into what: the same that docs/ops.md says.
#pragma once

#include <string_view>
#include <vector>

namespace litecast {

// What the tests have shown of one operation. Lists are separated by spaces.
struct OpCoverage {
  // As TensorFlow calls it: "Conv2D".
  std::string_view op;
  // The runtime's ops that it becomes in most cases, in their order; empty where none is left.
  std::string_view becomes;
  // Element types of the first operand with which it converts: "float32 int8".
  std::string_view dtypes;
  // Those with which it does not.
  std::string_view refused;
  // Why, a sentence; empty where all convert.
  std::string_view reason;
  // The largest rank of an operand.
  int rank = 0;
  // Whether sizes may be free.
  bool free_sizes = false;
  // The oldest runtime with these kernels, "1.14.0"; empty where it does not matter.
  std::string_view runtime;
  // Delegates that take all of these ops, as far as their own conditions are met.
  std::string_view delegates;
  // What else there is to say.
  std::string_view note;
  // Whether builtin operators of the runtime compute it, at least in some cases.
  bool builtin = true;
  // The option that has it converted where they do not: "--select-tf-ops", "--allow-custom-ops", or
  // empty where none does.
  std::string_view option = {};
};

// Sorted by op.
std::vector<OpCoverage> op_coverage();

}  // namespace litecast
