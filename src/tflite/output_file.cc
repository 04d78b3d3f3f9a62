#include "tflite/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <litecast/error.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace litecast::tflite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = ".litecast-";
constexpr std::string_view kTemporarySuffix = ".tmp";

[[noreturn]] void fail(const std::string& path, std::string_view what, int error = errno) {
  throw IoError(fmt::format("{}: cannot {}: {}", path, what, std::strerror(error)));
}

// The file that `path` stands for, which need not exist: also at the end of a dangling link.
fs::path follow_links(const std::string& path) {
  constexpr int kMaxLinks = 40;
  fs::path target = path;
  std::error_code error;
  for (int i = 0; fs::is_symlink(target, error); ++i) {
    if (i == kMaxLinks) fail(path, "follow its links", ELOOP);
    target = target.parent_path() / fs::read_symlink(target, error);
    if (error) fail(path, "follow its links", error.value());
  }
  return target;
}

void refuse_unless_regular(const std::string& path, const std::string& target) {
  struct stat status;
  if (::stat(target.c_str(), &status) != 0) {
    if (errno != ENOENT) fail(path, "write");
    return;
  }
  if (S_ISDIR(status.st_mode)) throw UsageError(path + ": is a folder, not a file to write");
  if (!S_ISREG(status.st_mode)) throw UsageError(path + ": is not a regular file");
}

bool is_temporary_name(const std::string& name) {
  return name.starts_with(kTemporaryPrefix) && name.ends_with(kTemporarySuffix);
}

// Failures are ignored: another user's file, or one that its owner is just removing.
void remove_if_abandoned(const fs::path& temporary) {
  const int descriptor = ::open(temporary.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) ::unlink(temporary.c_str());
  ::close(descriptor);
}

void remove_abandoned_temporaries(const std::string& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, fs::directory_options::skip_permission_denied, error);
  for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
    if (is_temporary_name(entries->path().filename())) remove_if_abandoned(entries->path());
  }
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path) {
  const fs::path target = follow_links(path);
  if (path.empty() || !target.has_filename()) throw UsageError(path + ": is not a file name");
  target_ = target.string();
  folder_ = target.has_parent_path() ? target.parent_path().string() : ".";
  refuse_unless_regular(path_, target_);
  remove_abandoned_temporaries(folder_);
  open_temporary();
}

void OutputFile::open_temporary() {
  for (int attempt = 0;; ++attempt) {
    temporary_ = fmt::format("{}/{}{}-{}{}", folder_, kTemporaryPrefix, ::getpid(), attempt,
                             kTemporarySuffix);
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      const int error = errno;
      temporary_.clear();
      if (error == EEXIST) continue;
      fail(path_, "create a temporary beside it", error);
    }
    // Between these lines another process may have taken the file for an abandoned one. A file
    // system without locks keeps abandoned files; that is no reason to fail.
    struct stat status;
    if (::flock(descriptor_, LOCK_EX) != 0 ||
        (::fstat(descriptor_, &status) == 0 && status.st_nlink > 0)) {
      return;
    }
    ::close(descriptor_);
  }
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

void OutputFile::resize(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(path_, "set its size");
}

void OutputFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path_, "write");
    offset += static_cast<std::uint64_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void OutputFile::read(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path_, "read back");
    if (n == 0) fail(path_, "read back", EIO);
    offset += static_cast<std::uint64_t>(n);
    out = out.subspan(static_cast<std::size_t>(n));
  }
}

void OutputFile::commit() {
  if (::fsync(descriptor_) != 0) fail(path_, "write to disk");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(path_, "replace");
  temporary_.clear();
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail(path_, "open its folder");
  const int result = ::fsync(folder);
  const int error = errno;
  ::close(folder);
  // Some file systems cannot sync a folder: the file is as durable as they make it.
  if (result != 0 && error != EINVAL && error != ENOTSUP) fail(path_, "write its folder", error);
}

}  // namespace litecast::tflite
