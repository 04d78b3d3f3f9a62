#include "optimize/pipeline.h"

#include "ir/dead_nodes.h"

namespace litecast::optimize {

void optimize(ir::Module& module) {
  for (const auto& graph : module.graphs()) ir::remove_dead_nodes(*graph);
}

}  // namespace litecast::optimize
