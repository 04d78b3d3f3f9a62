#pragma once

#include <litecast/error.h>

namespace litecast {

// Runs the action, which may end in an exception of litecast's but in no other way.
template <class Action>
void attempt(Action action) {
  try {
    action();
  } catch (const Error&) {
  }
}

}  // namespace litecast
