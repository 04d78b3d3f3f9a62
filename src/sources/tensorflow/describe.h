#pragma once

#include <string>

namespace litecast::tensorflow {

// The signatures of a SavedModel, and how often each op stands in what they run; a line each.
std::string describe_saved_model(const std::string& folder);

}  // namespace litecast::tensorflow
