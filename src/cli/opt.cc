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

void print_pipeline() {
  for (const optimize::Pass& pass : optimize::pipeline()) {
    fmt::print("{}: {}\n", pass.name, pass.reason);
    for (const optimize::Rewrite* rewrite : pass.rewrites) fmt::print("  {}\n", rewrite->name);
  }
}

void run_passes(ir::Module& module, const std::vector<std::string>& passes) {
  if (passes.empty()) optimize::optimize(module);
  for (const std::string& pass : passes)
    if (!optimize::optimize_with(module, pass))
      throw UsageError(fmt::format("there is no pass '{}'; --print-pipeline lists them", pass));
}

}  // namespace

int run_opt(const OptArguments& arguments) {
  if (arguments.print_pipeline) {
    print_pipeline();
    return kDone;
  }
  if (arguments.input.empty()) throw UsageError("opt: name a file of textual IR, or -");
  auto module = ir::parse(read_text(arguments.input), arguments.input);
  ir::verify(*module);
  run_passes(*module, arguments.passes);
  ir::verify(*module);
  fmt::print("{}", ir::print(*module));
  return kDone;
}

}  // namespace litecast::cli
