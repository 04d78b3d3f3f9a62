// Graphs as the bodies of nodes of other graphs.
#pragma once

#include <string>

#include "ir/module.h"

namespace litecast::ir {

// What is wrong with it, for a person: a graph that contains itself, or graphs nested so deep that
// what walks them by recursion is in danger. Empty when nothing is.
std::string nesting_problem(const Module& module);

}  // namespace litecast::ir
