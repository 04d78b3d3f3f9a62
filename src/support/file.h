// A regular file read by position. Nothing is mapped: resident memory counts mapped pages, and a
// file that is shortened while mapped would end the process with SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace litecast::support {

class File {
 public:
  // Throws IoError when the path cannot be opened or is not a regular file.
  static std::shared_ptr<const File> open(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }
  // Size in bytes when it was opened.
  std::uint64_t size() const { return size_; }

  // Fills `out` from byte `offset`. Thread-safe. Throws MalformedInput when the file ends before
  // that (also when it was shortened after opening), IoError when the system fails.
  void read(std::uint64_t offset, std::span<std::byte> out) const;
  // The bytes [offset, offset + size), checked against the file's size before allocating.
  std::vector<std::byte> read(std::uint64_t offset, std::uint64_t size) const;

 private:
  File(std::string path, int descriptor, std::uint64_t size);
  std::string path_;
  int descriptor_;
  std::uint64_t size_;
};

// A run of bytes in a file.
struct Extent {
  std::shared_ptr<const File> file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

}  // namespace litecast::support
