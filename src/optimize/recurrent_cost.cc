#include "optimize/recurrent_cost.h"

namespace litecast::optimize {

bool is_faster_fused(const RecurrentCell& cell, std::optional<std::int64_t> batch) {
  return cell.units <= 48 && batch.value_or(1) == 1;
}

}  // namespace litecast::optimize
