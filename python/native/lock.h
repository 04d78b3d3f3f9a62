// The interpreter's lock, given up and taken again.
//
// While the interpreter ends, a thread that asks for the lock is unwound by Python, through
// functions whose clean-up would need the lock. Such a thread waits here instead, until the process
// is gone.
#pragma once

#include <Python.h>
#include <unistd.h>

namespace litecast::python {

// Calls what may ask for the lock: a function of Python's, which throws nothing else.
template <class Function>
auto outlive(const Function& function) noexcept {
  try {
    return function();
  } catch (...) {
    for (;;) ::pause();
  }
}

class Unlocked {
 public:
  Unlocked() : state_(PyEval_SaveThread()) {}
  ~Unlocked() {
    outlive([&] { PyEval_RestoreThread(state_); });
  }
  Unlocked(const Unlocked&) = delete;
  Unlocked& operator=(const Unlocked&) = delete;

 private:
  PyThreadState* state_;
};

// In any thread, also in one that has the lock.
class Locked {
 public:
  Locked() : state_(outlive(PyGILState_Ensure)) {}
  ~Locked() { PyGILState_Release(state_); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  PyGILState_STATE state_;
};

}  // namespace litecast::python
