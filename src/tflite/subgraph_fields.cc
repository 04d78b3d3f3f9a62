#include "tflite/subgraph_fields.h"

namespace litecast::tflite {
namespace {

// Calls `scalar` with each field that holds an index, or `list` with the one that holds several.
// The unions are const or not, and so are the fields.
template <class Union, class Scalar, class List>
void visit(Union& options, Scalar scalar, List) requires requires {
  options.AsIfOptions();
}
{
  if (auto* call = options.AsCallOptions()) scalar(call->subgraph);
  if (auto* once = options.AsCallOnceOptions()) scalar(once->init_subgraph_index);
  if (auto* branch = options.AsIfOptions()) {
    scalar(branch->then_subgraph_index);
    scalar(branch->else_subgraph_index);
  }
  if (auto* loop = options.AsWhileOptions()) {
    scalar(loop->cond_subgraph_index);
    scalar(loop->body_subgraph_index);
  }
}

template <class Union, class Scalar, class List>
void visit(Union& options, Scalar scalar, List list) requires requires {
  options.AsStablehloWhileOptions();
}
{
  if (auto* composite = options.AsStableHLOCompositeOptions()) {
    scalar(composite->decomposition_subgraph_index);
  }
  if (auto* loop = options.AsStablehloWhileOptions()) {
    scalar(loop->cond_subgraph_index);
    scalar(loop->body_subgraph_index);
  }
  if (auto* reduce = options.AsStablehloReduceOptions()) scalar(reduce->body_subgraph_index);
  if (auto* window = options.AsStablehloReduceWindowOptions()) scalar(window->body_subgraph_index);
  if (auto* sort = options.AsStablehloSortOptions()) scalar(sort->comparator_subgraph_index);
  if (auto* scatter = options.AsStablehloScatterOptions()) {
    scalar(scatter->update_computation_subgraph_index);
  }
  if (auto* branches = options.AsStablehloCaseOptions()) list(branches->branch_subgraph_indices);
  if (auto* call = options.AsStablehloCustomCallOptions()) list(call->called_computations);
}

template <class Union>
ir::Options replace(const Union& options, std::span<const std::int32_t> indices) {
  auto copy = std::make_shared<Union>(options);
  std::size_t next = 0;
  visit(
      *copy,
      [&](auto& field) {
        field =
            next < indices.size() ? static_cast<std::decay_t<decltype(field)>>(indices[next]) : 0;
        ++next;
      },
      [&](auto& list) { list.assign(indices.begin(), indices.end()); });
  return ir::Options(std::shared_ptr<const Union>(std::move(copy)));
}

}  // namespace

std::vector<std::int32_t> subgraph_indices(const ir::Options& options) {
  std::vector<std::int32_t> indices;
  const auto scalar = [&](auto field) { indices.push_back(static_cast<std::int32_t>(field)); };
  const auto list = [&](const auto& fields) { indices = fields; };
  if (options.first()) visit(*options.first(), scalar, list);
  if (options.second()) visit(*options.second(), scalar, list);
  return indices;
}

ir::Options with_subgraph_indices(const ir::Options& options,
                                  std::span<const std::int32_t> indices) {
  if (options.first()) return replace(*options.first(), indices);
  if (options.second()) return replace(*options.second(), indices);
  return options;
}

ir::Options without_subgraph_indices(const ir::Options& options) {
  return subgraph_indices(options).empty() ? options : with_subgraph_indices(options, {});
}

}  // namespace litecast::tflite
