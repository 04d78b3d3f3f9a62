// The activation that many kernels apply to their result (fused_activation_function).
#pragma once

#include <optional>

#include "ir/graph.h"

namespace litecast::optimize {

using Activation = tflite::ActivationFunctionType;

// Nothing when the op has no such option.
std::optional<Activation> activation_of(const ir::Node& node);
// The node's options with another activation; the op must have the option.
ir::Options with_activation(const ir::Node& node, Activation activation);
// Whether the node has the option and it is unused.
inline bool is_linear(const ir::Node& node) { return activation_of(node) == Activation::NONE; }

}  // namespace litecast::optimize
