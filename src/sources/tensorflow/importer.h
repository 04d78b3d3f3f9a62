#pragma once

#include <litecast/convert.h>
#include <litecast/memory_model.h>

#include <functional>
#include <memory>
#include <string>

#include "ir/module.h"

namespace litecast::tensorflow {

// Reads the SavedModel in `folder` and emits its signatures. `visited` is called at each node of
// the source; it may throw to end the work. Throws ConversionError with all that cannot be
// converted, MalformedInput, UsageError, IoError.
std::unique_ptr<ir::Module> import_saved_model(const std::string& folder,
                                               const ConvertOptions& options,
                                               const std::function<void()>& visited);
// The same for a GraphDef in a file, and for what a program holds in memory.
std::unique_ptr<ir::Module> import_graph_def(const std::string& path, const ConvertOptions& options,
                                             const std::function<void()>& visited);
std::unique_ptr<ir::Module> import_memory_model(const MemoryModel& model,
                                                const ConvertOptions& options,
                                                const std::function<void()>& visited);

}  // namespace litecast::tensorflow
