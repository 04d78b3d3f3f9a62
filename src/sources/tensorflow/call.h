#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sources/tensorflow/function_def.h"
#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// Functions nested deeper than this are refused: the walk recurses into calls.
inline constexpr int kMaxCallDepth = 128;
// More branches of one choice are refused: each is an IF within the one before.
inline constexpr int kMaxCaseBranches = 256;

// The functions that a node may run, and which of its data inputs is their first argument.
struct Call {
  enum class Kind { call, branches, loop };
  Kind kind;
  // One for a call, one for each branch, condition and body of a loop.
  std::vector<std::string_view> functions;
  std::size_t first_argument = 0;
};

// Nullopt for a node that runs no function, and for one that hands a function to the runtime.
std::optional<Call> call_of(const NodeDef& node, const Library& library);

}  // namespace litecast::tensorflow
