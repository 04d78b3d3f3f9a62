#include "ir/module.h"

#include <algorithm>

namespace litecast::ir {
namespace {

// Long chains may become one node; this many of their places are named.
constexpr std::size_t kMaxParts = 64;

}  // namespace

Graph& Module::add_graph(std::string name) {
  graphs_.push_back(std::make_unique<Graph>(*this, std::move(name)));
  return *graphs_.back();
}

const Provenance* Module::merged(const Provenance& first,
                                 std::span<const Provenance* const> places) {
  std::vector<const Provenance*> parts;
  const auto add = [&](const Provenance* part) {
    const bool is_new = std::ranges::find(parts, part) == parts.end();
    if (is_new && !part->path.empty() && parts.size() < kMaxParts) parts.push_back(part);
  };
  for (const Provenance* place : places) {
    if (place->parts.empty()) add(place);
    for (const Provenance* part : place->parts) add(part);
  }
  if (parts.empty()) return &first;
  if (parts.size() == 1 && parts[0]->path == first.path) return parts[0];
  return provenance({.path = first.path, .parts = std::move(parts)});
}

const Quantization* Module::quantization(Quantization quantization) {
  for (const Quantization& q : quantizations_)
    if (q == quantization) return &q;
  return &quantizations_.emplace_back(std::move(quantization));
}

}  // namespace litecast::ir
