// Diagonals and bands of the last two axes.
#pragma once

#include "emit/emitter.h"

namespace litecast::emit {

// Diagonals from `lower` to `upper`: 0 is the main one, positive ones lie above it. Several of them
// stand in rows of equal length, the uppermost first, shorter ones padded at one side.
struct DiagonalBand {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
  // The side to which shorter diagonals are aligned; left is what TensorFlow's V2 ops do.
  bool superdiagonals_right = false;
  bool subdiagonals_right = false;
};

// […, n] → […, n, n].
Value* matrix_diag(Emitter& e, Value* diagonal);
// tf.linalg.diag: rows and columns may be -1, the smallest that hold the diagonals; the rest of the
// matrix has the value of the scalar `padding`.
Value* matrix_diag(Emitter& e, Value* diagonals, DiagonalBand band, std::int64_t rows,
                   std::int64_t columns, Value* padding);
// tf.linalg.diag_part; `padding` may be null where the band is one diagonal.
Value* matrix_diag_part(Emitter& e, Value* x, DiagonalBand band, Value* padding);
// tf.linalg.set_diag.
Value* matrix_set_diag(Emitter& e, Value* x, Value* diagonals, DiagonalBand band);
// tf.linalg.band_part; the numbers of kept diagonals are integer scalars, negative for all.
Value* matrix_band_part(Emitter& e, Value* x, Value* lower, Value* upper);

}  // namespace litecast::emit
