// Control flow and ops that the table knows nothing more of.
#include "ops/families.h"

namespace litecast::ops {

std::span<const OpInfo> control_family() {
  static const OpInfo family[] = {
      // What a custom op does is its kernel's business: result types come from the caller.
      {.op = Op::CUSTOM,
       .operands = {{.name = "input", .optional = true, .variadic = true}},
       .effect = Effect::opaque,
       .min_runtime = {""}},
  };
  return family;
}

}  // namespace litecast::ops
