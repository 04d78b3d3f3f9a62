// A rule emits what one TensorFlow op becomes. Rules stand in tables by family (rules/*.cc); the
// walk calls them with a context of the node.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emit/arith.h"
#include "emit/emitter.h"
#include "emit/shape.h"
#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

using emit::Emitter;
using emit::Unsupported;
using ir::Dim;
using ir::DType;
using ir::Op;
using ir::Shape;
using ir::Value;

class RuleContext {
 public:
  virtual ~RuleContext() = default;

  Emitter& e;
  const NodeDef& node;
  std::string_view op() const;    // TensorFlow's name
  std::string_view name() const;  // of the node

  // ---- inputs: data inputs only, by flat index ----
  virtual int input_count() const = 0;
  // The tensor. The handle of a variable that nothing writes gives the variable's value; any other
  // handle is Unsupported.
  virtual Value* input(int index) = 0;
  std::vector<Value*> inputs(int first, int count);
  // Known integers of an input (a constant, or known contents that are all constant).
  std::optional<std::vector<std::int64_t>> integers(int index);
  // The same, or Unsupported, which names `what` must be constant.
  std::vector<std::int64_t> constant_integers(int index, const char* what);
  std::int64_t constant_integer(int index, const char* what);
  // Known integers as Dims.
  std::optional<std::vector<Dim>> known_dims(int index);

  // A scalar of the type of the first input.
  Value* number(double value) { return e.scalar(input(0)->dtype(), value); }

  // ---- attributes: the node's, else the op definition's default ----
  bool has_attr(std::string_view name) const;
  std::int64_t attr_int(std::string_view name) const;
  float attr_float(std::string_view name) const;
  bool attr_bool(std::string_view name) const;
  std::string attr_string(std::string_view name) const;
  // Unsupported when the type has no counterpart in the format.
  DType attr_type(std::string_view name) const;
  std::vector<std::int64_t> attr_ints(std::string_view name) const;
  std::vector<std::string> attr_strings(std::string_view name) const;
  std::vector<float> attr_floats(std::string_view name) const;
  Shape attr_shape(std::string_view name) const;  // unknown sizes become fresh symbols

  // ---- outputs ----
  virtual void output(int index, Value* value) = 0;
  void output(Value* value) { output(0, value); }

 protected:
  RuleContext(Emitter& emitter, const NodeDef& view) : e(emitter), node(view) {}
};

struct Rule {
  const char* op;
  void (*emit)(RuleContext& context);
};

// The tables, one a family; defined in rules/*.cc.
namespace rules {
std::span<const Rule> activation();
std::span<const Rule> array();  // reshape, transpose, concat, split, pack, tile, pad, reverse …
std::span<const Rule> audio();  // spectrograms and their coefficients
std::span<const Rule> cast();
std::span<const Rule> comparison();
std::span<const Rule> constant();  // Const, Fill, Range, Shape, Rank, Size, ZerosLike, OneHot …
std::span<const Rule> convolution();
std::span<const Rule> decoding();  // of sequences of labels
std::span<const Rule> elementwise();
std::span<const Rule> factorization();  // determinants, inverses, solutions of linear systems
std::span<const Rule> gather();         // gather, gather_nd, embedding …
std::span<const Rule> gradient();
std::span<const Rule> identity();  // Identity, StopGradient, Snapshot, PreventGradient …
std::span<const Rule> image();     // resize, crop, adjust …
std::span<const Rule> image_gradient();
std::span<const Rule> joining();         // concat, split, pack, unpack
std::span<const Rule> linear_algebra();  // MatMul, BatchMatMul, Einsum, MatrixDiag …
std::span<const Rule> loss();
std::span<const Rule> normalization();
std::span<const Rule> pooling();
std::span<const Rule> quantization();  // FakeQuant*, QuantizeAndDequantize*
std::span<const Rule> random();
std::span<const Rule> ragged();            // rows of different lengths
std::span<const Rule> recurrent();         // cells of LSTM and GRU
std::span<const Rule> reduction();         // sums, arg_max, cumsum, top_k, …
std::span<const Rule> scatter();           // scatter_nd, tensor_scatter_*, dynamic_stitch …
std::span<const Rule> segment();           // sums and extremes over segments, histograms
std::span<const Rule> signal();            // FFT family
std::span<const Rule> search();            // ranks, histograms, k-th elements
std::span<const Rule> sequence();          // unique, where, search, partition …
std::span<const Rule> slicing();           // Slice, StridedSlice …
std::span<const Rule> sparse();            // sparse tensors
std::span<const Rule> special();           // gamma, Bessel and other special functions
std::span<const Rule> stateless_random();  // whose seed is an operand
std::span<const Rule> trigonometry();
std::span<const Rule> window_gradient();  // of convolutions and pooling
std::span<const Rule> xla();              // what jax2tf writes
}  // namespace rules

// The rules of all families, sorted by op.
std::span<const Rule> rule_table();
// The rule of an op, or null.
const Rule* find_rule(std::string_view op);

}  // namespace litecast::tensorflow
