#pragma once

#include <string_view>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

// An input or output of a signature.
struct TensorInfo {
  std::string_view name;    // The argument's name in the signature.
  std::string_view tensor;  // The tensor of the main graph, "node:port".
  DataType dtype = DataType::kInvalid;
  TensorShape shape;
  // Sparse and composite tensors have no single tensor of the graph; `tensor` is empty then.
  bool is_dense = true;
};

}  // namespace litecast::tensorflow
