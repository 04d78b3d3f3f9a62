#pragma once

#include "optimize/recurrent_cell.h"

namespace litecast::optimize {

// Whether the runtime's fused op is the faster form of a cell on a CPU. `batch`: nothing where it
// is free.
bool is_faster_fused(const RecurrentCell& cell, std::optional<std::int64_t> batch);

}  // namespace litecast::optimize
