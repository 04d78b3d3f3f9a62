#include "emit/resample.h"

#include <cmath>

#include "emit_fixture.h"

namespace litecast::emit {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

float row_sum(const ResampleMatrix& m, std::int64_t row) {
  float sum = 0;
  for (std::int64_t i = 0; i < m.in; ++i)
    sum += m.weights[static_cast<std::size_t>(row * m.in + i)];
  return sum;
}

TEST(Resample, SameSizeIsTheIdentity) {
  for (auto sampling : {Sampling::legacy, Sampling::align_corners, Sampling::half_pixel_centers})
    EXPECT_THAT(bicubic_matrix(2, 2, sampling).weights, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(area_matrix(2, 2, false).weights, ElementsAre(1, 0, 0, 1));
}

TEST(Resample, EveryRowSumsToOne) {
  for (std::int64_t out : {3, 7, 20}) {
    ResampleMatrix m = bicubic_matrix(8, out, Sampling::half_pixel_centers);
    ResampleMatrix area = area_matrix(8, out, false);
    for (std::int64_t row = 0; row < out; ++row) {
      EXPECT_NEAR(row_sum(m, row), 1, 1e-5);
      EXPECT_NEAR(row_sum(area, row), 1, 1e-5);
    }
  }
}

TEST(Resample, AreaTakesPartsOfPixels) {
  EXPECT_THAT(area_matrix(3, 2, false).weights,
              ElementsAre(FloatNear(2.0F / 3, 1e-6F), FloatNear(1.0F / 3, 1e-6F), 0, 0,
                          FloatNear(1.0F / 3, 1e-6F), FloatNear(2.0F / 3, 1e-6F)));
}

TEST(Resample, AntialiasingWidensTheKernelWhenShrinking) {
  SpanKernel triangle = span_kernel("triangle");
  EXPECT_THAT(span_matrix(4, 2, 0.5, 0, triangle, false).weights,
              ElementsAre(0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5));
  EXPECT_GT(span_matrix(4, 2, 0.5, 0, triangle, true).weights[2], 0);
}

TEST(Resample, RefusesUnknownKernelsAndEmptyImages) {
  EXPECT_THROW(span_kernel("lanczos2"), Unsupported);
  EXPECT_THROW(bicubic_matrix(0, 2, Sampling::legacy), Unsupported);
  EXPECT_THROW(area_matrix(std::int64_t{1} << 40, std::int64_t{1} << 40, false), Unsupported);
  EXPECT_THROW(span_matrix(4, 2, NAN, 0, span_kernel("box"), true), Unsupported);
}

}  // namespace
}  // namespace litecast::emit
