#include "sources/tensorflow/text_table.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include "sources/tensorflow/column.h"
#include "support/file.h"

namespace litecast::tensorflow {
namespace {

// Hands out the lines of a file, without their ends.
class Lines {
 public:
  explicit Lines(std::shared_ptr<const support::File> file) : file_(std::move(file)) {}

  // False at the end. The line is valid until the next call.
  bool next(std::string_view& line) {
    while (true) {
      const std::size_t end = window_.find('\n', scanned_);
      if (end != window_.npos) {
        line = without_return(std::string_view(window_).substr(begin_, end - begin_));
        begin_ = scanned_ = end + 1;
        return true;
      }
      if (!fill()) break;
    }
    line = without_return(std::string_view(window_).substr(begin_));
    begin_ = scanned_ = window_.size();
    return !line.empty();
  }

 private:
  static std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  bool fill() {
    constexpr std::uint64_t kWindow = 64 << 10;
    const std::uint64_t size = std::min(kWindow, file_->size() - offset_);
    if (size == 0) return false;
    window_.erase(0, begin_);
    scanned_ = window_.size();
    begin_ = 0;
    window_.resize(window_.size() + size);
    file_->read(offset_, std::as_writable_bytes(std::span(window_).subspan(scanned_)));
    offset_ += size;
    return true;
  }

  std::shared_ptr<const support::File> file_;
  std::uint64_t offset_ = 0;
  std::string window_;
  std::size_t begin_ = 0;    // of the line that is not handed out yet
  std::size_t scanned_ = 0;  // no end of line before
};

// How many bytes follow the first one of a character; -1: it begins none.
int trailing_bytes(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 1;
  if (first >= 0xe0 && first < 0xf0) return 2;
  if (first >= 0xf0 && first < 0xf5) return 3;
  return -1;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const int trailing = trailing_bytes(static_cast<unsigned char>(text[i++]));
    if (trailing < 0) return false;
    for (int k = 0; k < trailing; ++k, ++i)
      if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
  }
  return true;
}

class TextTable {
 public:
  TextTable(const TextFile& file, ir::DType key, ir::DType value)
      : file_(file), keys_(key), values_(value) {}

  TableContents read() {
    Lines lines(open());
    std::string_view line;
    while ((file_.vocabulary_size < 0 || number_ < file_.vocabulary_size) && lines.next(line)) {
      if (line.empty()) fail("is empty");
      if (!is_utf8(line)) fail("is not UTF-8");
      add(keys_, file_.key_index, line);
      add(values_, file_.value_index, line);
      ++number_;
    }
    if (number_ == 0) throw MalformedInput(fmt::format("{}: is empty", file_.name));
    if (number_ < file_.vocabulary_size)
      throw MalformedInput(fmt::format("{}: has {} lines, but the table takes {}", file_.name,
                                       number_, file_.vocabulary_size));
    return {keys_.finish(), values_.finish()};
  }

 private:
  std::shared_ptr<const support::File> open() const {
    try {
      return support::File::open(file_.path);
    } catch (const IoError& problem) {
      throw MalformedInput(
          fmt::format("{}: a table is filled from this file: {}", file_.name, problem.what()));
    }
  }

  void add(ColumnBuilder& column, std::int64_t index, std::string_view line) {
    if (index == TextFile::kLineNumber)
      column.add_number(numbered());
    else if (!column.parse(index == TextFile::kWholeLine ? line : part(line, index)))
      fail("holds no number where the table takes one");
  }

  // In unsigned numbers, which have no overflow: the offset may be anything.
  std::int64_t numbered() const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(number_) +
                                     static_cast<std::uint64_t>(file_.offset));
  }

  std::string_view part(std::string_view line, std::int64_t index) const {
    for (std::int64_t i = 0; i < index; ++i) {
      const std::size_t end = line.find(file_.delimiter);
      if (end == line.npos)
        fail(fmt::format("has {} columns, but the table takes column {}", i + 1, index + 1));
      line.remove_prefix(end + 1);
    }
    return line.substr(0, line.find(file_.delimiter));
  }

  [[noreturn]] void fail(std::string_view problem) const {
    throw MalformedInput(fmt::format("{}, line {}: {}", file_.name, number_ + 1, problem));
  }

  const TextFile& file_;
  ColumnBuilder keys_, values_;
  std::int64_t number_ = 0;
};

}  // namespace

TableContents read_text_table(const TextFile& file, ir::DType key, ir::DType value) {
  return TextTable(file, key, value).read();
}

}  // namespace litecast::tensorflow
