#include "ir/type.h"

#include <litecast/error.h>

namespace litecast::ir {
namespace {

struct DTypeFacts {
  DType dtype;
  std::string_view short_name;
  int bits;
};

constexpr DTypeFacts kFacts[] = {
    {DType::FLOAT32, "f32", 32},    {DType::FLOAT16, "f16", 16},
    {DType::INT32, "i32", 32},      {DType::UINT8, "u8", 8},
    {DType::INT64, "i64", 64},      {DType::STRING, "string", 0},
    {DType::BOOL, "bool", 8},       {DType::INT16, "i16", 16},
    {DType::COMPLEX64, "c64", 64},  {DType::INT8, "i8", 8},
    {DType::FLOAT64, "f64", 64},    {DType::COMPLEX128, "c128", 128},
    {DType::UINT64, "u64", 64},     {DType::RESOURCE, "resource", 0},
    {DType::VARIANT, "variant", 0}, {DType::UINT32, "u32", 32},
    {DType::UINT16, "u16", 16},     {DType::INT4, "i4", 4},
    {DType::BFLOAT16, "bf16", 16},  {DType::INT2, "i2", 2},
    {DType::UINT4, "u4", 4},
};

const DTypeFacts* facts(DType dtype) {
  for (const DTypeFacts& f : kFacts)
    if (f.dtype == dtype) return &f;
  return nullptr;
}

}  // namespace

int bit_width(DType dtype) {
  const DTypeFacts* f = facts(dtype);
  return f ? f->bits : 8;  // the float8 types
}
int byte_width(DType dtype) { return bit_width(dtype) / 8; }
bool is_half(DType dtype) { return dtype == DType::FLOAT16 || dtype == DType::BFLOAT16; }

bool is_float(DType dtype) {
  return dtype == DType::FLOAT32 || dtype == DType::FLOAT16 || dtype == DType::FLOAT64 ||
         dtype == DType::BFLOAT16;
}
bool is_integer(DType dtype) {
  switch (dtype) {
    case DType::INT8:
    case DType::INT16:
    case DType::INT32:
    case DType::INT64:
    case DType::UINT8:
    case DType::UINT16:
    case DType::UINT32:
    case DType::UINT64:
    case DType::INT4:
    case DType::INT2:
    case DType::UINT4:
      return true;
    default:
      return false;
  }
}
std::string_view short_name(DType dtype) {
  const DTypeFacts* f = facts(dtype);
  return f ? f->short_name : std::string_view(tflite::EnumNameTensorType(dtype));
}
std::optional<DType> dtype_from_short_name(std::string_view name) {
  for (const DTypeFacts& f : kFacts)
    if (f.short_name == name) return f.dtype;
  for (DType d : tflite::EnumValuesTensorType())
    if (name == tflite::EnumNameTensorType(d)) return d;
  return std::nullopt;
}

Shape Shape::of(const std::vector<std::int64_t>& dims) {
  return Shape(std::vector<Dim>(dims.begin(), dims.end()));
}
Shape Shape::unranked() {
  Shape s;
  s.ranked_ = false;
  return s;
}
Dim Shape::operator[](int axis) const {
  const int at = axis < 0 ? axis + rank() : axis;
  if (at < 0 || at >= rank())
    throw MalformedInput(fmt::format("axis {} of a tensor of shape {}", axis, to_string(*this)));
  return dims_[static_cast<std::size_t>(at)];
}
bool Shape::is_static() const {
  return ranked_ && std::all_of(dims_.begin(), dims_.end(), [](Dim d) { return d.is_constant(); });
}
Dim Shape::elements() const {
  Dim n = 1;
  for (Dim d : dims_) n = n * d;
  return n;
}
std::vector<std::int64_t> Shape::static_dims() const {
  std::vector<std::int64_t> dims;
  dims.reserve(dims_.size());
  for (Dim d : dims_) dims.push_back(d.value());
  return dims;
}

std::string to_string(const Shape& shape) {
  if (!shape.is_ranked()) return "[*]";
  std::string text = "[";
  for (int i = 0; i < shape.rank(); ++i) {
    if (i) text += ',';
    text += to_string(shape[i]);
  }
  text += ']';
  return text;
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  if (!a.is_ranked() || !b.is_ranked()) return Shape::unranked();
  const int rank = std::max(a.rank(), b.rank());
  std::vector<Dim> dims(static_cast<std::size_t>(rank));
  for (int i = 1; i <= rank; ++i) {
    auto d = broadcast(i <= a.rank() ? a[-i] : Dim(1), i <= b.rank() ? b[-i] : Dim(1));
    if (!d) return std::nullopt;
    dims[static_cast<std::size_t>(rank - i)] = *d;
  }
  return Shape(std::move(dims));
}

std::string to_string(const Type& type) {
  return fmt::format("{}{}", short_name(type.dtype), to_string(type.shape));
}

}  // namespace litecast::ir
