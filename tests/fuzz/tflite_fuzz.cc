// Reads bytes as a .tflite, from a file and from memory, verifies and prints what was read, and
// writes it again. What was written must be readable.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <litecast/error.h>
#include "attempt.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "memory_file.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace litecast::tflite {
namespace {

std::vector<std::byte> written(const ir::Module& module) {
  try {
    return write_memory(module);
  } catch (const UsageError&) {
    return {};
  }
}

void use(const ir::Module& module) {
  attempt([&] { ir::verify(module); });
  ir::print(module);
  const std::vector<std::byte> bytes = written(module);
  if (!bytes.empty()) read_memory(bytes, "written.tflite");
}

}  // namespace
}  // namespace litecast::tflite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace litecast::tflite;
  static const litecast::testing::MemoryFile file;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::unique_ptr<litecast::ir::Module> from_file, from_memory;
  litecast::attempt([&] { from_file = read_file(file.write(bytes)); });
  litecast::attempt(
      [&] { from_memory = read_memory(std::as_bytes(std::span(bytes)), "memory.tflite"); });
  // Tables that a hostile file hides within a large constant are only in memory.
  if (from_file || from_memory) use(from_file ? *from_file : *from_memory);
  return 0;
}
