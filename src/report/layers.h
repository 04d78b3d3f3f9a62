#pragma once

#include <litecast/report.h>

#include "ir/module.h"

namespace litecast {

// The name scopes that a module's nodes came from, in the order in which they first appear.
std::vector<LayerReport> layers_of(const ir::Module& module);

}  // namespace litecast
