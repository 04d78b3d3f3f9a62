// Tables that are filled from a text file in assets/, an entry a line.
#pragma once

#include <cstdint>
#include <string>

#include "ir/constant.h"

namespace litecast::tensorflow {

// How the lines of a file become entries.
struct TextFile {
  static constexpr std::int64_t kWholeLine = -2;
  static constexpr std::int64_t kLineNumber = -1;

  std::string path;
  std::string name;  // in messages
  std::int64_t key_index = kWholeLine;
  std::int64_t value_index = kLineNumber;  // or a column, from 0
  std::int64_t vocabulary_size = -1;       // lines that count; -1: all
  char delimiter = '\t';
  std::int64_t offset = 0;  // of line numbers
};

struct TableContents {
  ir::ConstantPtr keys;  // [entries]
  ir::ConstantPtr values;
};

// Reads the file piece by piece: what grows is the result alone. Throws MalformedInput naming the
// line that is empty, no UTF-8, lacks a column or is no number, or that the file is missing or
// too short.
TableContents read_text_table(const TextFile& file, ir::DType key, ir::DType value);

}  // namespace litecast::tensorflow
