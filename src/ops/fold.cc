#include "ops/fold.h"

namespace litecast::ops {

bool any_quantized(const OpView& node) {
  for (const ir::Value* operand : node.operands)
    if (operand != nullptr && operand->type().quantization != nullptr) return true;
  return false;
}

}  // namespace litecast::ops
