// Computing ops over constants while the graph is made.
#pragma once

#include <vector>

#include "ops/op_info.h"

namespace litecast::ir {

// The results of a node whose present operands are all constants, one for each result type; empty
// when it is not folded: it has no kernel, or the results would make the file grow. What is large
// becomes a lazy constant where it can.
std::vector<ConstantPtr> fold(const ops::OpInfo& info, const ops::OpView& node,
                              const std::vector<Type>& results);

// The bytes of a constant as the kernels take it.
ops::HostTensor to_host(const Constant& constant);
ConstantPtr to_constant(ops::HostTensor tensor, const Quantization* quantization = nullptr);

}  // namespace litecast::ir
