#include "sources/tensorflow/object_graph.h"

#include <fmt/format.h>

namespace litecast::tensorflow {

namespace {

using ObjectKind = SavedObject::Kind;

ObjectReference read_reference(Message message) {
  ObjectReference reference;
  for (MessageReader field(message, "ObjectReference"); field.next();) {
    if (field.tag() == 1) reference.object = static_cast<ObjectId>(field.integer32());
    if (field.tag() == 2) reference.local_name = field.bytes();
  }
  return reference;
}

// Of the kinds whose first field is a name: user_object, bare_concrete_function, constant and
// captured_tensor.
std::string_view read_first_name(Message message) {
  std::string_view name;
  for (MessageReader field(message, "SavedObject"); field.next();) {
    if (field.tag() == 1) name = field.bytes();
  }
  return name;
}

void read_asset(Message message, SavedObject& object) {
  for (MessageReader field(message, "SavedAsset"); field.next();) {
    if (field.tag() == 1) object.asset_index = static_cast<std::uint32_t>(field.integer32());
  }
}

void read_saved_function(Message message, SavedObject& object) {
  for (MessageReader field(message, "SavedFunction"); field.next();) {
    if (field.tag() == 1) object.concrete_functions.push_back(field.bytes());
  }
}

void read_variable(Message message, SavedObject& object) {
  for (MessageReader field(message, "SavedVariable"); field.next();) {
    if (field.tag() == 1) object.dtype = data_type_of(field.integer()).value_or(DataType::kInvalid);
    if (field.tag() == 2) object.shape = read_tensor_shape(field.message());
    if (field.tag() == 6) object.name = field.bytes();
  }
}

void read_kind(ObjectKind kind, Message message, SavedObject& object) {
  object.kind = kind;
  switch (kind) {
    case ObjectKind::kAsset:
      return read_asset(message, object);
    case ObjectKind::kFunction:
      return read_saved_function(message, object);
    case ObjectKind::kVariable:
      return read_variable(message, object);
    case ObjectKind::kUserObject:
    case ObjectKind::kBareConcreteFunction:
    case ObjectKind::kConstant:
    case ObjectKind::kCapturedTensor:
      object.name = read_first_name(message);
      return;
    case ObjectKind::kResource:
    case ObjectKind::kNone:
      return;
  }
}

SavedObject read_object(Message message) {
  SavedObject object;
  for (MessageReader field(message, "SavedObject"); field.next();) {
    const std::uint32_t tag = field.tag();
    if (tag == 1) object.children.push_back(read_reference(field.message()));
    if ((tag >= 4 && tag <= 10) || tag == 12) {
      read_kind(static_cast<ObjectKind>(tag), field.message(), object);
    }
  }
  return object;
}

std::vector<ObjectId> read_bound_inputs(Message message, std::size_t object_count) {
  std::vector<std::int64_t> ids;
  for (MessageReader field(message, "SavedConcreteFunction"); field.next();) {
    if (field.tag() == 2) field.append_to(ids);
  }
  std::vector<ObjectId> bound;
  for (const std::int64_t id : ids) {
    if (id < 0 || static_cast<std::uint64_t>(id) >= object_count) {
      message.malformed(fmt::format("a function captures object {} of {}", id, object_count));
    }
    bound.push_back(static_cast<ObjectId>(id));
  }
  return bound;
}

}  // namespace

std::optional<ObjectId> SavedObject::child(std::string_view local_name) const {
  for (const ObjectReference& reference : children) {
    if (reference.local_name == local_name) return reference.object;
  }
  return std::nullopt;
}

ObjectGraph::ObjectGraph(Message message) {
  std::vector<MapEntry> functions;
  for (MessageReader field(message, "SavedObjectGraph"); field.next();) {
    if (field.tag() == 1) objects_.push_back(read_object(field.message()));
    if (field.tag() == 2) functions.push_back(read_map_entry(field.message()));
  }
  for (const SavedObject& object : objects_) {
    for (const ObjectReference& reference : object.children) {
      if (reference.object < objects_.size()) continue;
      message.malformed(fmt::format("object '{}' has the number {} of {}", reference.local_name,
                                    reference.object, objects_.size()));
    }
  }
  for (const MapEntry& function : functions) {
    bound_inputs_[function.key] = read_bound_inputs(function.value, objects_.size());
  }
}

const std::vector<ObjectId>* ObjectGraph::bound_inputs(std::string_view concrete_function) const {
  const auto found = bound_inputs_.find(concrete_function);
  return found == bound_inputs_.end() ? nullptr : &found->second;
}

std::optional<ObjectId> ObjectGraph::find(std::initializer_list<std::string_view> path) const {
  if (objects_.empty()) return std::nullopt;
  ObjectId object = 0;
  for (const std::string_view name : path) {
    const auto child = objects_[object].child(name);
    if (!child) return std::nullopt;
    object = *child;
  }
  return object;
}

}  // namespace litecast::tensorflow
