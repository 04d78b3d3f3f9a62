// A product taken apart.
#pragma once

#include "optimize/rewrite.h"

namespace litecast::optimize {

// node = constant · Π factors, where the MULs inside the product have no other user and no
// activation, and the constants are splats.
struct Product {
  double constant = 1;
  std::vector<Value*> factors;
};

// Nothing when it has more than `limit` factors.
std::optional<Product> product(const Node& mul, std::size_t limit);

}  // namespace litecast::optimize
