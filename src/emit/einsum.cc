#include <set>

#include "emit/arith.h"
#include "emit/complex.h"
#include "emit/einsum_equation.h"
#include "emit/matmul.h"
#include "emit/shape.h"
#include "emit/weight.h"

namespace litecast::emit {
namespace {

// A tensor whose axes have labels; none repeats after `take_diagonals`.
struct Term {
  Value* value;
  Labels labels;

  bool has(Label label) const { return axis(label) >= 0; }
  int axis(Label label) const {
    auto at = std::find(labels.begin(), labels.end(), label);
    return at == labels.end() ? -1 : static_cast<int>(at - labels.begin());
  }
  Dim dim(Label label) const {
    return value->shape().dims()[static_cast<std::size_t>(axis(label))];
  }
};

Labels operator+(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Term permuted(Emitter& e, const Term& term, const Labels& order) {
  std::vector<int> permutation;
  for (Label label : order) permutation.push_back(term.axis(label));
  return {transpose_weight(e, term.value, permutation), order};
}

// x[…, i, i] along both axes `first` and `second`, put last.
Term diagonal(Emitter& e, const Term& term, int first, int second) {
  std::vector<int> permutation;
  Labels labels;
  for (int axis = 0; axis < static_cast<int>(term.labels.size()); ++axis) {
    if (axis == first || axis == second) continue;
    permutation.push_back(axis);
    labels.push_back(term.labels[static_cast<std::size_t>(axis)]);
  }
  permutation.push_back(first);
  permutation.push_back(second);
  labels.push_back(term.labels[static_cast<std::size_t>(first)]);
  Value* x = transpose(e, term.value, permutation);
  Dim size = x->shape()[-1];
  if (!size.is_constant() || size != x->shape()[-2])
    throw Unsupported("a repeated label of an einsum needs two axes of one known size");
  auto dims = x->shape().dims();
  dims.resize(dims.size() - 2);
  dims.push_back(size * size);
  x = reshape(e, x, Shape(dims));
  std::vector<std::int64_t> zeros(dims.size(), 0), strides(dims.size(), 1);
  strides.back() = size.value() + 1;
  tflite::StridedSliceOptionsT options;
  options.begin_mask = options.end_mask = (1 << dims.size()) - 1;
  x = e.add(Op::STRIDED_SLICE, {x, e.i32(zeros), e.i32(zeros), e.i32(strides)}, std::move(options));
  return {x, labels};
}

Term take_diagonals(Emitter& e, Term term) {
  for (std::size_t i = 0; i < term.labels.size(); ++i)
    for (std::size_t j = i + 1; j < term.labels.size(); ++j)
      if (term.labels[i] == term.labels[j])
        return take_diagonals(e, diagonal(e, term, static_cast<int>(i), static_cast<int>(j)));
  return term;
}

Term sum_all_but(Emitter& e, Term term, const std::function<bool(Label)>& kept) {
  std::vector<int> axes;
  Labels labels;
  for (Label label : term.labels) {
    if (kept(label))
      labels.push_back(label);
    else
      axes.push_back(term.axis(label));
  }
  if (axes.empty()) return term;
  return {reduce(e, Op::SUM, term.value, axes, false), labels};
}

// Ellipses broadcast: an axis of size 1 that the other operand has larger, and that is summed
// away, is only the other's.
Term drop_broadcast_ones(Emitter& e, const Term& term, const Term& other,
                         const std::set<Label>& needed) {
  std::vector<int> axes;
  Labels labels;
  for (Label label : term.labels) {
    bool drop = !needed.contains(label) && other.has(label) && term.dim(label) == Dim(1) &&
                other.dim(label) != Dim(1);
    if (drop)
      axes.push_back(term.axis(label));
    else
      labels.push_back(label);
  }
  return axes.empty() ? term : Term{squeeze(e, term.value, axes), labels};
}

// Labels of the result of a product, and by what they are in it.
struct Roles {
  Labels batch, left, right, contracted;
};

Roles roles_of(const Term& a, const Term& b, const std::set<Label>& needed, const Labels& order) {
  Roles roles;
  for (Label label : order) {
    if (a.has(label) && b.has(label))
      roles.batch.push_back(label);
    else if (a.has(label))
      roles.left.push_back(label);
    else if (b.has(label))
      roles.right.push_back(label);
  }
  for (Label label : b.labels)
    if (a.has(label) && !needed.contains(label)) roles.contracted.push_back(label);
  return roles;
}

Term multiply(Emitter& e, const Term& a, const Term& b, const Labels& labels) {
  auto aligned = [&](const Term& term) {
    Labels own;
    std::vector<int> missing;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (term.has(labels[i]))
        own.push_back(labels[i]);
      else
        missing.push_back(static_cast<int>(i));
    }
    return expand_dims(e, permuted(e, term, own).value, missing);
  };
  return {mul(e, aligned(a), aligned(b)), labels};
}

Dim product(const Term& term, const Labels& labels) {
  Dim size = 1;
  for (Label label : labels) size = size * term.dim(label);
  return size;
}

// The operand of a matrix product: axes of `batch`, then one axis for `rows`, one for `columns`.
struct Matrix {
  Value* value;
  bool adjoint;
};

Matrix as_matrix(Emitter& e, const Term& term, const Labels& batch, const Labels& rows,
                 const Labels& columns, bool may_swap) {
  bool adjoint = may_swap && term.labels == batch + columns + rows;
  const Labels& first = adjoint ? columns : rows;
  const Labels& second = adjoint ? rows : columns;
  Term ordered = permuted(e, term, batch + first + second);
  std::vector<Dim> dims;
  for (Label label : batch) dims.push_back(term.dim(label));
  dims.push_back(product(term, first));
  dims.push_back(product(term, second));
  return {reshape(e, ordered.value, Shape(std::move(dims))), adjoint};
}

// a's labels stay axes of their own, as FULLY_CONNECTED takes any rank.
Term contract_with_weight(Emitter& e, const Term& a, const Term& b, const Roles& roles) {
  Term ordered = permuted(e, a, roles.left + roles.contracted);
  std::vector<Dim> dims, result_dims;
  for (Label label : roles.left) dims.push_back(a.dim(label));
  result_dims = dims;
  if (dims.empty()) dims.push_back(1);
  dims.push_back(product(a, roles.contracted));
  Matrix weight = as_matrix(e, b, {}, roles.contracted, roles.right, true);
  Value* y = matmul(e, reshape(e, ordered.value, Shape(dims)), weight.value, false, weight.adjoint);
  for (Label label : roles.right) result_dims.push_back(b.dim(label));
  return {reshape(e, y, Shape(std::move(result_dims))), roles.left + roles.right};
}

Term contract(Emitter& e, const Term& a, const Term& b, const Roles& roles) {
  if (roles.batch.empty() && is_weight(b.value)) return contract_with_weight(e, a, b, roles);
  Matrix left = as_matrix(e, a, roles.batch, roles.left, roles.contracted, true);
  Matrix right = as_matrix(e, b, roles.batch, roles.contracted, roles.right, true);
  Value* y = matmul(e, left.value, right.value, left.adjoint, right.adjoint);
  std::vector<Dim> dims(y->shape().dims().begin(), y->shape().dims().end() - 2);
  for (Label label : roles.left) dims.push_back(a.dim(label));
  for (Label label : roles.right) dims.push_back(b.dim(label));
  return {reshape(e, y, Shape(std::move(dims))), roles.batch + roles.left + roles.right};
}

// FULLY_CONNECTED wants the weight second; otherwise the operand that gives the result's first own
// label comes first, which spares a transpose.
bool should_swap(const Term& a, const Term& b, const Labels& order) {
  if (is_weight(a.value) != is_weight(b.value)) return is_weight(a.value);
  for (Label label : order)
    if (a.has(label) != b.has(label)) return b.has(label);
  return false;
}

// `order`: the needed labels as they should stand in the result.
Term combine(Emitter& e, Term a, Term b, const Labels& order) {
  std::set<Label> needed(order.begin(), order.end());
  Term narrow = drop_broadcast_ones(e, a, b, needed);
  b = drop_broadcast_ones(e, b, a, needed);
  a = sum_all_but(e, narrow, [&](Label l) { return needed.contains(l) || b.has(l); });
  b = sum_all_but(e, b, [&](Label l) { return needed.contains(l) || a.has(l); });
  if (should_swap(a, b, order)) std::swap(a, b);
  Roles roles = roles_of(a, b, needed, order);
  Labels kept;
  for (Label label : order)
    if (a.has(label) || b.has(label)) kept.push_back(label);
  if (roles.contracted.empty()) return multiply(e, a, b, kept);
  if (roles.left.empty() && roles.right.empty())
    return sum_all_but(e, multiply(e, a, b, kept + roles.contracted),
                       [&](Label l) { return needed.contains(l); });
  return contract(e, a, b, roles);
}

// The result's labels, then those that later operands still need.
Labels needed_labels(const EinsumEquation& equation, std::size_t next) {
  Labels order = equation.result;
  for (; next < equation.operands.size(); ++next)
    for (Label label : equation.operands[next])
      if (std::find(order.begin(), order.end(), label) == order.end()) order.push_back(label);
  return order;
}

Value* real_einsum(Emitter& e, const EinsumEquation& equation,
                   const std::vector<Value*>& operands) {
  Term result = take_diagonals(e, {operands[0], equation.operands[0]});
  for (std::size_t i = 1; i < operands.size(); ++i) {
    Term next = take_diagonals(e, {operands[i], equation.operands[i]});
    result = combine(e, result, next, needed_labels(equation, i + 1));
  }
  result = sum_all_but(e, result, [&](Label label) {
    return std::find(equation.result.begin(), equation.result.end(), label) !=
           equation.result.end();
  });
  return permuted(e, result, equation.result).value;
}

Value* complex_einsum(Emitter& e, const EinsumEquation& equation,
                      const std::vector<Value*>& operands) {
  ComplexParts a = complex_parts(e, operands[0]);
  if (operands.size() == 1)
    return make_complex(e,
                        {real_einsum(e, equation, {a.real}), real_einsum(e, equation, {a.imag})});
  if (operands.size() > 2) throw Unsupported("an einsum of more than two complex operands");
  return make_complex(e, bilinear(e, a, complex_parts(e, operands[1]), [&](Value* x, Value* y) {
                        return real_einsum(e, equation, {x, y});
                      }));
}

}  // namespace

Value* einsum(Emitter& e, std::string_view equation, const std::vector<Value*>& operands) {
  std::vector<int> ranks;
  for (const Value* operand : operands) {
    if (!operand->shape().is_ranked()) throw Unsupported("an einsum of a tensor of unknown rank");
    ranks.push_back(operand->shape().rank());
  }
  EinsumEquation parsed = parse_einsum(equation, ranks);
  bool complex = std::any_of(operands.begin(), operands.end(), is_complex);
  return complex ? complex_einsum(e, parsed, operands) : real_einsum(e, parsed, operands);
}

}  // namespace litecast::emit
