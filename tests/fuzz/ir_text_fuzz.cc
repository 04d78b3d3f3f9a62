// Reads bytes as textual IR. What is read is verified and printed, and the printed text must read
// back as the same module.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <litecast/error.h>
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

namespace litecast::ir {
namespace {

std::unique_ptr<Module> parse_or_null(std::string_view text) {
  try {
    return parse(text, "fuzz.ir");
  } catch (const MalformedInput&) {
    return nullptr;
  }
}

void read(std::string_view text) {
  const auto module = parse_or_null(text);
  if (!module) return;
  const std::string printed = print(*module);
  try {
    verify(*module);
  } catch (const Error&) {
  }
  // A constant that is too large to be written out is printed as a checksum.
  if (printed.find("] #") != std::string::npos) return;
  if (print(*parse(printed, "printed.ir")) != printed) __builtin_trap();
}

}  // namespace
}  // namespace litecast::ir

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  litecast::ir::read({reinterpret_cast<const char*>(data), size});
  return 0;
}
