#include "sources/tensorflow/variables.h"

#include "sources/tensorflow/restore_nodes.h"
#include "sources/tensorflow/trackable_graph.h"

namespace litecast::tensorflow {

namespace {

// The node of an input as the main graph writes it.
std::string_view node_part(std::string_view input) { return input.substr(0, input.rfind(':')); }

bool is_control(std::string_view input) { return input.starts_with('^'); }

}  // namespace

Variables::Variables(const MetaGraph& meta_graph, const TensorBundle* bundle)
    : meta_graph_(meta_graph), bundle_(bundle) {
  map_captures();
  map_assets();
  if (!bundle) return;
  object_keys_ = checkpoint_keys(meta_graph.object_graph(), *bundle);
  node_sources_ = restored_variables(meta_graph);
}

void Variables::map_captures() {
  const ObjectGraph& objects = meta_graph_.object_graph();
  for (ObjectId id = 0; id < objects.objects().size(); ++id) {
    const SavedObject& object = objects.objects()[id];
    if (object.kind == SavedObject::Kind::kConstant) node_objects_.emplace(object.name, id);
  }
  if (objects.empty()) return;
  for (const NodeDef& node : meta_graph_.graph().nodes()) {
    if (node.op() != "StatefulPartitionedCall" && node.op() != "PartitionedCall") continue;
    const auto* bound = objects.bound_inputs(node.attr("f").function().name);
    if (!bound) continue;
    auto inputs = node.input_names();
    std::erase_if(inputs, is_control);
    if (inputs.size() < bound->size())
      node.malformed("has fewer inputs than its function captures");
    const std::size_t first = inputs.size() - bound->size();
    for (std::size_t i = 0; i < bound->size(); ++i) {
      node_objects_.emplace(node_part(inputs[first + i]), (*bound)[i]);
    }
  }
}

void Variables::map_assets() {
  if (meta_graph_.assets.empty()) return;
  for (const Asset& asset : meta_graph_.assets) {
    node_assets_.emplace(node_part(asset.tensor), asset.filename);
  }
  for (const NodeDef& node : meta_graph_.graph().nodes()) {
    if (node.op() != "AssignVariableOp") continue;
    const auto inputs = node.input_names();
    if (inputs.size() < 2) continue;
    const auto asset = node_assets_.find(node_part(inputs[1]));
    if (asset != node_assets_.end()) node_assets_.emplace(node_part(inputs[0]), asset->second);
  }
}

std::optional<VariableSource> Variables::find_node(std::string_view node) const {
  if (!bundle_) return std::nullopt;
  if (const auto object = object_of_node(node)) {
    if (auto source = find_object(*object)) return source;
  }
  if (const auto source = node_sources_.find(node); source != node_sources_.end()) {
    if (bundle_->contains(source->second.key)) return source->second;
  }
  if (const auto key = key_by_name(node)) return VariableSource{.key = *key};
  return std::nullopt;
}

std::optional<VariableSource> Variables::find_object(ObjectId object) const {
  const auto key = object_keys_.find(object);
  if (key == object_keys_.end() || !bundle_ || !bundle_->contains(key->second)) return std::nullopt;
  return VariableSource{.key = key->second};
}

std::optional<Variables::TableSource> Variables::find_table(std::string_view node) const {
  const auto object = object_of_node(node);
  if (!object || !bundle_) return std::nullopt;
  const auto key = object_keys_.find(*object);
  if (key == object_keys_.end()) return std::nullopt;
  TableSource source{key->second + "-keys", key->second + "-values"};
  if (!bundle_->contains(source.keys) || !bundle_->contains(source.values)) return std::nullopt;
  return source;
}

// Only TensorFlow 1 names its keys after variables: in a TensorFlow 2 file the name of a handle is
// no more than unique, and may be that of another variable.
std::optional<std::string_view> Variables::key_by_name(std::string_view node) const {
  const NodeDef* variable = meta_graph_.graph().find(node);
  if (!variable || !meta_graph_.object_graph().empty()) return std::nullopt;
  const auto shared_name = variable->find_attr("shared_name");
  for (const std::string_view key : {shared_name ? shared_name->string() : node, node}) {
    if (!key.empty() && bundle_->contains(key)) return key;
  }
  return std::nullopt;
}

std::optional<ObjectId> Variables::object_of_node(std::string_view node) const {
  const auto object = node_objects_.find(node);
  if (object == node_objects_.end()) return std::nullopt;
  return object->second;
}

std::optional<std::string_view> Variables::asset_of_node(std::string_view node) const {
  if (const auto asset = node_assets_.find(node); asset != node_assets_.end()) {
    return asset->second;
  }
  const auto object = object_of_node(node);
  if (!object) return std::nullopt;
  const SavedObject& saved = meta_graph_.object_graph().objects()[*object];
  if (saved.kind != SavedObject::Kind::kAsset) return std::nullopt;
  if (saved.asset_index >= meta_graph_.assets.size()) return std::nullopt;
  return meta_graph_.assets[saved.asset_index].filename;
}

}  // namespace litecast::tensorflow
