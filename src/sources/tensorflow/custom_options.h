// The options of nodes that kernels outside of the runtime run, as these read them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// Whether a node hands a function to its kernel, which no option can hold.
bool takes_function(const NodeDef& node);

// Of a Select TF op: a vector of the op's name and a NodeDef that has an empty name for each data
// input and all attributes, defaults included. `shared_name` replaces that attribute where it is
// not empty. Throws Unsupported for an attribute that a function's caller was to fill in.
std::vector<std::uint8_t> select_tf_options(const NodeDef& node, std::size_t inputs,
                                            std::string_view shared_name = {});

// Of one that the model has no node of; `attrs`: those that are types.
std::vector<std::uint8_t> select_tf_options(
    std::string_view op, std::size_t inputs,
    std::span<const std::pair<std::string_view, DataType>> attrs);

// Of a custom op: a map of the attributes that are numbers, texts, truths and types, or lists of
// the first two; types by the numbers that they have in a .tflite.
std::vector<std::uint8_t> custom_options(const AttrMap& attrs, const OpDef* defaults);
// Of a function's kernel; what says that there is one is left out.
std::vector<std::uint8_t> composite_options(const AttrMap& attrs);

}  // namespace litecast::tensorflow
