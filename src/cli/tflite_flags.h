// The flags of TensorFlow's tflite_convert, read as that program reads them: "--name value" or
// "--name=value", a unique beginning of a name is enough, and what is unknown is passed over.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <litecast/error.h>

namespace litecast::cli {

// The command line itself is wrong, rather than what it asks for.
class FlagError : public Error {
 public:
  using Error::Error;
};

class TfliteFlags {
 public:
  // Throws FlagError for a flag without its value, and for a beginning of several names.
  explicit TfliteFlags(std::span<const std::string> arguments);

  bool has(std::string_view name) const { return values_.contains(name); }
  // Empty when it was not given.
  std::string_view text(std::string_view name) const;
  // The value of one that may stand alone and is true then. Throws UsageError when it is neither
  // "true" nor "false".
  bool truth(std::string_view name, bool otherwise) const;
  // The items between commas; none when it was not given or is empty.
  std::vector<std::string> list(std::string_view name) const;
  // Flags that neither version of the program knows.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> unknown_;
};

}  // namespace litecast::cli
