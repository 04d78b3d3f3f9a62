#include <fmt/format.h>

#include <litecast/describe.h>

#include "cli/commands.h"
#include "cli/exit_code.h"

namespace litecast::cli {

int run_show(const std::string& path) {
  fmt::print("{}", describe(path));
  return kDone;
}

}  // namespace litecast::cli
