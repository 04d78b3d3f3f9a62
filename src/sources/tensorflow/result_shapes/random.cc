// Random numbers: as many as an operand says.
#include "sources/tensorflow/result_shapes/parts.h"

namespace litecast::tensorflow::shapes {
namespace {

using ir::Dim;
using ir::Shape;

// So many draws from each of the distributions that the second operand describes.
ResultShapes draws_of_each(const ForeignNode& n) {
  const Shape draws = n.shape_in(0);
  const Shape distributions = n.shape(1);
  if (!draws.is_ranked() || !distributions.is_ranked()) return {Shape::unranked()};
  std::vector<Dim> sizes = draws.dims();
  sizes.insert(sizes.end(), distributions.dims().begin(), distributions.dims().end());
  return {Shape(std::move(sizes))};
}

ResultShapes categories(const ForeignNode& n) {
  const Shape logits = n.shape(0);
  const auto count = n.contents(1);
  return {Shape{logits.is_ranked() && logits.rank() == 2 ? logits[0] : n.unknown(),
                count && count->size() == 1 ? count->front() : n.unknown()}};
}

ResultShapes key_and_counter(const ForeignNode&) { return {Shape{Dim(1)}, Shape{Dim(2)}, Shape()}; }

ResultShapes cropped_box(const ForeignNode&) {
  return {Shape{Dim(3)}, Shape{Dim(3)}, Shape{Dim(1), Dim(1), Dim(4)}};
}

constexpr ShapeRule kRandomShapes[] = {
    {"Empty Fill ParameterizedTruncatedNormal RandomStandardNormal RandomUniform "
     "RandomUniformInt StatelessParameterizedTruncatedNormal StatelessRandomBinomial "
     "StatelessRandomGammaV2 StatelessRandomGammaV3 StatelessRandomNormal StatelessRandomNormalV2 "
     "StatelessRandomPoisson StatelessRandomUniform StatelessRandomUniformFullInt "
     "StatelessRandomUniformFullIntV2 StatelessRandomUniformInt StatelessRandomUniformIntV2 "
     "StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2 "
     "TruncatedNormal",
     as_asked<0>},
    {"RandomGamma RandomPoisson RandomPoissonV2", draws_of_each},
    {"Multinomial StatelessMultinomial", categories},
    {"StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg", key_and_counter},
    {"SampleDistortedBoundingBox SampleDistortedBoundingBoxV2 StatelessSampleDistortedBoundingBox",
     cropped_box},
};

}  // namespace

std::span<const ShapeRule> random() { return kRandomShapes; }

}  // namespace litecast::tensorflow::shapes
