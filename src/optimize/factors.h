// A product taken apart.
#pragma once

#include <cmath>

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

// Whether a number in a graph is meant to be `exact`: the same but for that share of it.
inline bool near(double number, double exact, double tolerance = 1e-6) {
  return std::abs(number - exact) <= tolerance * std::abs(exact);
}

}  // namespace litecast::optimize
