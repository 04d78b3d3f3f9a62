// How the command line talks to a person.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <litecast/convert.h>

namespace litecast::cli {

// Whether the stream is a terminal that shows colours, and the user has not said NO_COLOR.
bool has_colour(int descriptor);

// Text between the escape sequences for bold and so on, where `on`.
std::string bold(std::string_view text, bool on);
std::string red(std::string_view text, bool on);

// "13.3 MB"
std::string size_text(std::uint64_t bytes);
// "float32[?,224,224,3]"
std::string type_text(const TensorReport& tensor);

// A line on standard error that says how far the work is, once it takes longer than half a second;
// nothing where standard error is no terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  bool enabled_;
  bool visible_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_{};
};

}  // namespace litecast::cli
