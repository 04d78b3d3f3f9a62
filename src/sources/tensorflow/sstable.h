// LevelDB's sorted table, which a checkpoint's index is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
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
  std::vector<std::string> blocks_;
  std::vector<std::string> keys_;
  std::vector<Entry> entries_;
};

}  // namespace litecast::tensorflow
