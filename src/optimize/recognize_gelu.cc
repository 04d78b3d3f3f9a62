// GELU written out:
//
//   ½ · x · (1 + erf(x / √2))                        ─▶  GELU(x)
//   ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 x³)))   ─▶  GELU(x) {approximate}
//
// emit::erf(z) is 2 Φ(√2 z) − 1 with Φ(u) = GELU(u) / u, so what is looked for is x · Φ(x).
#include "optimize/activation.h"
#include "optimize/factors.h"
#include "optimize/rewrites.h"

namespace litecast::optimize {
namespace {

// The constants of GELU are compared after several others were multiplied into them.
constexpr double kWritten = 3e-6;

struct Affine {
  Value* x = nullptr;
  double factor = 1, offset = 0;
};

// v = factor · x + offset, as far as NEG, and ADD and MUL with splats go.
Affine affine(Value* v) {
  Affine a{v};
  for (int depth = 0; depth < 8; ++depth) {
    Node* n = a.x->producer();
    if (n && n->op() == Op::NEG) {
      a.factor = -a.factor;
      a.x = n->operand(0);
      continue;
    }
    if (!n || (n->op() != Op::ADD && n->op() != Op::MUL) || !is_linear(*n)) return a;
    const ConstantOperand operand = constant_operand(*n);
    const auto c = splat_value(operand.constant);
    if (!c) return a;
    if (n->op() == Op::ADD)
      a.offset += a.factor * *c;
    else
      a.factor *= *c;
    a.x = operand.other;
  }
  return a;
}

// x where v = Φ(x), up to the tiny offset that keeps the division defined.
Value* phi_argument(const Value* v) {
  const Node* div = producer(v, Op::DIV);
  const Node* gelu = div ? producer(div->operand(0), Op::GELU) : nullptr;
  if (!gelu || gelu->operand(0) != div->operand(1)) return nullptr;
  Affine u = affine(gelu->operand(0));
  // emit::erf keeps its argument from becoming infinite.
  if (const Node* clamp = producer(u.x, Op::RELU_N1_TO_1)) {
    const Affine inner = affine(clamp->operand(0));
    if (inner.offset != 0) return nullptr;
    u.factor *= inner.factor;
    u.x = inner.x;
  }
  return near(u.factor, 1, kWritten) && std::abs(u.offset) < 1e-20 ? u.x : nullptr;
}

// The cube of x.
bool is_cube(const Value* v, const Value* x) {
  if (const Node* pow = producer(v, Op::POW))
    return pow->operand(0) == x && is_splat_of(pow->operand(1), 3);
  const Node* mul = producer(v, Op::MUL);
  if (!mul || !is_linear(*mul)) return false;
  const auto is_square = [&](const Value* s) {
    const Node* n = s->producer();
    if (!n) return false;
    if (n->op() == Op::SQUARE) return n->operand(0) == x;
    return n->op() == Op::MUL && is_linear(*n) && n->operand(0) == x && n->operand(1) == x;
  };
  return (mul->operand(0) == x && is_square(mul->operand(1))) ||
         (mul->operand(1) == x && is_square(mul->operand(0)));
}

// Whether v = √(2/π) · (x + 0.044715 x³).
bool is_tanh_argument(Value* v, const Value* x) {
  const Affine a = affine(v);
  const Node* sum = producer(a.x, Op::ADD);
  if (a.offset != 0 || !near(a.factor, 0.7978845608, kWritten) || !sum || !is_linear(*sum))
    return false;
  for (int i = 0; i < 2; ++i) {
    const Affine cube = affine(sum->operand(1 - i));
    if (sum->operand(i) == x && near(cube.factor, 0.044715, kWritten) && cube.offset == 0 &&
        is_cube(cube.x, x))
      return true;
  }
  return false;
}

Value* gelu(Builder& builder, Value* x, bool approximate) {
  tflite::GeluOptionsT options;
  options.approximate = approximate;
  return try_add(builder, Op::GELU, {x}, std::move(options));
}

Value* recognize_gelu(Node& node, Builder& builder) {
  if (!is_linear(node) || node.result()->dtype() != DType::FLOAT32) return nullptr;
  const auto p = product(node, 2);
  if (!p || p->factors.size() != 2) return nullptr;
  for (int i = 0; i < 2; ++i) {
    Value* x = p->factors[static_cast<std::size_t>(i)];
    if (x->type() != node.result()->type()) continue;
    const Affine gate = affine(p->factors[static_cast<std::size_t>(1 - i)]);
    const double factor = p->constant * gate.factor, offset = p->constant * gate.offset;
    if (near(factor, 1, kWritten) && std::abs(offset) < 1e-6 && phi_argument(gate.x) == x)
      return gelu(builder, x, false);
    const Node* tanh = producer(gate.x, Op::TANH);
    if (tanh && near(factor, 0.5, kWritten) && near(offset, 0.5, kWritten) &&
        is_tanh_argument(tanh->operand(0), x))
      return gelu(builder, x, true);
  }
  return nullptr;
}

}  // namespace

const Rewrite kRecognizeGelu = {"recognize_gelu", {Op::MUL}, recognize_gelu};

}  // namespace litecast::optimize
