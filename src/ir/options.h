// The options of a node: one of the format's option tables as the FlatBuffers object API makes
// them, immutable and shared.
#pragma once

#include <memory>
#include <type_traits>

#include "options_generated.h"

namespace litecast::ir {

class Options {
 public:
  // No options.
  Options() = default;
  // Holds a table such as tflite::Conv2DOptionsT.
  template <class T>
  requires std::is_base_of_v<flatbuffers::NativeTable, T> Options(
      T table) {  // NOLINT: a table is its own options
    if constexpr (tflite::BuiltinOptionsUnionTraits<T>::enum_value !=
                  tflite::BuiltinOptions::NONE) {
      auto holder = std::make_shared<tflite::BuiltinOptionsUnion>();
      holder->Set(std::move(table));
      first_ = std::move(holder);
    } else {
      auto holder = std::make_shared<tflite::BuiltinOptions2Union>();
      holder->Set(std::move(table));
      second_ = std::move(holder);
    }
  }
  explicit Options(std::shared_ptr<const tflite::BuiltinOptionsUnion> first)
      : first_(std::move(first)) {}
  explicit Options(std::shared_ptr<const tflite::BuiltinOptions2Union> second)
      : second_(std::move(second)) {}

  bool empty() const { return !first_ && !second_; }
  // The table, when it is of that type; otherwise a table of defaults, which is what a file that
  // omits the options means.
  template <class T>
  const T& as() const {
    static const T defaults{};
    if constexpr (tflite::BuiltinOptionsUnionTraits<T>::enum_value !=
                  tflite::BuiltinOptions::NONE) {
      if (first_ && first_->type == tflite::BuiltinOptionsUnionTraits<T>::enum_value)
        return *static_cast<const T*>(first_->value);
    } else {
      if (second_ && second_->type == tflite::BuiltinOptions2UnionTraits<T>::enum_value)
        return *static_cast<const T*>(second_->value);
    }
    return defaults;
  }
  // At most one of these is not null: which of the format's two unions holds the table.
  const tflite::BuiltinOptionsUnion* first() const { return first_.get(); }
  const tflite::BuiltinOptions2Union* second() const { return second_.get(); }

  friend bool operator==(const Options& a, const Options& b);

 private:
  std::shared_ptr<const tflite::BuiltinOptionsUnion> first_;
  std::shared_ptr<const tflite::BuiltinOptions2Union> second_;
};

}  // namespace litecast::ir
