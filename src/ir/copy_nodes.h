#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/builder.h"

namespace litecast::ir {

// Computes once more, where `builder` inserts, what `from` computes, of `inputs` instead of its
// own: what stands for its outputs. Types are inferred anew where they can be, so that what is
// known of `inputs` is known of the copies. Nothing where a node has bodies, which need copies of
// their own, or where the op cannot be had; what was made until then is then dead.
std::optional<Values> copy_nodes(const Graph& from, std::span<Value* const> inputs,
                                 Builder& builder);

}  // namespace litecast::ir
