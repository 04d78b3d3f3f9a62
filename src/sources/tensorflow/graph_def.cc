#include "sources/tensorflow/graph_def.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include <litecast/error.h>
#include "sources/tensorflow/output_ports.h"

namespace litecast::tensorflow {

namespace {

constexpr std::uint32_t kAbsent = ~std::uint32_t{0};

std::optional<TensorName> split_tensor_name(std::string_view name) {
  const auto colon = name.rfind(':');
  if (colon == std::string_view::npos) return TensorName{name, 0};
  TensorName tensor{name.substr(0, colon), 0};
  const std::string_view digits = name.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), tensor.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return tensor;
}

// Selects the nodes between feeds and fetches and gives them dense ids in file order.
class Selection {
 public:
  Selection(const GraphDef& graph, Body& body)
      : graph_(graph),
        body_(body),
        ids_(graph.nodes().size(), kAbsent),
        inputs_(graph.nodes().size()) {}

  void feed(std::string_view name) {
    const TensorName tensor = parse_tensor_name(name);
    const std::uint32_t node = existing(tensor.node);
    const DataType type = output_type(node, name, tensor.port);
    const auto arg = static_cast<std::uint32_t>(body_.args.size());
    feeds_.emplace(key(node, tensor.port), arg);
    body_.args.push_back({.name = name, .type = type});
  }

  void run(std::span<const std::string_view> fetches, std::span<const std::string_view> targets) {
    select(fetches, targets);
    number_selected();
    for (const std::string_view name : fetches) add_ret(name);
    for (const std::string_view name : targets) {
      body_.control_rets.push_back({name, ids_[existing(name)]});
    }
    for (const std::uint32_t node : selected_) {
      body_.nodes.push_back(graph_.nodes()[node]);
      add_inputs(node);
    }
  }

 private:
  static std::uint64_t key(std::uint32_t node, std::uint32_t port) {
    return std::uint64_t{node} << 32 | port;
  }

  std::uint32_t existing(std::string_view name) const {
    const NodeDef* node = graph_.find(name);
    if (!node) throw UsageError(fmt::format("the graph has no node '{}'", name));
    return index_of(*node);
  }

  std::uint32_t index_of(const NodeDef& node) const {
    return static_cast<std::uint32_t>(&node - graph_.nodes().data());
  }

  DataType output_type(std::uint32_t node, std::string_view name, std::uint32_t port) const {
    const NodeDef& source = graph_.nodes()[node];
    // The types of an op that nobody defines are not known; its signature may tell them.
    if (!source.op_def()) return DataType::kInvalid;
    const auto types = source.output_types();
    if (port >= types.size()) {
      throw UsageError(fmt::format("there is no tensor '{}': node '{}' ({}) has {} outputs", name,
                                   source.name(), source.op(), types.size()));
    }
    return types[port];
  }

  // The source of an input as written in the graph.
  struct Source {
    std::uint32_t node;
    std::uint32_t port;
    bool control;
  };
  Source source_of(const NodeDef& user, std::string_view input) const {
    const bool control = input.starts_with('^');
    const auto tensor = split_tensor_name(control ? input.substr(1) : input);
    const NodeDef* node = tensor ? graph_.find(tensor->node) : nullptr;
    if (!node) user.malformed(fmt::format("its input '{}' does not exist", input));
    return {index_of(*node), tensor->port, control};
  }

  bool is_fed(const Source& source) const {
    return !source.control && feeds_.contains(key(source.node, source.port));
  }

  void select(std::span<const std::string_view> fetches,
              std::span<const std::string_view> targets) {
    std::vector<std::uint32_t> pending;
    const auto need = [&](std::uint32_t node) {
      if (ids_[node] != kAbsent) return;
      ids_[node] = 0;
      pending.push_back(node);
    };
    for (const std::string_view name : fetches) {
      const TensorName tensor = parse_tensor_name(name);
      const std::uint32_t node = existing(tensor.node);
      if (!feeds_.contains(key(node, tensor.port))) need(node);
    }
    for (const std::string_view name : targets) need(existing(name));
    while (!pending.empty()) {
      const std::uint32_t node = pending.back();
      pending.pop_back();
      resolve_inputs(node);
      for (const Source& source : inputs_of(node)) {
        if (!is_fed(source)) need(source.node);
      }
    }
  }

  // Once a node: looking names up is what a cut spends its time on.
  void resolve_inputs(std::uint32_t node) {
    inputs_[node].first = sources_.size();
    const NodeDef& user = graph_.nodes()[node];
    for (const std::string_view input : user.input_names()) {
      const Source source = source_of(user, input);
      check_port(user, input, source);
      sources_.push_back(source);
    }
    inputs_[node].count = sources_.size() - inputs_[node].first;
  }

  std::span<const Source> inputs_of(std::uint32_t node) const {
    return std::span(sources_).subspan(inputs_[node].first, inputs_[node].count);
  }

  void number_selected() {
    for (std::uint32_t node = 0; node < ids_.size(); ++node) {
      if (ids_[node] == kAbsent) continue;
      ids_[node] = static_cast<std::uint32_t>(selected_.size());
      selected_.push_back(node);
    }
    body_.nodes.reserve(selected_.size());
  }

  void add_ret(std::string_view name) {
    const TensorName tensor = parse_tensor_name(name);
    const std::uint32_t node = existing(tensor.node);
    body_.rets.push_back(
        {name, output_type(node, name, tensor.port), edge({node, tensor.port, false})});
  }

  Edge edge(const Source& source) const {
    if (source.control) return {.kind = Edge::Kind::kControl, .index = ids_[source.node]};
    const auto arg = feeds_.find(key(source.node, source.port));
    if (arg != feeds_.end()) return {.kind = Edge::Kind::kArg, .index = arg->second};
    return {.kind = Edge::Kind::kNode, .index = ids_[source.node], .port = source.port};
  }

  void add_inputs(std::uint32_t node) {
    edges_.clear();
    for (const Source& source : inputs_of(node)) edges_.push_back(edge(source));
    sort_control_last(edges_);
    body_.add_inputs(edges_);
  }

  // The outputs of an op that nobody defines are not known.
  void check_port(const NodeDef& user, std::string_view input, const Source& source) {
    const NodeDef& node = graph_.nodes()[source.node];
    if (source.control || !node.op_def()) return;
    const std::size_t count = ports_.count(source.node, node);
    if (source.port < count) return;
    user.malformed(fmt::format("its input '{}' does not exist: '{}' ({}) has {} outputs", input,
                               node.name(), node.op(), count));
  }

  const GraphDef& graph_;
  Body& body_;
  std::unordered_map<std::uint64_t, std::uint32_t> feeds_;
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  std::vector<std::uint32_t> ids_;  // By index in the graph, as are the ranges of sources.
  std::vector<Range> inputs_;
  std::vector<Source> sources_;
  std::vector<std::uint32_t> selected_;
  std::vector<Edge> edges_;
  OutputPorts ports_;
};

}  // namespace

TensorName parse_tensor_name(std::string_view name) {
  if (const auto tensor = split_tensor_name(name)) return *tensor;
  throw UsageError(fmt::format("'{}' is not the name of a tensor: expected node:number", name));
}

GraphDef::GraphDef(Message message, const Library& library) {
  for (MessageReader field(message, "GraphDef"); field.next();) {
    if (field.tag() == 1) nodes_.emplace_back(field.message());
  }
  index_.reserve(nodes_.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].set_op_def(library.op_def(nodes_[i].op()));
    if (!index_.emplace(nodes_[i].name(), i).second) {
      nodes_[i].malformed("expected a name that no other node of the graph has");
    }
  }
}

const NodeDef* GraphDef::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &nodes_[found->second];
}

Body GraphDef::body(std::span<const std::string_view> feeds,
                    std::span<const std::string_view> fetches,
                    std::span<const std::string_view> targets) const {
  Body body;
  Selection cut(*this, body);
  for (const std::string_view name : feeds) cut.feed(name);
  cut.run(fetches, targets);
  return body;
}

}  // namespace litecast::tensorflow
