// The text of an einsum, taken apart.
#pragma once

#include <string_view>
#include <vector>

namespace litecast::emit {

// Letters stand for themselves; the axes of an ellipsis are -1 for its last, -2 for the one before
// …
using Label = int;
using Labels = std::vector<Label>;

struct EinsumEquation {
  std::vector<Labels> operands;
  Labels result;
};

// `ranks`: of the operands. Without "->" the result is what numpy says: the ellipsis, then the
// labels that appear once, in alphabetical order. Throws Unsupported for text that is no equation
// or does not fit the ranks.
EinsumEquation parse_einsum(std::string_view equation, const std::vector<int>& ranks);

}  // namespace litecast::emit
