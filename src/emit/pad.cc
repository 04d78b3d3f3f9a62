#include "emit/pad.h"

#include <limits>

#include "emit/conv.h"
#include "emit/movement.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::size_t kMaxPadRank = 5;

bool is_zero(const std::array<Dim, 2>& pad) { return pad[0] == Dim(0) && pad[1] == Dim(0); }

// A [rank, 2] tensor of the sizes.
Value* pads_value(Emitter& e, const Pads& pads) {
  std::vector<Dim> flat;
  for (const auto& pad : pads) flat.insert(flat.end(), pad.begin(), pad.end());
  return reshape(e, shape_value(e, flat), Shape{Dim(static_cast<std::int64_t>(pads.size())), 2});
}

Value* pad_kernel(Emitter& e, Value* x, const Pads& pads, Value* value) {
  std::vector<Value*> operands = {x, pads_value(e, pads)};
  if (value) operands.push_back(reshape(e, value, Shape{1}));
  return move(e, value ? Op::PADV2 : Op::PAD, std::move(operands), 0);
}

// Runs of unpadded axes become one axis each.
struct CollapsedPads {
  std::vector<Dim> dims;
  Pads pads;
};

CollapsedPads collapse(const Shape& shape, const Pads& pads) {
  CollapsedPads result;
  bool previous_open = false;
  for (std::size_t i = 0; i < pads.size(); ++i) {
    Dim dim = shape.dims()[i];
    bool open = is_zero(pads[i]);
    if (open && previous_open) {
      result.dims.back() = result.dims.back() * dim;
    } else {
      result.dims.push_back(dim);
      result.pads.push_back(pads[i]);
    }
    previous_open = open;
  }
  return result;
}

// The first axes, then the others: those that are not padded meanwhile are one.
Value* pad_in_two_steps(Emitter& e, Value* x, const Pads& pads, Value* value) {
  Pads first = pads, others = pads;
  for (std::size_t i = 0; i < pads.size(); ++i)
    (i < kMaxPadRank - 1 ? others : first)[i] = {Dim(0), Dim(0)};
  return pad_by(e, pad_by(e, x, first, value), others, value);
}

Value* pad_collapsed(Emitter& e, Value* x, const Pads& pads, Value* value) {
  CollapsedPads collapsed = collapse(x->shape(), pads);
  const bool fits = collapsed.pads.size() <= kMaxPadRank;
  Value* padded = (fits ? pad_by : pad_in_two_steps)(e, reshape(e, x, Shape(collapsed.dims)),
                                                     collapsed.pads, value);
  std::vector<Dim> dims = x->shape().dims();
  for (std::size_t i = 0; i < pads.size(); ++i) dims[i] = dims[i] + pads[i][0] + pads[i][1];
  return reshape(e, padded, Shape(std::move(dims)));
}

template <class T>
double extreme(bool low) {
  return static_cast<double>(low ? std::numeric_limits<T>::lowest()
                                 : std::numeric_limits<T>::max());
}

// The highest 64-bit integers are no doubles: callers get the nearest below.
double extreme_of(DType dtype, bool low) {
  switch (dtype) {
    case DType::INT8:
      return extreme<std::int8_t>(low);
    case DType::UINT8:
      return extreme<std::uint8_t>(low);
    case DType::INT16:
      return extreme<std::int16_t>(low);
    case DType::UINT16:
      return extreme<std::uint16_t>(low);
    case DType::INT32:
      return extreme<std::int32_t>(low);
    case DType::UINT32:
      return extreme<std::uint32_t>(low);
    case DType::INT64:
      return low ? extreme<std::int64_t>(true) : 9223372036854774784.0;
    case DType::UINT64:
      return low ? 0.0 : 18446744073709549568.0;
    case DType::FLOAT16:
      return low ? -65504.0 : 65504.0;
    case DType::BFLOAT16:
      return low ? -0x1.FEp127 : 0x1.FEp127;
    default:
      return extreme<float>(low);
  }
}

}  // namespace

Value* pad_by(Emitter& e, Value* x, const Pads& pads, Value* value) {
  if (!x->shape().is_ranked() || x->shape().rank() != static_cast<int>(pads.size()))
    throw Unsupported("the number of axes to pad differs from the tensor's rank");
  if (std::all_of(pads.begin(), pads.end(), is_zero)) return x;
  if (pads.size() > kMaxPadRank) return pad_collapsed(e, x, pads, value);
  return pad_kernel(e, x, pads, value);
}

Value* pad(Emitter& e, Value* x, const std::vector<std::array<std::int64_t, 2>>& pads,
           Value* value) {
  Pads dims;
  for (const auto& [before, after] : pads) {
    if (before < 0 || after < 0) throw Unsupported("a padding is negative");
    dims.push_back({Dim(before), Dim(after)});
  }
  return pad_by(e, x, dims, value);
}

Value* mirror_pad(Emitter& e, Value* x, Value* paddings, bool reflect) {
  const auto mode = reflect ? tflite::MirrorPadMode::REFLECT : tflite::MirrorPadMode::SYMMETRIC;
  return move(e, Op::MIRROR_PAD, {x, cast(e, paddings, DType::INT32)}, 0,
              tflite::MirrorPadOptionsT{.mode = mode});
}

Value* lowest(Emitter& e, DType dtype) { return e.scalar(dtype, extreme_of(dtype, true)); }
Value* highest(Emitter& e, DType dtype) { return e.scalar(dtype, extreme_of(dtype, false)); }

}  // namespace litecast::emit
