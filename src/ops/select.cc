// Choice by truth values, and where they are true.
#include "ops/families.h"
#include "ops/infer.h"
#include "ops/kernel.h"
#include "ops/version_rules.h"

namespace litecast::ops {
namespace {

using enum tflite::TensorType;
using Kind = LimitViolation::Kind;

constexpr DTypeSet kSelectable = {FLOAT32, FLOAT16, FLOAT64, BFLOAT16, INT8,   INT16, INT32,
                                  INT64,   UINT8,   UINT16,  UINT32,   UINT64, BOOL};

std::vector<OperandSpec> condition_and_choices() {
  return {{.name = "condition", .dtypes = {BOOL}},
          {.name = "x", .dtypes = kSelectable},
          {.name = "y", .dtypes = kSelectable}};
}

// Choosing keeps the quantization that both choices share.
Results chosen(const OpView& node, ir::Shape shape) {
  const auto* quantization = node.in(1)->type().quantization;
  const bool shared = node.in(2)->type().quantization == quantization;
  return one_result(node.dtype(1), std::move(shape), shared ? quantization : nullptr);
}

std::optional<LimitViolation> check_choices(const OpView& node) {
  if (node.dtype(1) == node.dtype(2)) return std::nullopt;
  return LimitViolation{Kind::dtype, 2,
                        std::string(ir::name(node.op)) + " chooses between tensors of one type"};
}

Results infer_select_v2(const OpView& node, ir::DimContext&) {
  if (auto bad = check_choices(node)) return tl::unexpected(*bad);
  constexpr int kMostBroadcastRank = 5;
  auto shape = broadcast_operands(node, kMostBroadcastRank);
  if (!shape) return tl::unexpected(shape.error());
  return chosen(node, std::move(*shape));
}

// The condition is a scalar, has the shape of the choices, or says for each row which one it is.
bool condition_fits(const ir::Shape& condition, const ir::Shape& x) {
  if (!condition.is_ranked() || !x.is_ranked()) return true;
  if (condition.rank() == 0 || condition == x) return true;
  return condition.rank() == 1 && x.rank() > 0 && condition[0] == x[0];
}

Results infer_select(const OpView& node, ir::DimContext&) {
  if (auto bad = check_choices(node)) return tl::unexpected(*bad);
  const ir::Shape& x = node.shape(1);
  const ir::Shape& y = node.shape(2);
  const bool ranked = x.is_ranked() && y.is_ranked();
  if ((ranked && !(x == y)) || !condition_fits(node.shape(0), x)) {
    return violation(Kind::shape, -1,
                     "SELECT takes choices of one shape and a condition for each element or row, "
                     "not " +
                         ir::to_string(node.shape(0)) + ", " + ir::to_string(x) + " and " +
                         ir::to_string(y));
  }
  return chosen(node, x.is_ranked() ? x : y);
}

bool fold_choice(const HostTensor& condition, const ir::StaticShape& condition_shape,
                 std::span<const HostTensor> in, HostTensor& out) {
  const auto conditions = condition.data<Bool>();
  return with_word(out.dtype, [&]<class T>(Element<T>) {
    const auto x = in[1].data<T>(), y = in[2].data<T>();
    const auto result = out.data<T>();
    for_each_broadcast<3>(
        out.shape, {&condition_shape, &in[1].shape, &in[2].shape},
        [&](auto o, auto c, auto i, auto j) { result[o] = conditions[c] ? x[i] : y[j]; });
    return true;
  });
}

bool fold_select_v2(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  return fold_choice(in[0], in[0].shape, in, out[0]);
}

bool fold_select(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  // One condition for each row broadcasts along all axes but the first.
  ir::StaticShape shape = in[0].shape;
  if (shape.size() == 1 && out[0].shape.size() > 1) shape.resize(out[0].shape.size(), 1);
  return fold_choice(in[0], shape, in, out[0]);
}

// Which choice is taken is known when the condition is.
std::optional<std::vector<ir::Dim>> contents_of_choice(const OpView& node, int, ir::DimContext&) {
  const auto condition = node.dims(0), x = node.dims(1), y = node.dims(2);
  if (!condition || !x || !y) return std::nullopt;
  if (x->size() != y->size() || (condition->size() != 1 && condition->size() != x->size()))
    return std::nullopt;
  if (!(node.shape(1) == node.shape(2)) || node.shape(0).rank() > node.shape(1).rank())
    return std::nullopt;
  std::vector<ir::Dim> chosen_dims;
  for (std::size_t i = 0; i < x->size(); ++i) {
    const ir::Dim taken = (*condition)[condition->size() == 1 ? 0 : i];
    if (!taken.is_constant() && !((*x)[i] == (*y)[i])) return std::nullopt;
    chosen_dims.push_back(taken.is_constant() && taken.value() == 0 ? (*y)[i] : (*x)[i]);
  }
  return chosen_dims;
}

bool has_operand_of_rank_5(const OpView& node) {
  for (int i = 0; i < 3; ++i)
    if (node.shape(i).is_ranked() && node.shape(i).rank() == 5) return true;
  return false;
}

Results infer_where(const OpView& node, ir::DimContext& dims) {
  const ir::Shape& condition = node.shape(0);
  const ir::Dim rank = condition.is_ranked() ? ir::Dim(condition.rank()) : dims.fresh("rank");
  return one_result(INT64, {dims.fresh("where"), rank});
}

bool fold_where(const OpView&, std::span<const HostTensor> in, std::span<HostTensor> out) {
  const ir::StaticShape& shape = in[0].shape;
  std::vector<std::int64_t> places;
  const bool known = with_element(in[0].dtype, [&]<class T>(Element<T>) {
    const auto x = in[0].data<T>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] == T{}) continue;
      auto rest = static_cast<std::int64_t>(i);
      places.resize(places.size() + shape.size());
      for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        const std::size_t from_end = shape.size() - 1 - axis;
        places[places.size() - 1 - axis] = rest % shape[from_end];
        rest /= shape[from_end];
      }
    }
    return true;
  });
  if (!known || shape.empty()) return false;
  const auto rank = static_cast<std::int64_t>(shape.size());
  out[0].shape = {static_cast<std::int64_t>(places.size()) / rank, rank};
  const auto bytes = std::as_bytes(std::span(places));
  out[0].bytes.assign(bytes.begin(), bytes.end());
  return true;
}

}  // namespace

std::span<const OpInfo> select_family() {
  static const OpInfo family[] = {
      {.op = Op::SELECT,
       .operands = condition_and_choices(),
       .infer = infer_select,
       .fold = fold_select,
       .contents = contents_of_choice,
       .versions = {{has_operand_of_rank_5, 3}, {nullptr, 1}},
       .min_runtime = {"1.14.0", "1.14.0", "2.12.0", "2.12.0"}},
      {.op = Op::SELECT_V2,
       .operands = condition_and_choices(),
       .infer = infer_select_v2,
       .fold = fold_select_v2,
       .contents = contents_of_choice,
       .elementwise = true,
       .layout = Layout::agnostic,
       .min_runtime = {"2.2.0", "2.12.0"}},
      {.op = Op::WHERE,
       .operands = {{.name = "condition",
                     .dtypes = {BOOL, FLOAT32, INT64, INT32, INT8, UINT8, UINT32},
                     .min_rank = 1}},
       .infer = infer_where,
       .fold = fold_where,
       .versions = {{first_is<BOOL>, 1}, {nullptr, 2}},
       .min_runtime = {"1.14.0", "2.8.0"}},
  };
  return family;
}

}  // namespace litecast::ops
