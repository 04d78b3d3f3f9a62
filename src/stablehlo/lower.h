// The last form of a module that is meant for compilers: the runtime's operators as StableHLO's,
// which the format can hold too.
#pragma once

#include "ir/module.h"

namespace litecast::stablehlo {

// Rewrites every graph. Throws ConversionError, with a diagnostic for each op that StableHLO's
// operators of the format cannot express and for each size that is not known.
void lower(ir::Module& module);

}  // namespace litecast::stablehlo
