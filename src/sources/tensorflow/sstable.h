// LevelDB's sorted table, which a checkpoint's index is.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/file.h"

namespace litecast::tensorflow {

// All entries of a table, in memory.
class SsTable {
 public:
  // Reads and checks the whole file. Throws MalformedInput for a wrong magic number, a block that
  // lies outside the file or fails its CRC, a broken entry, and keys that do not ascend.
  static SsTable read(const support::File& file);

  struct Entry {
    std::string_view key;
    std::string_view value;
  };
  // Ascending by key; views into the table.
  const std::vector<Entry>& entries() const { return entries_; }
  // Null when there is no such key.
  const Entry* find(std::string_view key) const;

 private:
  class Builder;

  // The entries point into both, also after a move.
  std::vector<std::unique_ptr<const std::string>> blocks_;
  std::vector<std::unique_ptr<char[]>> keys_;
  std::vector<Entry> entries_;
};

}  // namespace litecast::tensorflow
