// A function as a graph of its own, which an op runs as a branch or in a loop.
#pragma once

#include "sources/tensorflow/binding.h"
#include "sources/tensorflow/node_context.h"

namespace litecast::tensorflow {

// The tensor that a binding holds; null where there is none, as in a handle.
Value* tensor_of(const Binding& binding);
// The same binding around another tensor.
Binding with_tensor(const Binding& binding, Value* tensor);
// Whether two bindings without a tensor are the same thing.
bool same_handle(const Binding& a, const Binding& b);

// How `graph` sees a binding from outside: a tensor becomes an input, a constant is repeated, a
// handle is what it is.
Binding enter(ir::Graph& graph, const Binding& outside);

// A truth value of a tensor, as TensorFlow's control flow takes it: a number is not 0, a tensor has
// elements.
Value* truth(Emitter& e, Value* x);

}  // namespace litecast::tensorflow
