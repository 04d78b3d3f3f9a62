#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "optimize/pipeline.h"

namespace litecast::cli {
namespace {

std::string read_text(const std::string& path) {
  using Iterator = std::istreambuf_iterator<char>;
  if (path == "-") return {Iterator(std::cin), Iterator()};
  std::ifstream file(path, std::ios::binary);
  std::string text{Iterator(file), Iterator()};
  if (!file) throw IoError(fmt::format("{}: cannot be read", path));
  return text;
}

}  // namespace

int run_opt(const OptArguments& arguments) {
  if (arguments.input.empty()) throw UsageError("opt: name a file of textual IR, or -");
  auto module = ir::parse(read_text(arguments.input), arguments.input);
  ir::verify(*module);
  optimize::optimize(*module);
  ir::verify(*module);
  fmt::print("{}", ir::print(*module));
  return kDone;
}

}  // namespace litecast::cli
