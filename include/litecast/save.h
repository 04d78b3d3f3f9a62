// Writes a model that was converted before.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include <litecast/convert.h>

namespace litecast {

// Writes a model that lies in memory, as Conversion::model does, to `path`. The file appears whole
// or not at all. `progress` is told of the step "writing" every few megabytes, and stops it with
// Cancelled where it returns false.
//
// Throws UsageError when `path` is a folder or no regular file, IoError when writing fails.
void save(std::span<const std::byte> model, const std::string& path,
          const std::function<bool(const Progress&)>& progress = {});

// The same for a model in the file `source`, of which little is in memory at a time; both may be
// one file.
void save_copy(const std::string& source, const std::string& path,
               const std::function<bool(const Progress&)>& progress = {});

}  // namespace litecast
