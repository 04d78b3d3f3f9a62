// The entry points of a model: which signatures are converted, and how their tensors are called and
// ordered.
#pragma once

#include <litecast/convert.h>

#include <string>
#include <vector>

#include "ir/module.h"
#include "sources/tensorflow/cut.h"
#include "sources/tensorflow/saved_model.h"

namespace litecast::tensorflow {

// A signature with the part of the main graph that it runs. `body` takes `inputs` and gives
// `outputs`, in their order, which is that of the converted graph.
struct EntryPoint {
  const SignatureDef* signature;
  std::vector<const TensorInfo*> inputs;
  std::vector<const TensorInfo*> outputs;
  Body body;
};

// Those with the given keys, or all; sorted by key. Throws UsageError for an unknown key, listing
// those that exist, and for a model without signatures.
std::vector<EntryPoint> entry_points(const MetaGraph& meta_graph, const ConvertOptions& options);

// Adds the graph's input for one of a signature; unknown sizes become symbols, unless the options
// fix them. Throws UsageError when the options contradict the model, emit::Unsupported when the
// format lacks the type.
ir::Value* add_input(ir::Graph& graph, const TensorInfo& info, const ConvertOptions& options);
// Adds the graph's input for a tensor at which the user lets the graph begin.
ir::Value* add_cut_input(ir::Graph& graph, const NodeDef& producer, const Cut::Tensor& tensor,
                         const ConvertOptions& options);

}  // namespace litecast::tensorflow
