// Where the format's options name other subgraphs by index. In the IR these fields are zero: a node
// points to its graphs instead, in the order of the fields.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ir/options.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// The indices in options as a file has them.
std::vector<std::int32_t> subgraph_indices(const ir::Options& options);

// The options with these indices in place of their own; as many as subgraph_indices gives, or, for
// a field that is a list, any number.
ir::Options with_subgraph_indices(const ir::Options& options,
                                  std::span<const std::int32_t> indices);

// The options as the IR has them: indices zero, lists of indices empty.
ir::Options without_subgraph_indices(const ir::Options& options);

}  // namespace litecast::tflite
