// Reads a .tflite as a module. Constants stay in the file, which must remain unchanged as long as
// the module; only its tables are in memory. Operators that the op table does not know are kept as
// they are.
//
// These throw MalformedInput when the file is damaged or contradicts itself, UsageError when it
// uses a part of the format that litecast does not read (sparse tensors, quantization in blocks,
// data in other files, intermediate tensors of integer recurrent kernels), IoError when the system
// refuses.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "ir/module.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

std::unique_ptr<ir::Module> read_file(const std::string& path);

// Of a copy of `bytes`; `name` is what errors call it.
std::unique_ptr<ir::Module> read_memory(std::span<const std::byte> bytes, const std::string& name);

}  // namespace litecast::tflite
