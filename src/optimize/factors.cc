#include "optimize/factors.h"

#include "optimize/activation.h"

namespace litecast::optimize {

std::optional<Product> product(const Node& mul, std::size_t limit) {
  Product p;
  std::vector<const Node*> open = {&mul};
  while (!open.empty()) {
    const Node* n = open.back();
    open.pop_back();
    for (Value* v : n->operands()) {
      if (const auto c = splat_value(v)) {
        p.constant *= *c;
      } else if (Node* inner = only_producer(v, Op::MUL); inner && is_linear(*inner)) {
        open.push_back(inner);
      } else {
        p.factors.push_back(v);
      }
    }
    if (p.factors.size() > limit || open.size() > limit) return std::nullopt;
  }
  return p;
}

}  // namespace litecast::optimize
