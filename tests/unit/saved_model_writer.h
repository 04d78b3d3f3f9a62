// A SavedModel of one signature, "serving_default", for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tensorflow_writers.h"

namespace litecast::tensorflow::testing {

// A TensorInfo of a float tensor.
inline std::string float_info(std::string_view tensor, const std::vector<std::int64_t>& shape) {
  return Writer().bytes(1, tensor).integer(2, 1).bytes(3, shape_proto(shape)).done();
}

inline std::string placeholder(std::string_view name) {
  return node_def(name, "Placeholder", {}, {{"dtype", attr_type(DataType::kFloat)}});
}

// The bytes of saved_model.pb. `inputs` and `outputs` are {argument's name, TensorInfo}.
inline std::string saved_model(const std::vector<std::string>& nodes,
                               const std::vector<std::string>& functions, const Pairs& inputs,
                               const Pairs& outputs) {
  const std::string signature =
      Writer().map(1, inputs).map(2, outputs).bytes(3, "tensorflow/serving/predict").done();
  const std::string meta_info = Writer().bytes(4, "serve").bytes(5, "2.21.0").done();
  const std::string graph = Writer()
                                .bytes(1, meta_info)
                                .bytes(2, graph_def(nodes, functions))
                                .map(5, {{"serving_default", signature}})
                                .done();
  return Writer().integer(1, 1).bytes(2, graph).done();
}

}  // namespace litecast::tensorflow::testing
