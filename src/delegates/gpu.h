// What the runtime's GPU delegate takes: the conditions that it sets for each node, read from the
// module alone, so that a model can be checked when it is made as well as when it was read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ir/module.h"

namespace litecast::delegates {

// Why a delegate leaves a node to the CPU.
struct Refusal {
  const ir::Node* node;
  // A sentence: what the delegate takes, and what it was given.
  std::string reason;
  // What the user can write instead; empty where nothing is known.
  std::string remedy;
};

// Nothing where the GPU delegate takes the node.
std::optional<Refusal> refused_by_gpu(const ir::Node& node);

// Of all nodes of all graphs, in their order.
std::vector<Refusal> refused_by_gpu(const ir::Module& module);

}  // namespace litecast::delegates
