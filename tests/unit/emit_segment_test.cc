#include "emit/segment.h"

#include <limits>

#include "emit/gather.h"
#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class EmitSegment : public EmitFixture {
 protected:
  template <class T>
  Value* vector(DType dtype, std::vector<T> values) {
    const ir::StaticShape shape = {static_cast<std::int64_t>(values.size())};
    return e.constant(ir::Constant::of<T>(dtype, shape, values));
  }
  template <class T>
  std::vector<T> segments(Op op, DType dtype, std::vector<T> data) {
    Value* result =
        unsorted_segment(e, op, vector(dtype, data), e.i32({1, -2, 1, 0}), e.scalar_i32(3));
    const auto bytes = result->constant()->bytes();
    const auto* values = reinterpret_cast<const T*>(bytes.data());
    return {values, values + bytes.size() / sizeof(T)};
  }
};

TEST_F(EmitSegment, SumsOfInt64LeaveOutNegativeNumbers) {
  constexpr std::int64_t kBig = std::int64_t{1} << 40;
  EXPECT_EQ(segments<std::int64_t>(Op::UNSORTED_SEGMENT_SUM, DType::INT64, {kBig, 5, 2, -7}),
            (std::vector<std::int64_t>{-7, kBig + 2, 0}));
}

TEST_F(EmitSegment, ExtremesOfInt64CompareBothHalves) {
  constexpr std::int64_t kLow = 0x1'0000'0001, kMiddle = 0x1'8000'0000;
  EXPECT_EQ(segments<std::int64_t>(Op::UNSORTED_SEGMENT_MAX, DType::INT64,
                                   {kLow, kMiddle * 4, kMiddle, -3}),
            (std::vector<std::int64_t>{-3, kMiddle, std::numeric_limits<std::int64_t>::min()}));
  EXPECT_EQ(
      segments<std::int64_t>(Op::UNSORTED_SEGMENT_MIN, DType::INT64, {kLow, -kMiddle, kMiddle, -3}),
      (std::vector<std::int64_t>{-3, kLow, std::numeric_limits<std::int64_t>::max()}));
}

TEST_F(EmitSegment, UnsignedNumbersAreOrderedAsSuch) {
  EXPECT_EQ(segments<std::uint32_t>(Op::UNSORTED_SEGMENT_MAX, DType::UINT32, {1, 9, 1U << 31, 4}),
            (std::vector<std::uint32_t>{4, 1U << 31, 0}));
}

TEST_F(EmitSegment, IndicesOfNoAxisGiveTheWholeTensorEachTime) {
  Value* whole = gather_nd(e, counted({2}),
                           e.constant(ir::Constant::of<std::int32_t>(DType::INT32, {3, 0}, {})));
  EXPECT_EQ(floats(whole), (std::vector<float>{1, 2, 1, 2, 1, 2}));
}

}  // namespace
}  // namespace litecast::emit
