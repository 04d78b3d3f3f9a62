// The textual IR. print and parse are each other's inverse (but for constants too large to be
// written out, which are printed as a checksum).
//
//   graph "main" {
//     input %x "serving_default_x:0": f32[b,8]
//     const %w = f32[4,8] splat 0.5
//     const %p = i32[2] {1, -1}
//     %3 = FULLY_CONNECTED(%x, %w, _) FullyConnectedOptions{keep_num_dims: true}: f32[b,4] @"dense"
//     output %3
//   }
//   signature "serving_default" graph "main" inputs("x": 0) outputs("y": 0)
#pragma once

#include <string>

#include "ir/module.h"

namespace litecast::ir {

std::string print(const Module& module);
std::string print(const Graph& graph);
// One node, as its line in print(graph) without indentation.
std::string print(const Node& node);

// "Conv2DOptions{padding: SAME}"; fields that have their default are left out; "" for none.
std::string print(const Options& options);

}  // namespace litecast::ir
