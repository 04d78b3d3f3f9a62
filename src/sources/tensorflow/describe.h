#pragma once

#include <string>

namespace litecast::tensorflow {

// The signatures of a SavedModel, and how often each op stands in what they run; a line each.
std::string describe_saved_model(const std::string& folder);
// The same for a frozen graph, from its placeholders to the tensors that no node takes.
std::string describe_graph_def(const std::string& path);

}  // namespace litecast::tensorflow
