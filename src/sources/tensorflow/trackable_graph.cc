#include "sources/tensorflow/trackable_graph.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

namespace {

constexpr std::string_view kGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";
constexpr std::string_view kValue = "VARIABLE_VALUE";
// Of a table that changes: its tensors' keys begin so.
constexpr std::string_view kTable = "table";

struct Trackable {
  std::unordered_map<std::string_view, ObjectId> children;
  std::string_view value_key;
};

void read_child(Message message, Trackable& trackable) {
  std::string_view local_name;
  ObjectId object = 0;
  for (MessageReader field(message, "ObjectReference"); field.next();) {
    if (field.tag() == 1) object = static_cast<ObjectId>(field.integer32());
    if (field.tag() == 2) local_name = field.bytes();
  }
  trackable.children.emplace(local_name, object);
}

void read_attribute(Message message, Trackable& trackable) {
  std::string_view name, key;
  for (MessageReader field(message, "SerializedTensor"); field.next();) {
    if (field.tag() == 1) name = field.bytes();
    if (field.tag() == 3) key = field.bytes();
  }
  if (name == kValue || name == kTable) trackable.value_key = key;
}

std::vector<Trackable> read_trackables(Message message) {
  std::vector<Trackable> trackables;
  for (MessageReader field(message, "TrackableObjectGraph"); field.next();) {
    if (field.tag() != 1) continue;
    Trackable& trackable = trackables.emplace_back();
    for (MessageReader object(field.message(), "TrackableObject"); object.next();) {
      if (object.tag() == 1) read_child(object.message(), trackable);
      if (object.tag() == 2) read_attribute(object.message(), trackable);
    }
  }
  for (const Trackable& trackable : trackables) {
    for (const auto& [name, object] : trackable.children) {
      if (object < trackables.size()) continue;
      message.malformed(
          fmt::format("child '{}' is object {} of {}", name, object, trackables.size()));
    }
  }
  return trackables;
}

}  // namespace

std::unordered_map<ObjectId, std::string> checkpoint_keys(const ObjectGraph& objects,
                                                          const TensorBundle& bundle) {
  std::unordered_map<ObjectId, std::string> keys;
  if (objects.empty() || !bundle.contains(kGraphKey)) return keys;
  auto strings = bundle.read_strings(kGraphKey);
  if (strings.empty()) return keys;
  const auto document =
      Document::of(fmt::format("{}: {}", bundle.prefix(), kGraphKey), std::move(strings.front()));
  const auto trackables = read_trackables(Message(*document));
  if (trackables.empty()) return keys;

  struct Pair {
    ObjectId object;
    ObjectId trackable;
  };
  std::vector<Pair> pending = {{0, 0}};
  std::vector<bool> seen(objects.objects().size());
  seen[0] = true;
  while (!pending.empty()) {
    const auto [object, trackable] = pending.back();
    pending.pop_back();
    const SavedObject& saved = objects.objects()[object];
    const Trackable& stored = trackables[trackable];
    const bool has_value =
        saved.kind == SavedObject::Kind::kVariable || saved.kind == SavedObject::Kind::kResource;
    if (has_value && !stored.value_key.empty()) {
      keys.emplace(object, stored.value_key);
    }
    for (const ObjectReference& reference : saved.children) {
      const auto child = stored.children.find(reference.local_name);
      if (child == stored.children.end() || seen[reference.object]) continue;
      seen[reference.object] = true;
      pending.push_back({reference.object, child->second});
    }
  }
  return keys;
}

}  // namespace litecast::tensorflow
