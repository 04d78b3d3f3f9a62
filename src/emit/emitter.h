// The face of the Builder for lowerings and rules: adds ops and throws Unsupported where one cannot
// be had, which the walk turns into a diagnostic of the source op.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "ir/builder.h"

namespace litecast::emit {

using ir::Dim;
using ir::DType;
using ir::Op;
using ir::Shape;
using ir::Value;
using ir::Values;

// A source op cannot be expressed with the runtime's builtin ops. `reason` says why in a sentence
// for a person; `remedy` what the user can do, or is empty.
class Unsupported : public std::runtime_error {
 public:
  explicit Unsupported(const std::string& reason, std::string remedy = {})
      : std::runtime_error(reason), remedy_(std::move(remedy)) {}
  const std::string& remedy() const { return remedy_; }

 private:
  std::string remedy_;
};

// Of an op whose limits the operands violate.
Unsupported violated(Op op, const ops::LimitViolation& violation, std::span<Value* const> operands);

// Throws Unsupported where the rank is not known.
int rank_of(const Value* x);

// float16 and bfloat16 are computed in float32, because most kernels lack them: operands of these
// types are cast before an op, and its float results are cast back. A cast back that only another
// op uses vanishes, so no rounding takes place between ops.
class Emitter {
 public:
  explicit Emitter(ir::Builder& builder) : builder_(builder) {}

  ir::Builder& builder() { return builder_; }
  ir::DimContext& dims() { return builder_.dims(); }

  // The single result. Throws Unsupported where the op's limits are violated.
  Value* add(Op op, std::vector<Value*> operands, ir::Options options = {});
  // All results.
  Values add_all(Op op, std::vector<Value*> operands, ir::Options options = {});
  // The single result, or null where the op's limits are violated, for a caller that has another
  // way.
  Value* try_add(Op op, std::vector<Value*> operands, ir::Options options = {});
  // All results, or the limit that is violated.
  tl::expected<Values, ops::LimitViolation> attempt(Op op, std::vector<Value*> operands,
                                                    ir::Options options = {});

  Value* constant(ir::ConstantPtr constant) { return builder_.constant(std::move(constant)); }
  Value* i32(const std::vector<std::int64_t>& values) { return builder_.constant_i32(values); }
  Value* scalar_i32(std::int64_t value) { return builder_.scalar_i32(value); }
  Value* scalar(DType dtype, double value) { return builder_.scalar(dtype, value); }

 private:
  ir::Builder& builder_;
};

}  // namespace litecast::emit
