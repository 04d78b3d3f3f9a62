#pragma once

#include <string>
#include <unordered_map>

#include "sources/tensorflow/object_graph.h"
#include "sources/tensorflow/tensor_bundle.h"

namespace litecast::tensorflow {

// The checkpoint keys of a model's variables. The checkpoint holds an object graph of its own
// (TrackableObjectGraph), whose objects have keys; both graphs are walked from the root along
// children of the same name. Empty when the checkpoint has no such graph.
std::unordered_map<ObjectId, std::string> checkpoint_keys(const ObjectGraph& objects,
                                                          const TensorBundle& bundle);

}  // namespace litecast::tensorflow
