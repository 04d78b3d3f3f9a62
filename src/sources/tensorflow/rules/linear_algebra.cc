#include "emit/complex.h"
#include "emit/gather.h"
#include "emit/matmul.h"
#include "emit/matrix.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {
namespace {

// transpose_* swap; only the adjoint of BatchMatMul conjugates.
Value* conjugated(RuleContext& c, Value* x, bool yes) {
  if (!yes || !emit::is_complex(x)) return x;
  auto [real, imag] = emit::complex_parts(c.e, x);
  return emit::make_complex(c.e, {real, emit::unary(c.e, Op::NEG, imag)});
}

void mat_mul(RuleContext& c) {
  bool transpose_a = c.attr_bool("transpose_a"), transpose_b = c.attr_bool("transpose_b");
  Value* a = conjugated(c, c.input(0), transpose_a);
  Value* b = conjugated(c, c.input(1), transpose_b);
  c.output(emit::matmul(c.e, a, b, transpose_a, transpose_b));
}

void sparse_mat_mul(RuleContext& c) {
  Value* a = emit::cast(c.e, c.input(0), DType::FLOAT32);
  Value* b = emit::cast(c.e, c.input(1), DType::FLOAT32);
  c.output(emit::matmul(c.e, a, b, c.attr_bool("transpose_a"), c.attr_bool("transpose_b")));
}

void batch_mat_mul(RuleContext& c) {
  c.output(emit::matmul(c.e, c.input(0), c.input(1), c.attr_bool("adj_x"), c.attr_bool("adj_y")));
}

void batch_mat_mul_v3(RuleContext& c) {
  DType result = c.attr_type("Tout");
  Value* a = emit::cast(c.e, c.input(0), result);
  Value* b = emit::cast(c.e, c.input(1), result);
  c.output(emit::matmul(c.e, a, b, c.attr_bool("adj_x"), c.attr_bool("adj_y")));
}

void einsum(RuleContext& c) {
  c.output(emit::einsum(c.e, c.attr_string("equation"), c.inputs(0, c.input_count())));
}

// The diagonals from `lower` to `upper` that an operand k names: one, or a range.
emit::DiagonalBand band_of(RuleContext& c, int index) {
  auto k = c.constant_integers(index, "the diagonal k");
  if (k.empty() || k.size() > 2) throw Unsupported("the diagonal k must be one number or two");
  emit::DiagonalBand band = {k.front(), k.back()};
  if (c.has_attr("align")) {
    std::string align = c.attr_string("align");
    band.superdiagonals_right = align.starts_with("RIGHT");
    band.subdiagonals_right = align.ends_with("RIGHT");
  }
  return band;
}

void matrix_diag(RuleContext& c) { c.output(emit::matrix_diag(c.e, c.input(0))); }

void matrix_diag_v2(RuleContext& c) {
  std::int64_t rows = c.constant_integer(2, "num_rows");
  std::int64_t columns = c.constant_integer(3, "num_cols");
  c.output(emit::matrix_diag(c.e, c.input(0), band_of(c, 1), rows, columns, c.input(4)));
}

void matrix_diag_part(RuleContext& c) {
  c.output(emit::matrix_diag_part(c.e, c.input(0), {}, nullptr));
}

void matrix_diag_part_v2(RuleContext& c) {
  c.output(emit::matrix_diag_part(c.e, c.input(0), band_of(c, 1), c.input(2)));
}

void matrix_set_diag(RuleContext& c) {
  c.output(emit::matrix_set_diag(c.e, c.input(0), c.input(1), {}));
}

void matrix_set_diag_v2(RuleContext& c) {
  c.output(emit::matrix_set_diag(c.e, c.input(0), c.input(1), band_of(c, 2)));
}

void matrix_band_part(RuleContext& c) {
  c.output(emit::matrix_band_part(c.e, c.input(0), c.input(1), c.input(2)));
}

// tensor: [m…] → [m…, m…], as a matrix with the elements on its diagonal.
void diag(RuleContext& c) {
  auto dims = c.input(0)->shape().dims();
  Value* flat = emit::reshape(c.e, c.input(0), Shape{c.input(0)->shape().elements()});
  dims.insert(dims.end(), dims.begin(), dims.end());
  c.output(emit::reshape(c.e, emit::matrix_diag(c.e, flat), Shape(std::move(dims))));
}

void diag_part(RuleContext& c) {
  auto dims = c.input(0)->shape().dims();
  dims.resize(dims.size() / 2);
  Dim count = Shape(dims).elements();
  Value* matrix = emit::reshape(c.e, c.input(0), Shape{count, count});
  Value* part = emit::matrix_diag_part(c.e, matrix, {}, nullptr);
  c.output(emit::reshape(c.e, part, Shape(std::move(dims))));
}

Value* rotated(RuleContext& c, Value* x, std::int64_t first, std::int64_t second,
               std::int64_t third) {
  return emit::gather(c.e, x, c.e.i32({first, second, third}), x->shape().rank() - 1);
}

void cross(RuleContext& c) {
  Value *a = c.input(0), *b = c.input(1);
  if (!a->shape().is_ranked() || a->shape().rank() < 1)
    throw Unsupported("a cross product needs operands of known rank");
  Value* forward = emit::mul(c.e, rotated(c, a, 1, 2, 0), rotated(c, b, 2, 0, 1));
  Value* backward = emit::mul(c.e, rotated(c, a, 2, 0, 1), rotated(c, b, 1, 2, 0));
  c.output(emit::sub(c.e, forward, backward));
}

void l2_loss(RuleContext& c) {
  Value* x = c.input(0);
  if (!x->shape().is_ranked()) throw Unsupported("the L2 loss of a tensor of unknown rank");
  std::vector<int> axes;
  for (int axis = 0; axis < x->shape().rank(); ++axis) axes.push_back(axis);
  Value* sum = emit::reduce(c.e, Op::SUM, emit::mul(c.e, x, x), axes, false);
  c.output(emit::mul(c.e, sum, c.e.scalar(x->dtype(), 0.5)));
}

constexpr Rule kLinearAlgebraRules[] = {
    {"BatchMatMul", batch_mat_mul},
    {"BatchMatMulV2", batch_mat_mul},
    {"BatchMatMulV3", batch_mat_mul_v3},
    {"BatchMatrixBandPart", matrix_band_part},
    {"BatchMatrixDiag", matrix_diag},
    {"BatchMatrixDiagPart", matrix_diag_part},
    {"BatchMatrixSetDiag", matrix_set_diag},
    {"Cross", cross},
    {"Diag", diag},
    {"DiagPart", diag_part},
    {"Einsum", einsum},
    {"L2Loss", l2_loss},
    {"MatMul", mat_mul},
    {"MatrixBandPart", matrix_band_part},
    {"MatrixDiag", matrix_diag},
    {"MatrixDiagPart", matrix_diag_part},
    {"MatrixDiagPartV2", matrix_diag_part_v2},
    {"MatrixDiagPartV3", matrix_diag_part_v2},
    {"MatrixDiagV2", matrix_diag_v2},
    {"MatrixDiagV3", matrix_diag_v2},
    {"MatrixSetDiag", matrix_set_diag},
    {"MatrixSetDiagV2", matrix_set_diag_v2},
    {"MatrixSetDiagV3", matrix_set_diag_v2},
    {"SparseMatMul", sparse_mat_mul},
};

}  // namespace

std::span<const Rule> linear_algebra() { return kLinearAlgebraRules; }

}  // namespace litecast::tensorflow::rules
