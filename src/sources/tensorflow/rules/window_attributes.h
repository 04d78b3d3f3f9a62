// The attributes that convolutions and poolings share.
#pragma once

#include "emit/conv.h"
#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

// Whether data_format puts the channels before the spatial axes. Unsupported for vectorized ones.
bool is_channels_first(const RuleContext& context);

// Calls `body` with x in channels-last order, whatever the node's data_format is.
Value* in_layout(RuleContext& context, Value* x, const std::function<Value*(Value*)>& body);

// The entries of a list with one entry for each axis in data_format's order that belong to the
// spatial axes; those of batch and channels must be 1. An empty list is all ones.
std::vector<std::int64_t> spatial_entries(const RuleContext& context,
                                          const std::vector<std::int64_t>& list, const char* what);

// Strides, dilations (where the op has them) and padding.
emit::Window window_of(const RuleContext& context);
// The same with strides that are not an attribute.
emit::Window window_with(const RuleContext& context, std::vector<std::int64_t> strides);

// A shape in data_format's order, in channels-last order.
Shape channels_last_shape(const RuleContext& context, const std::vector<Dim>& dims);

}  // namespace litecast::tensorflow::rules
