#pragma once

#include "sources/tensorflow/control_flow/made_functions.h"

namespace litecast::tensorflow {

// The same body, in which there are no loops, with If nodes for its outermost decisions; what runs
// in their branches goes to functions that may hold further decisions. What is no branch that can
// be converted becomes a node with a note in Body::problems.
//
//   x ──┬ Switch ─ f ─┬ Merge ─ y             x ─ If ─ y
//   p ──┘        └ g ─┘                       p ──┘ ├─ then: g
//                                                   └─ else: f
Body make_branches(const Body& body, MadeFunctions& functions);

}  // namespace litecast::tensorflow
