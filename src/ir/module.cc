#include "ir/module.h"

namespace litecast::ir {

Graph& Module::add_graph(std::string name) {
  graphs_.push_back(std::make_unique<Graph>(*this, std::move(name)));
  return *graphs_.back();
}

const std::string* Module::provenance(std::string_view path) {
  return &*provenances_.emplace(path).first;
}

const Quantization* Module::quantization(Quantization quantization) {
  for (const Quantization& q : quantizations_)
    if (q == quantization) return &q;
  return &quantizations_.emplace_back(std::move(quantization));
}

}  // namespace litecast::ir
