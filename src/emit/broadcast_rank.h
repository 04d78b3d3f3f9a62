// Broadcasting beyond the rank that a kernel takes.
#pragma once

#include <functional>

#include "emit/emitter.h"

namespace litecast::emit {

// Emits a broadcasting op on operands of another shape; null where a limit is violated.
using BroadcastOp = std::function<Value*(const std::vector<Value*>&)>;

// Calls `op` with operands of as low a rank as their broadcast allows (neighbouring axes that
// broadcast alike become one), or, where that is not enough, with operands that have all been
// broadcast to one shape; gives the result its shape again. Null when `op` gives null in both
// cases, or the shapes do not broadcast. Operands must be ranked.
Value* with_lower_rank(Emitter& e, const std::vector<Value*>& operands, const BroadcastOp& op);

}  // namespace litecast::emit
