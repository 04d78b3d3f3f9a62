// SavedObjectGraph: the Python objects of a TensorFlow 2 model and what its functions capture.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/data_type.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/tensor_shape.h"

namespace litecast::tensorflow {

// Index of an object; 0 is the root.
using ObjectId = std::uint32_t;

struct ObjectReference {
  std::string_view local_name;
  ObjectId object = 0;
};

struct SavedObject {
  // The oneof's members, numbered as in the file.
  enum class Kind : std::uint8_t {
    kNone = 0,
    kUserObject = 4,
    kAsset = 5,
    kFunction = 6,
    kVariable = 7,
    kBareConcreteFunction = 8,
    kConstant = 9,
    kResource = 10,
    kCapturedTensor = 12,
  };
  Kind kind = Kind::kNone;
  std::vector<ObjectReference> children;

  // user_object: identifier ("_generic_user_object"); constant: its Const node in the main graph;
  // bare_concrete_function: the function; captured_tensor: its tensor; variable: its name.
  std::string_view name;
  // function: its concrete functions.
  std::vector<std::string_view> concrete_functions;
  // asset: index into MetaGraph::assets.
  std::uint32_t asset_index = 0;
  // variable.
  DataType dtype = DataType::kInvalid;
  TensorShape shape;

  // The child of that name; nullopt when there is none.
  std::optional<ObjectId> child(std::string_view local_name) const;
};

class ObjectGraph {
 public:
  // No objects, as in TensorFlow 1 saves.
  ObjectGraph() = default;
  // Throws MalformedInput when a child or a bound input is no object of the graph.
  explicit ObjectGraph(Message message);

  bool empty() const { return objects_.empty(); }
  const std::vector<SavedObject>& objects() const { return objects_; }

  // What the trailing arguments of a concrete function are bound to; null for a function that the
  // graph does not know.
  const std::vector<ObjectId>* bound_inputs(std::string_view concrete_function) const;

  // Follows child names from the root; nullopt when the path ends early.
  std::optional<ObjectId> find(std::initializer_list<std::string_view> path) const;

 private:
  std::vector<SavedObject> objects_;
  std::unordered_map<std::string_view, std::vector<ObjectId>> bound_inputs_;
};

}  // namespace litecast::tensorflow
