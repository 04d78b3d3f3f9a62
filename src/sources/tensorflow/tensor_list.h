// Lists of tensors: TensorLists of TensorFlow 2 and the TensorArrays of version 1. All elements
// have one shape, so that a list is one tensor in which they are stacked; where nothing has been
// written yet, that shape may still be unknown, and there is no tensor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emit/emitter.h"

namespace litecast::tensorflow {

// Sizes of an element; nullopt: unknown. The whole is nullopt where not even the rank is known.
using ElementShape = std::optional<std::vector<std::optional<ir::Dim>>>;

struct TensorList {
  ir::DType dtype = ir::DType::FLOAT32;
  ElementShape element;
  ir::Dim length;                // where there is no tensor
  ir::Value* stacked = nullptr;  // [length, element…]
  // Path of the node that made the list; what ops make of a list is the same list.
  std::string origin = {};
};

// The type of the stacked tensor once elements have the shape `item`, which adds to what is known.
ir::Type stacked_type(const TensorList& list, const ir::Shape& item);

// What an element that was never written holds: zero, or an empty text.
ir::Value* blank(emit::Emitter& e, ir::DType dtype);

// The following throw Unsupported where the shape of the elements would have to be known and is
// not. `known` is what an op says of it.

// All elements: [length, element…]; zeros where nothing was written.
ir::Value* stack(emit::Emitter& e, const TensorList& list, const ElementShape& known);
TensorList from_stacked(ir::Value* stacked);
// `index` is a scalar.
ir::Value* get_item(emit::Emitter& e, const TensorList& list, ir::Value* index,
                    const ElementShape& known);
TensorList set_item(emit::Emitter& e, const TensorList& list, ir::Value* index, ir::Value* item);
TensorList push_back(emit::Emitter& e, const TensorList& list, ir::Value* item);
TensorList without_last(emit::Emitter& e, const TensorList& list);
// An i32 scalar.
ir::Value* length(emit::Emitter& e, const TensorList& list);
// Elements beyond the old length are zeros. `size` is a scalar.
TensorList resized(emit::Emitter& e, const TensorList& list, ir::Value* size,
                   const ElementShape& known);

}  // namespace litecast::tensorflow
