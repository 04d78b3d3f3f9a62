#include "emit/exponential.h"

#include <cmath>

#include "emit/erf.h"
#include "emit_fixture.h"

namespace litecast::emit {
namespace {

class EmitExponential : public EmitFixture {
 protected:
  // The largest error beside each result.
  double relative_error(Value* (*lower)(Emitter&, Value*), double (*exact)(double),
                        const std::vector<float>& xs) {
    const auto results = floats(lower(e, f32({static_cast<std::int64_t>(xs.size())}, xs)));
    double worst = 0;
    for (std::size_t i = 0; i < xs.size(); ++i)
      worst = std::max(worst, std::abs(results[i] / exact(xs[i]) - 1));
    return worst;
  }
  const std::vector<float> kNearZero = {1e-30F, 3e-8F, -3e-8F, 1e-5F, -1e-3F, 0.1F, -0.4F, 3, 50};
};

TEST_F(EmitExponential, Expm1KeepsItsDigitsNearZero) {
  EXPECT_LT(relative_error(expm1, std::expm1, kNearZero), 5e-7);
}

TEST_F(EmitExponential, Log1pKeepsItsDigitsNearZero) {
  EXPECT_LT(relative_error(log1p, std::log1p, kNearZero), 5e-7);
}

TEST_F(EmitExponential, Log1pIsDefinedAtItsEnds) {
  EXPECT_EQ(floats(log1p(e, f32({2}, {-1, INFINITY}))), (std::vector<float>{-INFINITY, INFINITY}));
}

TEST_F(EmitExponential, ErfOfInfinityIsOne) {
  EXPECT_EQ(floats(erf(e, f32({2}, {INFINITY, -INFINITY}))), (std::vector<float>{1, -1}));
  EXPECT_EQ(floats(erfc(e, f32({2}, {INFINITY, -INFINITY}))), (std::vector<float>{0, 2}));
}

}  // namespace
}  // namespace litecast::emit
