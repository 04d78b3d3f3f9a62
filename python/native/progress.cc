#include "progress.h"

namespace nb = nanobind;

namespace litecast::python {

bool ProgressCallback::operator()(const Progress& progress) {
  // Taking the lock may mean to wait for other threads: not for each of many small advances within
  // a step.
  constexpr std::chrono::milliseconds kInterval(20);
  const auto now = Clock::now();
  if (progress.step == step_ && now - last_ < kInterval) return true;
  step_ = progress.step;
  last_ = now;
  nb::gil_scoped_acquire lock;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  if (function_.is_none()) return true;
  const nb::object answer =
      function_(nb::str(progress.step.data(), progress.step.size()), progress.fraction);
  return !answer.is(nb::handle(Py_False));
}

}  // namespace litecast::python
