// Takes vectors and strings out of a verified file. In a FlatBuffer any number of tables may point
// to the same bytes, so that a small file can ask for more copies than there is memory: what is
// copied in all is bounded by the size of the file.
#pragma once

#include <string>
#include <vector>

#include "tflite/format.h"

namespace litecast::tflite {

class FileFields {
 public:
  // `name` is what errors call the file.
  FileFields(std::string name, std::uint64_t file_size);

  // Null is empty.
  std::string text(const flatbuffers::String* string);
  template <class T>
  std::vector<T> list(const flatbuffers::Vector<T>* vector) {
    if (!vector) return {};
    spend(std::uint64_t{vector->size()} * sizeof(T));
    return {vector->begin(), vector->end()};
  }
  // Counts bytes that the caller copies.
  void spend(std::uint64_t bytes);
  // The bytes that unpacking an options table copies: its vectors and strings. `type_name` is the
  // name of the table's type in the schema.
  void spend_options(const void* table, std::string_view type_name);

  // Throws MalformedInput of that file.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::string name_;
  std::uint64_t left_;
};

}  // namespace litecast::tflite
