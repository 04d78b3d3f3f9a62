// Where the nodes of a graph come from.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

namespace litecast::ir {

// A place in the source. All but the path is kept only where a file is to say it
// (Module::keeps_origins).
struct Provenance {
  // The layer or function path.
  std::string path;
  // The source's node: its operation and name, and the function that holds it; empty: the main
  // graph, or not kept.
  std::string op = {};
  std::string node = {};
  std::string function = {};
  // The node that calls this function; null: none, or a loop or branch, whose body is a graph of
  // its own.
  const Provenance* caller = nullptr;
  // Of what was made from several nodes: their places, in the order in which they ran.
  std::vector<const Provenance*> parts = {};

  bool operator==(const Provenance&) const = default;
};

// Equal places are one.
class Provenances {
 public:
  const Provenance* intern(Provenance place) { return &*places_.insert(std::move(place)).first; }

 private:
  struct Hash {
    std::size_t operator()(const Provenance& place) const {
      const std::hash<std::string> text;
      return text(place.path) ^ (text(place.node) << 1) ^ (text(place.function) << 2) ^
             (std::hash<const void*>()(place.caller) << 3) ^ (place.parts.size() << 4);
    }
  };
  std::unordered_set<Provenance, Hash> places_;
};

}  // namespace litecast::ir
