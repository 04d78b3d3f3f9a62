// Values of a loop's body as sums of products with constants, Σ W·source + Σ w⊙state + b, whatever
// ops they are written with: one matrix product for all gates of a cell or one each, of input and
// state side by side or apart, in any order.
#pragma once

#include <map>

#include "optimize/recurrence.h"

namespace litecast::optimize {

// Some rows and columns of a matrix.
struct MatrixPart {
  ir::ConstantPtr matrix;
  std::int64_t row, rows, column, columns;
  // Null where it is too large to be cut.
  ir::ConstantPtr cut() const;
};
// Some elements of a vector.
struct VectorPart {
  ir::ConstantPtr vector;  // or one element that stands for all
  std::int64_t begin, size;
  ir::ConstantPtr cut() const;
};

// `source`: a state (an input of the body), a sequence (a value outside, of which each round takes
// its row), or a row that a cell of the same round computes (a value of the body).
struct MatrixProduct {
  const Value* source;
  MatrixPart weights;
};
struct VectorProduct {
  const Value* source;
  VectorPart factors;
};

struct AffineSum {
  std::vector<MatrixProduct> products;
  std::vector<VectorProduct> scalings;
  std::vector<VectorPart> summands;
};

// Reads values of one body.
class AffineReader {
 public:
  explicit AffineReader(const Recurrence& recurrence) : recurrence_(recurrence) {}

  // From now on `value` is taken as a row that a cell computes.
  void add_row(const Value* value) { rows_.push_back(value); }
  bool is_row(const Value* value) const;

  // Columns [begin, begin + size) of a matrix of the body; nothing where it is made of other parts.
  std::optional<AffineSum> read(const Value* value, std::int64_t begin, std::int64_t size) const;

 private:
  // How much is looked at: values that are used twice make the ways through a body many.
  struct Effort {
    int depth = 0;
    int* values;
  };
  bool add(const Value* value, std::int64_t begin, std::int64_t size, AffineSum& sum,
           Effort effort) const;
  bool add_product(const Node& dense, std::int64_t begin, std::int64_t size, AffineSum& sum) const;
  bool add_projected_row(const Value* sequence, std::int64_t begin, std::int64_t size,
                         AffineSum& sum) const;
  bool add_scaling(const Node& mul, std::int64_t begin, std::int64_t size, AffineSum& sum) const;
  const Value* source(const Value* value) const;

  const Recurrence& recurrence_;
  std::vector<const Value*> rows_;
};

// `value` is columns [begin, …) of what it is cut from by SPLIT, SLICE or STRIDED_SLICE; follows
// several. Moves `begin` accordingly.
const Value* uncut(const Value* value, std::int64_t& begin);

// A constant that has one element for each column, or one for all, as what columns
// [begin, begin + size) have of it.
std::optional<VectorPart> vector_part(const Value* value, std::int64_t columns, std::int64_t begin,
                                      std::int64_t size);

// Size of the last axis, where it is known.
std::optional<std::int64_t> width(const Value* value);

}  // namespace litecast::optimize
