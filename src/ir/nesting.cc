#include "ir/nesting.h"

namespace litecast::ir {
namespace {

constexpr int kMaxDepth = 64;

}  // namespace

// Visits the graphs from the innermost on: one is ready when all within it are. Those that never
// get ready contain themselves.
std::string nesting_problem(const Module& module) {
  std::unordered_map<const Graph*, std::vector<const Graph*>> users;
  std::unordered_map<const Graph*, std::size_t> waiting_for;
  std::unordered_map<const Graph*, int> depth;
  std::vector<const Graph*> ready;
  for (const auto& graph : module.graphs()) {
    std::size_t& bodies = waiting_for[graph.get()];
    for (const Node* node = graph->first(); node; node = node->next()) {
      bodies += node->graphs().size();
      for (const Graph* body : node->graphs()) users[body].push_back(graph.get());
    }
    if (bodies == 0) ready.push_back(graph.get());
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (const Graph* user : users[ready[i]]) {
      depth[user] = std::max(depth[user], depth[ready[i]] + 1);
      if (depth[user] > kMaxDepth)
        return fmt::format("graphs are nested deeper than {}", kMaxDepth);
      if (--waiting_for[user] == 0) ready.push_back(user);
    }
  }
  return ready.size() == module.graphs().size() ? "" : "a graph contains itself";
}

}  // namespace litecast::ir
