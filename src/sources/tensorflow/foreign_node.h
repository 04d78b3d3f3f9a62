// Nodes that kernels outside of the runtime run.
#pragma once

#include <optional>
#include <vector>

#include "sources/tensorflow/fallback.h"
#include "sources/tensorflow/node_context.h"

namespace litecast::tensorflow {

// Thrown where a Select TF op takes a variable or table that the runtime was to keep: it was added
// to the ForeignState.
struct ForeignStateHasGrown {};

// Makes a node of the kind that `kernel` says and binds its results. Throws Unsupported, and
// ForeignStateHasGrown.
void emit_foreign(NodeContext& node, Kernel kernel, ForeignState& state,
                  const std::vector<std::optional<KnownResult>>& known = {});

// Of the node in the file.
std::string custom_name(Kernel kernel, std::string_view op);

// Whether it makes a list of tensors that TensorFlow's runtime keeps.
bool makes_foreign_list(const NodeContext& node, const ForeignState& state);

// Whether it takes the handle of a variable or table that TensorFlow's runtime keeps.
bool takes_foreign_state(const NodeContext& node);

// The handle in the graph that is being made, as a Select TF op makes it.
ir::NodeSpec foreign_handle(const NodeDef& handle);
// An op on it that gives nothing back, such as AssignVariableOp; `attrs`: of types, by name.
void add_foreign_op(Emitter& e, const char* op, std::vector<Value*> operands,
                    std::span<const std::pair<std::string_view, DataType>> attrs);

}  // namespace litecast::tensorflow
