// How a conversion, which runs without the interpreter's lock, listens to Python meanwhile.
#pragma once

#include <litecast/convert.h>
#include <nanobind/nanobind.h>

#include <chrono>
#include <string>

namespace litecast::python {

// Hands steps on to a Python function (or None), and lets signals through: what the function or a
// signal's handler raises ends the conversion. Signals reach the main thread only.
class ProgressCallback {
 public:
  explicit ProgressCallback(nanobind::object function) : function_(std::move(function)) {}

  bool operator()(const Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;
  nanobind::object function_;
  std::string step_;
  Clock::time_point last_{};
};

}  // namespace litecast::python
