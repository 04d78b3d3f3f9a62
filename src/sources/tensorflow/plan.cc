#include "sources/tensorflow/plan.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>
#include <array>

#include "sources/tensorflow/control_flow/flow_op.h"

namespace litecast::tensorflow {
namespace {

constexpr std::uint64_t kMaxExpandedNodes = 2'000'000;

// Ops that take the handle of a variable and leave the variable as it is. Any other may write.
constexpr std::array<std::string_view, 6> kReaders = {"ReadVariableOp",   "ResourceGather",
                                                      "ResourceGatherNd", "VarIsInitializedOp",
                                                      "VariableShape",    "ResourceStridedSlice"};

bool is_reader(std::string_view op) {
  return std::find(kReaders.begin(), kReaders.end(), op) != kReaders.end();
}

// The outputs that are handed what an input is, from `first` on; of references the ops that are
// made for them.
struct Forwarding {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};
Forwarding forwarding(const NodeDef& node, std::uint32_t input, bool is_reference) {
  const std::string_view op = node.op();
  if (op == "IdentityN" && !is_reference) return {input, 1};
  if (op.starts_with("Ref") != is_reference || input != 0) return {};
  if (op == "Identity" || op == "RefIdentity") return {0, 1};
  const FlowOp flow = flow_op(op);
  if (op == "_SwitchN") return {0, kMaxCaseBranches};
  if (flow == FlowOp::kSwitch) return {0, 2};
  return {0, flow == FlowOp::kMerge || flow == FlowOp::kExit ? 1U : 0U};
}

bool takes_reference(const NodeDef& node, std::size_t input) {
  if (node.op() == "IsVariableInitialized") return false;
  const OpDef* op = node.op_def();
  return op == nullptr || (input < op->input_args.size() && op->input_args[input].is_ref);
}

}  // namespace

bool is_reference_variable(std::string_view op) {
  return op == "VariableV2" || op == "Variable" || op == "TemporaryVariable";
}

bool is_variable(std::string_view op) { return op == "VarHandleOp" || is_reference_variable(op); }

std::string variable_identity(const NodeDef& handle) {
  // The name that TensorFlow gives to each handle that is not to be shared.
  constexpr std::string_view kAnonymous = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";
  auto text = [&](std::string_view attr) {
    auto value = handle.find_attr(attr);
    return value ? value->string() : std::string_view();
  };
  std::string_view name = text("shared_name");
  if (name.empty() || name == kAnonymous) name = handle.name();
  return fmt::format("{}/{}", text("container"), name);
}

// Follows the handles through the nodes of one body.
class Plan::BodyScan {
 public:
  BodyScan(Plan& plan, const Body& body) : plan_(plan), body_(body) {
    summary_.writes.resize(body.args.size());
  }

  Summary run() {
    for (NodeId node : plan_.order(body_)) {
      ++summary_.expanded_nodes;
      visit(node);
    }
    for (const Ret& ret : body_.rets) {
      auto origin = origin_of(ret.edge);
      const bool is_arg = origin && origin->kind == Edge::Kind::kArg;
      summary_.returned.push_back(is_arg ? std::optional(origin->index) : std::nullopt);
    }
    return std::move(summary_);
  }

 private:
  static std::uint64_t key(std::uint32_t node, std::uint32_t port) {
    return std::uint64_t{node} << 32 | port;
  }

  std::optional<Origin> origin_of(const Edge& edge) const {
    if (edge.kind == Edge::Kind::kArg) {
      if (body_.args[edge.index].type != DataType::kResource) return std::nullopt;
      return Origin{Edge::Kind::kArg, edge.index};
    }
    auto found = origins_.find(key(edge.index, edge.port));
    return found == origins_.end() ? std::nullopt : std::optional(found->second);
  }

  void visit(NodeId id) {
    const NodeDef& node = body_.nodes[id];
    if (is_variable(node.op())) {
      origins_[key(id, 0)] = {Edge::Kind::kNode, id, is_reference_variable(node.op())};
      return;
    }
    if (auto call = call_of(node, plan_.library_)) {
      visit_call(id, *call);
      return;
    }
    auto inputs = body_.data_inputs(id);
    for (std::uint32_t i = 0; i < inputs.size(); ++i) {
      auto origin = origin_of(inputs[i]);
      if (!origin) continue;
      const Forwarding outputs = forwarding(node, i, origin->is_reference);
      for (std::uint32_t port = 0; port < outputs.count; ++port)
        origins_[key(id, outputs.first + port)] = *origin;
      if (outputs.count > 0) continue;
      if (origin->is_reference ? takes_reference(node, i) : !is_reader(node.op()))
        mark_written(*origin);
    }
  }

  void visit_call(NodeId id, const Call& call) {
    auto arguments = body_.data_inputs(id);
    arguments = arguments.subspan(std::min(call.first_argument, arguments.size()));
    for (std::string_view function : call.functions) {
      const Summary& callee = plan_.summarise(function);
      summary_.expanded_nodes += callee.expanded_nodes;
      if (summary_.expanded_nodes > kMaxExpandedNodes)
        throw MalformedInput(fmt::format("node '{}': its calls expand to more than {} nodes",
                                         body_.nodes[id].name(), kMaxExpandedNodes));
      for (std::size_t i = 0; i < arguments.size() && i < callee.writes.size(); ++i)
        if (auto origin = origin_of(arguments[i]); origin && callee.writes[i])
          mark_written(*origin);
    }
    forward_results(id, call, arguments);
  }

  // A handle that comes back from a call is followed further when all functions return the same
  // one; otherwise whatever happens to it counts as a write of those that went in.
  void forward_results(NodeId id, const Call& call, std::span<const Edge> arguments) {
    if (call.functions.empty()) return;
    const Summary& last = plan_.summarise(call.functions.back());
    for (std::uint32_t port = 0; port < last.returned.size(); ++port) {
      auto argument = last.returned[port];
      if (!argument || *argument >= arguments.size()) continue;
      auto origin = origin_of(arguments[*argument]);
      if (!origin) continue;
      if (all_return(call, port, *argument))
        origins_[key(id, port)] = *origin;
      else
        mark_written(*origin);
    }
  }

  bool all_return(const Call& call, std::uint32_t port, std::uint32_t argument) {
    if (call.kind == Call::Kind::loop) return port == argument;
    return std::all_of(call.functions.begin(), call.functions.end(),
                       [&](std::string_view function) {
                         const Summary& callee = plan_.summarise(function);
                         return port < callee.returned.size() && callee.returned[port] == argument;
                       });
  }

  void mark_written(const Origin& origin) {
    if (origin.kind == Edge::Kind::kArg)
      summary_.writes[origin.index] = true;
    else
      plan_.written_.insert(variable_identity(body_.nodes[origin.index]));
  }

  Plan& plan_;
  const Body& body_;
  Summary summary_;
  std::unordered_map<std::uint64_t, Origin> origins_;
};

Plan::Plan(const Library& library, std::span<const Body* const> entries) : library_(library) {
  for (const Body* entry : entries) scan(*entry);
}

Plan::Summary Plan::scan(const Body& body) { return BodyScan(*this, body).run(); }

const Plan::Summary& Plan::summarise(std::string_view function) {
  auto [found, is_new] = summaries_.try_emplace(function);
  Summary& summary = found->second;
  if (!is_new) {
    if (summary.is_open)
      throw MalformedInput(fmt::format("function '{}' calls itself ({} → {})", function,
                                       fmt::join(open_calls_, " → "), function));
    return summary;
  }
  if (open_calls_.size() >= kMaxCallDepth)
    throw MalformedInput(fmt::format("function '{}' is called through more than {} others",
                                     function, kMaxCallDepth));
  open_calls_.push_back(function);
  Summary complete = scan(library_.function(function).body);
  open_calls_.pop_back();
  complete.is_open = false;
  summary = std::move(complete);
  return summary;
}

bool Plan::is_written(const NodeDef& variable) const {
  return written_.contains(variable_identity(variable));
}

const std::vector<NodeId>& Plan::order(const Body& body) {
  auto [found, is_new] = orders_.try_emplace(&body);
  if (is_new) found->second = tensorflow::order(body);
  return found->second;
}

}  // namespace litecast::tensorflow
