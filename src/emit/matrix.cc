#include "emit/matrix.h"

#include "emit/arith.h"
#include "emit/gather.h"
#include "emit/movement.h"
#include "emit/pad.h"
#include "emit/shape.h"

namespace litecast::emit {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 24;

// Where the elements of a band stand in the rows of their tensor.
class BandLayout {
 public:
  BandLayout(DiagonalBand band, std::int64_t rows, std::int64_t columns)
      : band_(band), rows_(rows), columns_(columns) {
    if (rows < 1 || columns < 1 || rows > kMaxElements / columns)
      throw Unsupported("a matrix with diagonals is empty or too large");
    if (band.lower > band.upper || band.lower <= -rows || band.upper >= columns)
      throw Unsupported("a diagonal lies outside of its matrix");
    for (std::int64_t d = band.lower; d <= band.upper; ++d)
      longest_ = std::max(longest_, length(d));
  }

  std::int64_t count() const { return band_.upper - band_.lower + 1; }
  std::int64_t longest() const { return longest_; }
  bool contains(std::int64_t row, std::int64_t column) const {
    return column - row >= band_.lower && column - row <= band_.upper;
  }
  // Flat index of a matrix element within [count, longest].
  std::int64_t position(std::int64_t row, std::int64_t column) const {
    std::int64_t diagonal = column - row;
    std::int64_t along = std::min(row, column) + shift(diagonal);
    return (band_.upper - diagonal) * longest_ + along;
  }

 private:
  std::int64_t length(std::int64_t diagonal) const {
    return std::min(rows_ + std::min<std::int64_t>(diagonal, 0),
                    columns_ - std::max<std::int64_t>(diagonal, 0));
  }
  std::int64_t shift(std::int64_t diagonal) const {
    bool right = diagonal >= 0 ? band_.superdiagonals_right : band_.subdiagonals_right;
    return right ? longest_ - length(diagonal) : 0;
  }

  DiagonalBand band_;
  std::int64_t rows_, columns_;
  std::int64_t longest_ = 0;
};

std::vector<Dim> batch_of(const Value* x, int matrix_axes) {
  auto dims = x->shape().dims();
  dims.resize(dims.size() - static_cast<std::size_t>(matrix_axes));
  return dims;
}

Shape shape_of(std::vector<Dim> batch, std::initializer_list<std::int64_t> rest) {
  batch.insert(batch.end(), rest.begin(), rest.end());
  return Shape(std::move(batch));
}

Value* flattened(Emitter& e, Value* x, int axes) {
  auto batch = batch_of(x, axes);
  Dim size = 1;
  for (int i = 1; i <= axes; ++i) size = size * x->shape()[-i];
  batch.push_back(size);
  return reshape(e, x, Shape(std::move(batch)));
}

// flat[…, n] → […, indices…].
Value* gather_last(Emitter& e, Value* flat, const std::vector<std::int64_t>& indices) {
  return gather(e, flat, e.i32(indices), flat->shape().rank() - 1);
}

bool is_zero_scalar(const Value* scalar) {
  if (!scalar->is_constant() || scalar->constant()->elements() != 1) return false;
  if (!ir::is_float(scalar->dtype()) && !ir::is_integer(scalar->dtype())) return false;
  return ir::real_values(*scalar->constant())[0] == 0;
}

// `padding` (null: zero) appended as one more element.
Value* with_padding(Emitter& e, Value* flat, Value* padding) {
  Pads pads(static_cast<std::size_t>(flat->shape().rank()), {Dim(0), Dim(0)});
  pads.back()[1] = Dim(1);
  return pad_by(e, flat, pads, padding && !is_zero_scalar(padding) ? padding : nullptr);
}

std::int64_t matrix_size(const Value* x, int axis) {
  if (!x->shape().is_ranked() || x->shape().rank() < 2)
    throw Unsupported("an op on matrices needs a tensor of known rank, at least 2");
  Dim size = x->shape()[axis];
  if (!size.is_constant()) throw Unsupported("diagonals of matrices whose size is free");
  return size.value();
}

// The size that a diag op leaves open, from the number of elements on its longest diagonal.
std::int64_t open_size(std::int64_t longest, std::int64_t nearest) {
  return longest + std::max<std::int64_t>(nearest, 0);
}

Value* band_mask_axis(Emitter& e, Dim size) {
  if (size.is_constant()) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(size.value()));
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<std::int64_t>(i);
    return e.i32(counts);
  }
  return e.add(Op::RANGE, {e.scalar_i32(0), dim_value(e, size), e.scalar_i32(1)},
               tflite::RangeOptionsT{});
}

// Rows further below the diagonal than `limit` are cut; negative limits cut nothing.
Value* within(Emitter& e, Value* distance, Value* limit) {
  Value* scalar = cast(e, reshape(e, limit, Shape{}), DType::INT32);
  if (scalar->is_constant() && ir::integer_values(*scalar->constant())[0] < 0) return nullptr;
  Value* near = binary(e, Op::LESS_EQUAL, distance, scalar);
  if (scalar->is_constant()) return near;
  return binary(e, Op::LOGICAL_OR, near, binary(e, Op::LESS, scalar, e.scalar_i32(0)));
}

}  // namespace

Value* matrix_diag(Emitter& e, Value* diagonal) {
  if (!diagonal->shape().is_ranked() || diagonal->shape().rank() < 1)
    throw Unsupported("a diagonal needs a known rank, at least 1");
  return move(e, Op::MATRIX_DIAG, {diagonal}, 0);
}

Value* matrix_diag(Emitter& e, Value* diagonals, DiagonalBand band, std::int64_t rows,
                   std::int64_t columns, Value* padding) {
  bool single = band.lower == band.upper;
  if (!diagonals->shape().is_ranked() || diagonals->shape().rank() < (single ? 1 : 2))
    throw Unsupported("diagonals need a known rank");
  Dim length = diagonals->shape()[-1];
  if (single && band.lower == 0 && (rows == -1 || Dim(rows) == length) &&
      (columns == -1 || Dim(columns) == length) && is_zero_scalar(padding))
    return matrix_diag(e, diagonals);
  if (!length.is_constant()) throw Unsupported("diagonals whose length is free");
  if (rows == -1 && columns == -1) {
    rows = open_size(length.value(), -band.upper);
    columns = open_size(length.value(), band.lower);
    // A square is meant where it holds the band.
    rows = columns = std::max(rows, columns);
  } else if (rows == -1) {
    rows = open_size(length.value(), -band.upper);
  } else if (columns == -1) {
    columns = open_size(length.value(), band.lower);
  }
  BandLayout layout(band, rows, columns);
  Value* flat = with_padding(e, flattened(e, diagonals, single ? 1 : 2), padding);
  std::vector<std::int64_t> indices;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      indices.push_back(layout.contains(row, column) ? layout.position(row, column)
                                                     : layout.count() * layout.longest());
  Value* y = gather_last(e, flat, indices);
  return reshape(e, y, shape_of(batch_of(y, 1), {rows, columns}));
}

Value* matrix_diag_part(Emitter& e, Value* x, DiagonalBand band, Value* padding) {
  std::int64_t rows = matrix_size(x, -2), columns = matrix_size(x, -1);
  BandLayout layout(band, rows, columns);
  std::int64_t size = layout.count() * layout.longest(), padded = rows * columns;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(size), padded);
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      if (layout.contains(row, column))
        indices[static_cast<std::size_t>(layout.position(row, column))] = row * columns + column;
  bool needs_padding = std::find(indices.begin(), indices.end(), padded) != indices.end();
  Value* flat = flattened(e, x, 2);
  if (needs_padding) flat = with_padding(e, flat, padding);
  Value* y = gather_last(e, flat, indices);
  if (layout.count() == 1) return y;
  return reshape(e, y, shape_of(batch_of(y, 1), {layout.count(), layout.longest()}));
}

Value* matrix_set_diag(Emitter& e, Value* x, Value* diagonals, DiagonalBand band) {
  bool main = band.lower == 0 && band.upper == 0;
  if (main) {
    Value* y = e.try_add(Op::MATRIX_SET_DIAG, {x, diagonals}, tflite::MatrixSetDiagOptionsT{});
    if (y) return y;
  }
  std::int64_t rows = matrix_size(x, -2), columns = matrix_size(x, -1);
  BandLayout layout(band, rows, columns);
  Value* flat =
      concat(e, {flattened(e, x, 2), flattened(e, diagonals, band.lower == band.upper ? 1 : 2)},
             x->shape().rank() - 2);
  std::vector<std::int64_t> indices;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      indices.push_back(layout.contains(row, column) ? rows * columns + layout.position(row, column)
                                                     : row * columns + column);
  return reshape(e, gather_last(e, flat, indices), x->shape());
}

namespace {

// 0, 1, … along the rows[m, 1] and columns[n] of the matrices in x.
struct Places {
  Value* rows;
  Value* columns;
};

Places places_in(Emitter& e, Value* x) {
  if (x->shape().is_ranked()) {
    if (x->shape().rank() < 2) throw Unsupported("a band of tensors of rank below 2");
    Dim rows = x->shape()[-2];
    return {reshape(e, band_mask_axis(e, rows), Shape{rows, 1}), band_mask_axis(e, x->shape()[-1])};
  }
  Value* shape = e.add(Op::SHAPE, {x}, tflite::ShapeOptionsT{.out_type = DType::INT32});
  const auto along = [&](std::int64_t axis) {
    Value* size = e.add(Op::STRIDED_SLICE, {shape, e.i32({axis}), e.i32({0}), e.i32({1})},
                        tflite::StridedSliceOptionsT{.end_mask = 1, .shrink_axis_mask = 1});
    return e.add(Op::RANGE, {e.scalar_i32(0), size, e.scalar_i32(1)});
  };
  const int last = 1;
  return {expand_dims(e, along(-2), {&last, 1}), along(-1)};
}

}  // namespace

Value* matrix_band_part(Emitter& e, Value* x, Value* lower, Value* upper) {
  const auto [rows, columns] = places_in(e, x);
  Value* below = within(e, sub(e, rows, columns), lower);
  Value* above = within(e, sub(e, columns, rows), upper);
  if (!below && !above) return x;
  Value* mask = below && above ? binary(e, Op::LOGICAL_AND, below, above) : below ? below : above;
  return select(e, mask, x, e.scalar(x->dtype(), 0));
}

}  // namespace litecast::emit
