// What all ops have in common that assign variables.
#pragma once

#include <optional>

#include "sources/tensorflow/node_context.h"

namespace litecast::tensorflow::bindings {

struct Target {
  Variable& variable;
};

// The variable at an input. None where the node stores the path of an asset. Throws Unsupported
// where it is no variable.
std::optional<Target> target_of(NodeContext& context, int input = 0);
void assign(NodeContext& context, const Target& target, Value* value);

}  // namespace litecast::tensorflow::bindings
