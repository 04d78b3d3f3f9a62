#include "ops/matmul_kernel.h"

#include "ops/conv_limits.h"
#include "ops/fused_activation.h"
#include "ops/kernel.h"

namespace litecast::ops {
namespace {

// A matrix in memory: how far apart neighbours in a column and in a row are.
struct Matrix {
  const float* data;
  std::int64_t down;
  std::int64_t right;
};

double dot(const Matrix& a, std::int64_t row, const Matrix& b, std::int64_t column,
           std::int64_t depth) {
  double sum = 0;
  for (std::int64_t k = 0; k < depth; ++k)
    sum += static_cast<double>(a.data[row * a.down + k * a.right]) *
           static_cast<double>(b.data[k * b.down + column * b.right]);
  return sum;
}

bool is_float(std::span<const HostTensor> in) {
  return in[0].dtype == DType::FLOAT32 && in[1].dtype == DType::FLOAT32;
}

}  // namespace

bool fold_fully_connected(const OpView& node, std::span<const HostTensor> in,
                          std::span<HostTensor> out) {
  if (!is_float(in)) return false;
  const auto& options = node.as<tflite::FullyConnectedOptionsT>();
  const std::int64_t columns = in[1].shape[0], depth = in[1].shape[1];
  if (saturating_product({out[0].elements(), depth}) > kMostMacs) return false;
  const Matrix x{in[0].data<float>().data(), depth, 1};
  const Matrix weights{in[1].data<float>().data(), 1, depth};
  const bool has_bias = in.size() > 2 && in[2].present;
  const auto results = out[0].data<float>();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i) / columns;
    const auto column = static_cast<std::int64_t>(i) % columns;
    double sum = dot(x, row, weights, column, depth);
    if (has_bias) sum += static_cast<double>(in[2].data<float>()[static_cast<std::size_t>(column)]);
    results[i] = activate(options.fused_activation_function, static_cast<float>(sum));
  }
  return true;
}

bool fold_batch_matmul(const OpView& node, std::span<const HostTensor> in,
                       std::span<HostTensor> out) {
  if (!is_float(in)) return false;
  const auto& options = node.as<tflite::BatchMatMulOptionsT>();
  const auto batches_of = [](const ir::StaticShape& shape) {
    return ir::StaticShape(shape.begin(), shape.end() - 2);
  };
  const auto step = [](const ir::StaticShape& shape) { return shape.end()[-1] * shape.end()[-2]; };
  const auto matrix = [](const HostTensor& x, std::int64_t offset, bool adjoint) {
    const std::int64_t width = x.shape.back();
    const float* data = x.data<float>().data() + offset;
    return adjoint ? Matrix{data, 1, width} : Matrix{data, width, 1};
  };
  const ir::StaticShape &y = out[0].shape, a = batches_of(in[0].shape), b = batches_of(in[1].shape);
  const std::int64_t rows = y.end()[-2], columns = y.end()[-1];
  const std::int64_t depth = options.adj_x ? in[0].shape.end()[-2] : in[0].shape.end()[-1];
  if (saturating_product({out[0].elements(), depth}) > kMostMacs) return false;
  float* result = out[0].data<float>().data();
  for_each_broadcast<2>(batches_of(y), {&a, &b}, [&](std::int64_t, std::int64_t i, std::int64_t j) {
    const Matrix x = matrix(in[0], i * step(in[0].shape), options.adj_x);
    const Matrix w = matrix(in[1], j * step(in[1].shape), options.adj_y);
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < columns; ++column)
        *result++ = static_cast<float>(dot(x, row, w, column, depth));
  });
  return true;
}

}  // namespace litecast::ops
