// Conversion between element types.
#include "ops/convert_element.h"
#include "ops/families.h"
#include "ops/infer.h"
#include "ops/known_contents.h"
#include "ops/packed_integers.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

constexpr DTypeSet kPacked = {INT4, UINT4, INT2};
constexpr DTypeSet kWhole = {FLOAT32, FLOAT16, BFLOAT16, FLOAT64, INT64, INT32,    UINT32,
                             INT16,   UINT16,  UINT8,    INT8,    BOOL,  COMPLEX64};

// Integers of less than a byte are only converted from and to FLOAT32.
bool kernel_converts(DType from, DType to) {
  if (kPacked.contains(from)) return to == FLOAT32;
  if (kPacked.contains(to)) return from == FLOAT32;
  return kWhole.contains(from) && kWhole.contains(to);
}

Results infer_cast(const OpView& node, ir::DimContext&) {
  const auto& options = node.as<tflite::CastOptionsT>();
  const DType from = node.dtype(0);
  if (options.in_data_type != from) {
    return violation(Kind::option, 0,
                     "CAST is told to convert " +
                         std::string(ir::short_name(options.in_data_type)) + ", but is given " +
                         std::string(ir::short_name(from)));
  }
  if (!kernel_converts(from, options.out_data_type)) {
    return violation(Kind::dtype, 0,
                     "CAST does not convert " + std::string(ir::short_name(from)) + " to " +
                         std::string(ir::short_name(options.out_data_type)));
  }
  return one_result(options.out_data_type, node.shape(0));
}

template <class From>
bool cast_from(std::span<const From> x, HostTensor& out) {
  return with_element(out.dtype, [&]<class To>(Element<To>) {
    const auto result = out.data<To>();
    for (std::size_t i = 0; i < x.size(); ++i) result[i] = convert_element<To>(x[i]);
    return true;
  });
}

bool fold_cast(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  if (kPacked.contains(in[0].dtype)) return cast_from<std::int8_t>(unpacked(in[0]), out[0]);
  if (kPacked.contains(out[0].dtype)) {
    HostTensor bytes = {INT8, in[0].shape,
                        std::vector<std::byte>(static_cast<std::size_t>(in[0].elements()))};
    if (in[0].dtype != FLOAT32 || !cast_from(in[0].data<float>(), bytes)) return false;
    pack(bytes.data<std::int8_t>(), out[0]);
    return true;
  }
  return with_element(in[0].dtype, [&]<class From>(Element<From>) {
    return cast_from(in[0].data<From>(), out[0]);
  });
}

Contents contents_of_cast(const OpView& node, int, ir::DimContext&) {
  const DType to = node.as<tflite::CastOptionsT>().out_data_type;
  if (!ir::is_integer(to)) return std::nullopt;
  auto contents = node.dims(0);
  if (!contents) return std::nullopt;
  // A narrow type might wrap around what a symbol stands for.
  const bool wide = to == INT32 || to == INT64;
  const bool constant = std::all_of(contents->begin(), contents->end(),
                                    [](ir::Dim dim) { return dim.is_constant(); });
  if (!wide && !constant) return std::nullopt;
  return contents_in_range(std::move(*contents), to);
}

}  // namespace

std::span<const OpInfo> cast_family() {
  static const OpInfo family[] = {
      {.op = Op::CAST,
       .operands = {{.name = "x", .dtypes = kWhole | kPacked}},
       .infer = infer_cast,
       .fold = fold_cast,
       .contents = contents_of_cast,
       .elementwise = true,
       .layout = Layout::agnostic,
       .versions = {{first_or_result_is<FLOAT8_E4M3FN, FLOAT8_E5M2>, 9},
                    {first_or_result_is<INT2, UINT4>, 8},
                    {first_or_result_is<BFLOAT16>, 7},
                    {[](const OpView& node) {
                       return first_is<INT4>(node) && result_is<0, FLOAT32>(node);
                     },
                     6},
                    {first_or_result_is<FLOAT64, FLOAT16>, 5},
                    {first_or_result_is<UINT16>, 4},
                    {first_or_result_is<INT8>, 3},
                    {first_or_result_is<UINT32>, 2},
                    {nullptr, 1}},
       .min_runtime = {"1.5.0", "2.7.0", "2.8.0", "2.9.0", "2.12.0", "2.15.0", "2.17.0", "2.21.0",
                       "2.23.0"}},
  };
  return family;
}

}  // namespace litecast::ops
