// The keys or values of a table: equally many small elements, of numbers or text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ir/constant.h"

namespace litecast::tensorflow {

// Looks at a constant element by element.
class Column {
 public:
  // Throws Unsupported for elements of less than a byte.
  explicit Column(const ir::Constant& constant);

  std::size_t size() const { return size_; }
  // The bytes of an element, or its text; valid as long as the column.
  std::string_view operator[](std::size_t index) const;

 private:
  std::vector<std::byte> bytes_;
  std::size_t size_ = 0;
  std::size_t width_ = 0;  // 0: text
};

// Grows by an element at a time, in not much more memory than the result takes.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(ir::DType dtype) : dtype_(dtype) {}

  // The bytes of an element, or its text.
  void add(std::string_view element);
  // A number as it is written; false when it is none of the column's type, or the column is text
  // and takes all.
  bool parse(std::string_view text);
  // An integer, in the column's type.
  void add_number(std::int64_t value);
  std::size_t size() const { return size_; }
  // Of shape [size()]. Throws Unsupported when the text is more than the format holds.
  ir::ConstantPtr finish();

 private:
  ir::DType dtype_;
  std::size_t size_ = 0;
  std::string letters_;             // or the bytes of numbers
  std::vector<std::int32_t> ends_;  // of text
};

}  // namespace litecast::tensorflow
