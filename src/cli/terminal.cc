#include "cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace litecast::cli {

bool has_colour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return isatty(descriptor) && (!no_color || !*no_color) && term &&
         std::string_view(term) != "dumb";
}

std::string bold(std::string_view text, bool on) {
  return on ? fmt::format("\033[1m{}\033[0m", text) : std::string(text);
}

std::string red(std::string_view text, bool on) {
  return on ? fmt::format("\033[1;31m{}\033[0m", text) : std::string(text);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units = {"B", "kB", "MB", "GB", "TB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1000 && unit + 1 < units.size()) {
    amount /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", amount, unit == 0 ? 0 : 1, units[unit]);
}

std::string type_text(const TensorReport& tensor) {
  if (!tensor.has_rank) return tensor.dtype + "[...]";
  std::string sizes;
  for (std::int64_t size : tensor.shape)
    sizes += (sizes.empty() ? "" : ",") + (size < 0 ? "?" : std::to_string(size));
  return fmt::format("{}[{}]", tensor.dtype, sizes);
}

ProgressLine::ProgressLine(bool enabled) : enabled_(enabled && isatty(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() {
  if (visible_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(const Progress& progress) {
  using std::chrono::milliseconds;
  constexpr milliseconds kPatience(500), kInterval(100);
  const auto now = Clock::now();
  if (!enabled_ || now - start_ < kPatience || now - shown_ < kInterval) return;
  shown_ = now;
  visible_ = true;
  fmt::print(stderr, "\r\033[K{} {:.0f} %", progress.step, progress.fraction * 100);
  std::fflush(stderr);
}

}  // namespace litecast::cli
