// Layer normalization of rows, seen by what it computes: (z − mean) / √(variance + ε) · scale +
// shift.
#pragma once

#include "optimize/affine.h"

namespace litecast::optimize {

struct LayerNorm {
  const Value* of;
  VectorPart scale;
  VectorPart shift;
  double epsilon;
};

// Nothing where `value` is something else.
std::optional<LayerNorm> layer_norm(const Value* value);

}  // namespace litecast::optimize
