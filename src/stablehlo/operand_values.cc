#include "stablehlo/operand_values.h"

#include "emit/shape.h"

namespace litecast::stablehlo {

Sizes known(const Node& node, int operand, const char* name) {
  auto values = emit::known_integers(node.operand(operand));
  if (!values)
    throw Unsupported(
        fmt::format("its {} are computed by the model, and StableHLO has them fixed", name),
        fmt::format("make the {} constant", name));
  return *std::move(values);
}

std::int64_t front_axis(std::int64_t axis, int rank) { return axis < 0 ? axis + rank : axis; }

Sizes known_axes(const Node& node, int operand) {
  Sizes axes = known(node, operand, "axes");
  for (std::int64_t& axis : axes) axis = front_axis(axis, rank_of(node.operand(0)));
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
  return axes;
}

}  // namespace litecast::stablehlo
