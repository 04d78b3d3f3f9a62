// Reads the options of a node in the textual IR: "Conv2DOptions" and "{padding: SAME}".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ir/options.h"

namespace flatbuffers {
class Parser;
}

namespace litecast::ir {

class OptionsParser {
 public:
  OptionsParser();
  ~OptionsParser();

  // `type` is the name of an options table, `fields` what stands in braces behind it, braces
  // included. `error` is what was expected when nothing is returned.
  std::optional<Options> parse(std::string_view type, std::string_view fields, std::string& error);

 private:
  flatbuffers::Parser& parser();

  std::unique_ptr<flatbuffers::Parser> parser_;  // made for the first options: it takes a while
};

}  // namespace litecast::ir
