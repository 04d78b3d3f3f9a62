#include "tflite/debug_metadata.h"

#include <map>

#include "debug_metadata_generated.h"

namespace litecast::tflite {
namespace {

namespace debug = ::debug_metadata;
using debug::LocationType;
using flatbuffers::Offset;
using Index = std::uint32_t;

// Of the places, each once; the others refer to them by number.
struct Location {
  LocationType kind;
  std::string name;            // of a NameLoc
  std::vector<Index> related;  // its child; callee and caller; what is fused

  auto operator<=>(const Location&) const = default;
};

class Locations {
 public:
  // As in files of the reference converter, number 0 is what nothing is known of.
  Locations() { add({LocationType::UnknownLoc, {}, {}}); }

  Index of(const ir::Provenance& place) {
    const auto known = of_place_.find(&place);
    if (known != of_place_.end()) return known->second;
    const Index index = find(place);
    of_place_.emplace(&place, index);
    return index;
  }

  std::span<const Location* const> all() const { return locations_; }

 private:
  static constexpr Index kUnknown = 0;

  Index add(Location location) {
    const auto next = static_cast<Index>(locations_.size());
    const auto [at, is_new] = numbers_.try_emplace(std::move(location), next);
    if (is_new) locations_.push_back(&at->first);
    return at->second;
  }

  Index name(std::string text) { return add({LocationType::NameLoc, std::move(text), {kUnknown}}); }

  Index fused(std::vector<Index> locations) {
    return locations.size() == 1 ? locations.front()
                                 : add({LocationType::FusedLoc, {}, std::move(locations)});
  }

  // The operation and the name of a node, as two places.
  std::vector<Index> names_of(const ir::Provenance& place) {
    if (place.node.empty()) return {place.path.empty() ? kUnknown : name(place.path)};
    const std::string function = place.function.empty() ? "" : "@" + place.function;
    const Index op = name(place.op + ":");
    return {op, name(place.node + function)};
  }

  Index find(const ir::Provenance& place) {
    if (place.parts.empty()) return called(place);
    std::vector<Index> parts;
    const auto add_part = [&](Index part) {
      if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
    };
    // The format's readers know no FusedLoc within another.
    for (const ir::Provenance* part : place.parts)
      if (part->caller)
        add_part(called(*part));
      else
        for (Index index : names_of(*part)) add_part(index);
    return fused(std::move(parts));
  }

  // Calls do not nest deeper than a conversion lets them.
  Index called(const ir::Provenance& place) {
    const Index callee = fused(names_of(place));
    if (!place.caller) return callee;
    return add({LocationType::CallSiteLoc, {}, {callee, of(*place.caller)}});
  }

  std::map<Location, Index> numbers_;
  std::vector<const Location*> locations_;
  std::unordered_map<const ir::Provenance*, Index> of_place_;
};

class Writer {
 public:
  std::vector<std::byte> write(const ModelIndex& index) {
    std::vector<Offset<debug::SubgraphDebugMetadata>> graphs;
    for (const GraphIndex& graph : index.graphs()) graphs.push_back(subgraph(graph));
    std::vector<Offset<void>> attributes;
    for (const Location* location : locations_.all()) attributes.push_back(attribute(*location));
    const std::vector<debug::Attribute> kinds(attributes.size(), debug::Attribute::Location);
    const Offset<void> conversion =
        debug::CreateConversionDebugMetadata(builder_, builder_.CreateVector(graphs),
                                             builder_.CreateVector<debug::Attribute>(kinds),
                                             builder_.CreateVector(attributes))
            .Union();
    const auto kind = debug::DebugMetadataType::ConversionDebugMetadata;
    builder_.Finish(debug::CreateDebugMetadata(builder_, builder_.CreateVector(&kind, 1),
                                               builder_.CreateVector(&conversion, 1)));
    const auto bytes = std::as_bytes(std::span(builder_.GetBufferPointer(), builder_.GetSize()));
    return {bytes.begin(), bytes.end()};
  }

 private:
  Offset<debug::SubgraphDebugMetadata> subgraph(const GraphIndex& graph) {
    std::vector<Offset<debug::OperatorDebugMetadata>> operators;
    for (const ir::Node* node = graph.graph->first(); node; node = node->next()) {
      const Index place = locations_.of(*node->provenance_ref());
      operators.push_back(
          debug::CreateOperatorDebugMetadata(builder_, builder_.CreateVector(&place, 1)));
    }
    return debug::CreateSubgraphDebugMetadata(builder_, builder_.CreateVector(operators));
  }

  Offset<void> attribute(const Location& location) {
    const Offset<void> content = content_of(location);
    return debug::CreateLocation(builder_, location.kind, content).Union();
  }

  Offset<void> content_of(const Location& location) {
    const std::vector<Index>& related = location.related;
    switch (location.kind) {
      case LocationType::NameLoc:
        return debug::CreateNameLoc(builder_, builder_.CreateString(location.name), related[0])
            .Union();
      case LocationType::CallSiteLoc:
        return debug::CreateCallSiteLoc(builder_, related[0], related[1]).Union();
      case LocationType::FusedLoc:
        return debug::CreateFusedLoc(builder_, builder_.CreateVector(related)).Union();
      default:
        return debug::CreateUnknownLoc(builder_).Union();
    }
  }

  flatbuffers::FlatBufferBuilder builder_;
  Locations locations_;
};

}  // namespace

std::vector<std::byte> debug_metadata(const ModelIndex& index) { return Writer().write(index); }

}  // namespace litecast::tflite
