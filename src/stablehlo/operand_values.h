// Operands of the runtime's operators that StableHLO has as options, and so must be known.
#pragma once

#include "stablehlo/lowerer.h"

namespace litecast::stablehlo {

// The elements of a list of integers. Throws Unsupported, naming the list, when they are not known.
Sizes known(const Node& node, int operand, const char* name);
// An axis counted from the front.
std::int64_t front_axis(std::int64_t axis, int rank);
// A list of axes, from the front, each once and in order.
Sizes known_axes(const Node& node, int operand);

}  // namespace litecast::stablehlo
