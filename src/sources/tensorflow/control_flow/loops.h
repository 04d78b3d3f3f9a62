#pragma once

#include "sources/tensorflow/control_flow/made_functions.h"

namespace litecast::tensorflow {

// The same body with a While node for each loop. What is no loop that can be converted becomes a
// node with a note in Body::problems. Throws MalformedInput for a cycle that is no loop.
//
//   x ─ Enter ─ Merge ─ Switch ─ Exit ─ y           x ─ While ─ y
//                │  ╲     │ ╲                            │  ├─ cond: … ─ LoopCond
//   NextIteration┘   … LoopCond                          │  └─ body: … ─ NextIteration
//        └── body ────────┘                     limit ───┘
//   limit ─ Enter(is_constant) ─ …
Body make_loops(const Body& body, MadeFunctions& functions);

}  // namespace litecast::tensorflow
