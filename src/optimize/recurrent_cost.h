#pragma once

#include "optimize/recurrent_cell.h"

namespace litecast::optimize {

// What a cell runs on, where it is known before the model runs.
struct Workload {
  std::optional<std::int64_t> batch;
  std::optional<std::int64_t> steps;
  // Whether each step's output is kept.
  bool keeps_all = true;
};

// Whether the fused op had better be given its sequences with time before the samples. Of a single
// sample the usual order saves the transposes.
bool is_faster_time_major(const RecurrentCell& cell, std::optional<std::int64_t> batch);

// Whether the runtime's fused op is the faster form of a cell on a CPU, or nearly so.
bool is_faster_fused(const RecurrentCell& cell, const Workload& workload);

}  // namespace litecast::optimize
