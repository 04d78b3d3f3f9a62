// The exceptions that litecast throws. Every one derives from litecast::Error, so that a caller
// who does not care which it was can catch that alone. what() is one or more lines for a person.
#pragma once

#include <stdexcept>
#include <string>

namespace litecast {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The input is not what its format demands. The message names the file, the offset or node, and
// what was expected there.
class MalformedInput : public Error {
 public:
  using Error::Error;
};

// The caller asked for something that does not exist or does not fit, such as an unknown
// signature. The message lists what exists.
class UsageError : public Error {
 public:
  using Error::Error;
};

// The operating system refused to read or write; the message names the path and its reason.
class IoError : public Error {
 public:
  using Error::Error;
};

// The progress callback asked to stop. Nothing was left on disk.
class Cancelled : public Error {
 public:
  using Error::Error;
};

}  // namespace litecast
