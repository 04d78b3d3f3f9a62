#pragma once

namespace litecast::cli {

enum ExitCode {
  kDone = 0,
  kNotConvertible = 1,
  kWrongUse = 2,
  kMalformedInput = 3,
  kInputOutput = 4,
  kInterrupted = 130,
};

}  // namespace litecast::cli
