// Complex numbers as pairs of real tensors: the runtime's kernels move complex elements, take their
// parts and multiply them, but have no other arithmetic.
#pragma once

#include <functional>

#include "emit/emitter.h"

namespace litecast::emit {

struct ComplexParts {
  Value* real;
  Value* imag;
};

bool is_complex(const Value* x);
// The parts that `make_complex` was given, where x came from it; otherwise REAL and IMAG. A real x
// has a zero imaginary part.
ComplexParts complex_parts(Emitter& e, Value* x);
// x itself where it is real.
Value* conjugate(Emitter& e, Value* x);
// A COMPLEX64 tensor: pairs of f32 that lie next to each other, seen as one element.
Value* make_complex(Emitter& e, ComplexParts parts);

ComplexParts multiply(Emitter& e, ComplexParts a, ComplexParts b);

// f(a.real, b.real) − f(a.imag, b.imag), f(a.real, b.imag) + f(a.imag, b.real) for a bilinear f.
ComplexParts bilinear(Emitter& e, ComplexParts a, ComplexParts b,
                      const std::function<Value*(Value*, Value*)>& f);

}  // namespace litecast::emit
