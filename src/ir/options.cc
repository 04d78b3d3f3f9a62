#include "ir/options.h"

namespace litecast::ir {

bool operator==(const Options& a, const Options& b) {
  const auto equal = [](const auto& x, const auto& y) { return x == y || (x && y && *x == *y); };
  return equal(a.first_, b.first_) && equal(a.second_, b.second_);
}

}  // namespace litecast::ir
