#include "support/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <litecast/error.h>

namespace litecast::support {

namespace {

[[noreturn]] void throw_io_error(const std::string& path, const char* action) {
  // Unlike strerror, the category's message is safe with several threads.
  throw IoError(fmt::format("{}: {}: {}", path, action, std::generic_category().message(errno)));
}

[[noreturn]] void throw_too_short(const std::string& path, std::uint64_t offset, std::uint64_t size,
                                  std::uint64_t end) {
  throw MalformedInput(fmt::format("{}: expected {} bytes at byte {}, but the file ends at byte {}",
                                   path, size, offset, end));
}

}  // namespace

std::shared_ptr<const File> File::open(const std::string& path) {
  // Without O_NONBLOCK the open of a FIFO would wait for its writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw_io_error(path, "cannot open");
  struct stat status;
  if (fstat(descriptor, &status) != 0) {
    const int error = errno;
    close(descriptor);
    errno = error;
    throw_io_error(path, "cannot examine");
  }
  if (!S_ISREG(status.st_mode)) {
    close(descriptor);
    throw IoError(path + ": not a regular file");
  }
  return std::shared_ptr<const File>(
      new File(path, descriptor, static_cast<std::uint64_t>(status.st_size)));
}

File::File(std::string path, int descriptor, std::uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

File::~File() { close(descriptor_); }

void File::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > size_ || out.size() > size_ - offset) {
    throw_too_short(path_, offset, out.size(), size_);
  }
  // Linux reads at most 2^31 - 4096 bytes at once.
  constexpr std::size_t kLargestRead = std::size_t{1} << 30;
  std::uint64_t position = offset;
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t count =
        pread(descriptor_, out.data() + done, std::min(kLargestRead, out.size() - done),
              static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_io_error(path_, "cannot read");
    if (count == 0) throw_too_short(path_, offset, out.size(), position);
    done += static_cast<std::size_t>(count);
    position += static_cast<std::uint64_t>(count);
  }
}

std::vector<std::byte> File::read(std::uint64_t offset, std::uint64_t size) const {
  if (offset > size_ || size > size_ - offset) throw_too_short(path_, offset, size, size_);
  std::vector<std::byte> bytes(size);
  read(offset, bytes);
  return bytes;
}

}  // namespace litecast::support
