// What TensorFlow's slicing ops share.
#pragma once

#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

// What each entry of begin, end and strides means.
struct Masks {
  int begin, end, ellipsis, new_axis, shrink;

  explicit Masks(const RuleContext& context);
};

// Whether a mask names entry `i`.
inline bool has(int mask, std::size_t i) { return i < 31 && ((mask >> i) & 1) != 0; }

// Input 0 with input 4 in place of the slice that inputs 1 to 3 and the masks name.
Value* with_slice(RuleContext& context);

}  // namespace litecast::tensorflow::rules
