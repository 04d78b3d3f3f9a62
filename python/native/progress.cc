#include "progress.h"

#include "lock.h"

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
  const Locked lock;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  if (function_.is_none()) return true;
  const nb::str step(progress.step.data(), progress.step.size());
  const nb::object answer = nb::steal(outlive(
      [&] { return PyObject_CallFunction(function_.ptr(), "Od", step.ptr(), progress.fraction); }));
  if (!answer.is_valid()) throw nb::python_error();
  return !answer.is(nb::handle(Py_False));
}

}  // namespace litecast::python
