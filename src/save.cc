#include <litecast/save.h>

#include <algorithm>
#include <vector>

#include "support/file.h"
#include "tflite/output_file.h"

namespace litecast {
namespace {

constexpr std::uint64_t kPieceBytes = 4 << 20;

using ProgressFunction = std::function<bool(const Progress&)>;
// The bytes [offset, offset + size).
using Piece = std::function<std::span<const std::byte>(std::uint64_t offset, std::uint64_t size)>;

void write_pieces(std::uint64_t size, const Piece& piece, const std::string& path,
                  const ProgressFunction& progress) {
  tflite::OutputFile file(path);
  file.resize(size);
  for (std::uint64_t at = 0; at < size; at += kPieceBytes) {
    const double done = static_cast<double>(at) / static_cast<double>(size);
    if (progress && !progress({"writing", done})) throw Cancelled("the model was not written");
    file.write(at, piece(at, std::min(kPieceBytes, size - at)));
  }
  file.commit();
}

}  // namespace

void save(std::span<const std::byte> model, const std::string& path,
          const ProgressFunction& progress) {
  write_pieces(
      model.size(),
      [&](std::uint64_t offset, std::uint64_t size) { return model.subspan(offset, size); }, path,
      progress);
}

void save_copy(const std::string& source, const std::string& path,
               const ProgressFunction& progress) {
  const auto file = support::File::open(source);
  std::vector<std::byte> buffer(std::min(kPieceBytes, file->size()));
  write_pieces(
      file->size(),
      [&](std::uint64_t offset, std::uint64_t size) {
        const std::span<std::byte> part = std::span(buffer).first(size);
        file->read(offset, part);
        return std::span<const std::byte>(part);
      },
      path, progress);
}

}  // namespace litecast
