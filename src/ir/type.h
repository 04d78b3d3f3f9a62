// What a tensor is: element type, shape, quantization.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/dim.h"
#include "options_generated.h"

namespace litecast::ir {

// The element types of the format, with its names and numbers.
using DType = tflite::TensorType;

// Bits of one element in memory and in a file; 0 for STRING, RESOURCE and VARIANT.
int bit_width(DType dtype);
// Bytes of one element; 0 for types below a byte or without a fixed size.
int byte_width(DType dtype);
bool is_float(DType dtype);
// Of 16 bits.
bool is_half(DType dtype);
// Signed or unsigned integers, bool excluded.
bool is_integer(DType dtype);
// "f32", "i8", "string", …, as the textual IR spells them.
std::string_view short_name(DType dtype);
std::optional<DType> dtype_from_short_name(std::string_view name);

// Unranked, or a list of sizes.
class Shape {
 public:
  Shape() = default;  // rank 0
  Shape(std::initializer_list<Dim> dims) : dims_(dims) {}
  explicit Shape(std::vector<Dim> dims) : dims_(std::move(dims)) {}
  static Shape of(const std::vector<std::int64_t>& dims);
  static Shape unranked();

  bool is_ranked() const { return ranked_; }
  // The following need a rank.
  int rank() const { return static_cast<int>(dims_.size()); }
  const std::vector<Dim>& dims() const { return dims_; }
  // `axis` may be negative and is checked.
  Dim operator[](int axis) const;
  bool is_static() const;
  // Number of elements.
  Dim elements() const;
  // Only of a static shape.
  std::vector<std::int64_t> static_dims() const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  bool ranked_ = true;
  std::vector<Dim> dims_;
};

std::string to_string(const Shape& shape);

// Numpy's rule, aligned at the last axis. Nothing when the sizes contradict each other; unranked
// when either is.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

// Affine quantization: real = scale × (q − zero_point); one scale, or one for each index of `axis`.
struct Quantization {
  std::vector<float> scales;
  std::vector<std::int64_t> zero_points;
  int axis = 0;
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

struct Type {
  DType dtype = DType::FLOAT32;
  Shape shape;
  const Quantization* quantization = nullptr;  // interned by the Module
  friend bool operator==(const Type&, const Type&) = default;
};

std::string to_string(const Type& type);

}  // namespace litecast::ir
