// Why a model cannot be converted, as data: one Diagnostic for each kind of operation that stands
// in the way, so that a user sees all of them at once.
#pragma once

#include <string>
#include <vector>

#include <litecast/error.h>

namespace litecast {

struct Diagnostic {
  // The operation, as the model's framework calls it: "DecodeJpeg".
  std::string op;
  // A sentence: what about it cannot be expressed.
  std::string reason;
  // What the user can do about it; empty where nothing is known.
  std::string remedy;
  // The layers that use it, or the paths of its nodes, in execution order, each once:
  // "functional_1/conv2d_1/convolution".
  std::vector<std::string> places;
};

// The model is well-formed, but some of its operations have no counterpart. what() says all of the
// diagnostics, for a person.
class ConversionError : public Error {
 public:
  explicit ConversionError(std::vector<Diagnostic> diagnostics);

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace litecast
