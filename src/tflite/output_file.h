// A file that gets its name only when it is whole. Until then it is a temporary in the same
// folder, so that after a failure, or a kill at any moment, the name stands for the old file or for
// nothing. The owner of a temporary holds a lock on it: one without a lock was left by a process
// that died, and the next OutputFile in that folder removes it.
#pragma once

#include <string>

#include "tflite/namespace.h"
#include "tflite/output.h"

namespace litecast::tflite {

class OutputFile final : public Output {
 public:
  // Opens the temporary. Symbolic links of `path` are followed. Throws UsageError when `path`
  // exists and is not a regular file, IoError when the folder cannot be written.
  explicit OutputFile(const std::string& path);
  // Removes the temporary unless committed.
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // These throw IoError.
  void resize(std::uint64_t size) override;
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  void read(std::uint64_t offset, std::span<std::byte> out) const override;
  // Makes the content durable and gives it the name.
  void commit();

 private:
  void open_temporary();

  std::string path_;    // as the caller wrote it: for messages
  std::string target_;  // with links resolved
  std::string folder_;
  std::string temporary_;  // empty when there is none
  int descriptor_ = -1;
};

}  // namespace litecast::tflite
