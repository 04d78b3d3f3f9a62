#include "emit/arith.h"

#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class EmitArith : public EmitFixture {
 protected:
  Value* i64(std::vector<std::int64_t> values) {
    const ir::StaticShape shape = {static_cast<std::int64_t>(values.size())};
    return e.constant(ir::Constant::of<std::int64_t>(ir::DType::INT64, shape, values));
  }
};

TEST_F(EmitArith, Int64BeyondSizesIsNotNarrowed) {
  constexpr std::int64_t kBig = std::int64_t{3} << 31;
  const Value* quotient = binary(e, ir::Op::FLOOR_DIV, i64({-kBig, 7}), i64({2, 2}));
  EXPECT_EQ(ir::integer_values(*quotient->constant()), (std::vector<std::int64_t>{-kBig / 2, 3}));
}

}  // namespace
}  // namespace litecast::emit
