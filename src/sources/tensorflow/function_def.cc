#include "sources/tensorflow/function_def.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include <litecast/error.h>
#include "sources/tensorflow/control_flow/structure.h"
#include "sources/tensorflow/output_ports.h"

namespace litecast::tensorflow {

namespace {

enum FunctionDefField : std::uint32_t {
  kFunctionSignature = 1,
  kFunctionNode = 3,
  kFunctionRet = 4,
  kFunctionAttr = 5,
  kFunctionControlRet = 6,
  kFunctionArgAttr = 7,
};

// What stands in a FunctionDef before edges are resolved.
struct Parts {
  OpDef signature;
  std::vector<Message> nodes;
  std::unordered_map<std::string_view, std::string_view> rets;
  std::vector<std::pair<std::string_view, std::string_view>> control_rets;
  std::unordered_map<std::int64_t, AttrMap> arg_attrs;
};

std::pair<std::string_view, std::string_view> read_string_entry(Message message) {
  std::pair<std::string_view, std::string_view> entry;
  for (MessageReader field(message, "map entry"); field.next();) {
    if (field.tag() == 1) entry.first = field.bytes();
    if (field.tag() == 2) entry.second = field.bytes();
  }
  return entry;
}

void read_arg_attrs(Message message, std::unordered_map<std::int64_t, AttrMap>& arg_attrs) {
  std::int64_t arg = 0;
  AttrMap attrs;
  for (MessageReader field(message, "FunctionDef.ArgAttrEntry"); field.next();) {
    if (field.tag() == 1) arg = field.integer();
    if (field.tag() == 2) attrs = AttrMap(field.message(), 1);
  }
  arg_attrs[arg] = attrs;
}

Parts read_parts(Message message) {
  Parts parts;
  for (MessageReader field(message, "FunctionDef"); field.next();) {
    switch (field.tag()) {
      case kFunctionSignature:
        parts.signature = read_op_def(field.message());
        break;
      case kFunctionNode:
        parts.nodes.push_back(field.message());
        break;
      case kFunctionRet:
        parts.rets.insert(read_string_entry(field.message()));
        break;
      case kFunctionControlRet:
        parts.control_rets.push_back(read_string_entry(field.message()));
        break;
      case kFunctionArgAttr:
        read_arg_attrs(field.message(), parts.arg_attrs);
        break;
    }
  }
  return parts;
}

// Turns the text of edges into indices.
class Resolver {
 public:
  Resolver(Message function, const Body& body) : function_(function), body_(body) {
    for (std::uint32_t i = 0; i < body.args.size(); ++i) args_.emplace(body.args[i].name, i);
    for (NodeId i = 0; i < body.nodes.size(); ++i) {
      if (!nodes_.emplace(body.nodes[i].name(), i).second) {
        body.nodes[i].malformed("expected a name that no other node of the function has");
      }
    }
  }

  NodeId node(std::string_view name) const {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) fail(fmt::format("there is no node '{}'", name));
    return found->second;
  }

  Edge edge(std::string_view text) {
    if (text.starts_with('^')) {
      return {.kind = Edge::Kind::kControl, .index = node(text.substr(1))};
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
      if (const auto arg = args_.find(text); arg != args_.end()) {
        return {.kind = Edge::Kind::kArg, .index = arg->second};
      }
    }
    const NodeId source = node(text.substr(0, colon));
    return {.kind = Edge::Kind::kNode, .index = source, .port = port(source, text, colon)};
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    function_.malformed(fmt::format("function '{}': {}", body_.name, problem));
  }

  // What follows the node's name: nothing (output 0), ":argument" or ":argument:index". A bare
  // number is the flat output, as in graphs.
  std::uint32_t port(NodeId source, std::string_view text, std::size_t colon) {
    const auto& starts = ports_.starts(source, body_.nodes[source]);
    if (colon == std::string_view::npos) return checked(source, text, 0, 0, starts.back());
    std::string_view arg = text.substr(colon + 1);
    std::size_t index = 0;
    if (const auto second = arg.find(':'); second != std::string_view::npos) {
      index = number(text, arg.substr(second + 1));
      arg = arg.substr(0, second);
    }
    if (!arg.empty() && arg[0] >= '0' && arg[0] <= '9') {
      return checked(source, text, number(text, arg), 0, starts.back());
    }
    const std::size_t position = output_arg(source, arg);
    return checked(source, text, index, starts[position], starts[position + 1]);
  }

  std::size_t output_arg(NodeId source, std::string_view name) const {
    const NodeDef& node = body_.nodes[source];
    const auto& args = node.op_def()->output_args;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (args[i].name == name) return i;
    }
    fail(fmt::format("node '{}' ({}) has no output argument '{}'", node.name(), node.op(), name));
  }

  std::size_t number(std::string_view text, std::string_view digits) const {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail(fmt::format("'{}': expected node:output:index", text));
    }
    return value;
  }

  std::uint32_t checked(NodeId source, std::string_view text, std::size_t index, std::size_t first,
                        std::size_t end) const {
    if (index >= end - first) {
      fail(fmt::format("'{}': node '{}' has {} such outputs", text, body_.nodes[source].name(),
                       end - first));
    }
    return static_cast<std::uint32_t>(first + index);
  }

  Message function_;
  const Body& body_;
  std::unordered_map<std::string_view, std::uint32_t> args_;
  std::unordered_map<std::string_view, NodeId> nodes_;
  OutputPorts ports_;
};

void add_inputs(Resolver& resolver, Body& body) {
  std::vector<Edge> edges;
  for (const NodeDef& node : body.nodes) {
    edges.clear();
    for (const std::string_view input : node.input_names()) edges.push_back(resolver.edge(input));
    sort_control_last(edges);
    body.add_inputs(edges);
  }
}

DataType type_of(const ArgDef& arg, const AttrMap& function_attrs) {
  if (arg.type_attr.empty()) return arg.type;
  const auto attr = function_attrs.find(arg.type_attr);
  return attr ? attr->type() : DataType::kInvalid;
}

void add_rets(const Parts& parts, const AttrMap& attrs, Resolver& resolver, Message message,
              Body& body) {
  for (const ArgDef& arg : parts.signature.output_args) {
    const auto ret = parts.rets.find(arg.name);
    if (ret == parts.rets.end()) {
      message.malformed(
          fmt::format("function '{}': result '{}' comes from nowhere", body.name, arg.name));
    }
    body.rets.push_back({arg.name, type_of(arg, attrs), resolver.edge(ret->second)});
    if (body.rets.back().edge.kind == Edge::Kind::kControl) {
      message.malformed(
          fmt::format("function '{}': result '{}' is a control edge", body.name, arg.name));
    }
  }
  for (const auto& [name, node] : parts.control_rets) {
    body.control_rets.push_back({name, resolver.node(node)});
  }
}

FunctionDef read_function(Message message, const Library& library) {
  FunctionDef function{.attrs = AttrMap(message, kFunctionAttr)};
  Parts parts = read_parts(message);
  Body& body = function.body;
  body.name = parts.signature.name;
  for (std::size_t i = 0; i < parts.signature.input_args.size(); ++i) {
    const ArgDef& arg = parts.signature.input_args[i];
    body.args.push_back(
        {arg.name, type_of(arg, function.attrs), parts.arg_attrs[static_cast<std::int64_t>(i)]});
  }
  body.nodes.reserve(parts.nodes.size());
  for (const Message node : parts.nodes) {
    body.nodes.emplace_back(node);
    body.nodes.back().set_op_def(library.op_def(body.nodes.back().op()));
  }
  Resolver resolver(message, body);
  add_inputs(resolver, body);
  add_rets(parts, function.attrs, resolver, message, body);
  function.signature = std::move(parts.signature);
  return function;
}

std::string_view read_function_name(Message function) {
  for (MessageReader field(function, "FunctionDef"); field.next();) {
    if (field.tag() != kFunctionSignature) continue;
    for (MessageReader signature(field.message(), "OpDef"); signature.next();) {
      if (signature.tag() == 1) return signature.bytes();
    }
  }
  function.malformed("expected a function with a name");
}

Message read_signature(Message function) {
  for (MessageReader field(function, "FunctionDef"); field.next();) {
    if (field.tag() == kFunctionSignature) return field.message();
  }
  return {};
}

}  // namespace

Library::Library(Message functions, Message op_list) : op_defs_(op_list), message_(functions) {
  for (MessageReader field(functions, "FunctionDefLibrary"); field.next();) {
    if (field.tag() != 1) continue;
    const Message function = field.message();
    const std::string_view name = read_function_name(function);
    if (!functions_.emplace(name, Slot{.message = function}).second) {
      function.malformed(fmt::format("there are two functions '{}'", name));
    }
    names_.push_back(name);
  }
}

Library::Slot& Library::slot(std::string_view name) const {
  const auto found = functions_.find(name);
  if (found == functions_.end()) message_.malformed(fmt::format("there is no function '{}'", name));
  return found->second;
}

const FunctionDef& Library::function(std::string_view name) const {
  Slot& known = slot(name);
  if (!known.decoded) {
    FunctionDef function = as_written(name);
    function.body = with_structure(std::move(function.body), *this);
    known.decoded = std::make_unique<const FunctionDef>(std::move(function));
  }
  return *known.decoded;
}

FunctionDef Library::as_written(std::string_view name) const {
  return read_function(slot(name).message, *this);
}

void Library::add(Body body) const {
  auto function = std::make_unique<FunctionDef>();
  function->body = std::move(body);
  const std::string_view name = function->body.name;
  functions_.emplace(name, Slot{.decoded = std::move(function)});
}

std::string Library::unused_name(std::string_view base) const {
  std::string name;
  do {
    name = fmt::format("{}#{}", base, made_names_++);
  } while (functions_.contains(name));
  return name;
}

void Library::keep(std::shared_ptr<const Document> document) const {
  made_.push_back(std::move(document));
}

const OpDef* Library::op_def(std::string_view op) const {
  if (const OpDef* defined = op_defs_.find(op)) return defined;
  const auto slot = functions_.find(op);
  if (slot == functions_.end()) return nullptr;
  auto& signature = slot->second.signature;
  if (!signature) {
    signature = std::make_unique<const OpDef>(read_op_def(read_signature(slot->second.message)));
  }
  return signature.get();
}

}  // namespace litecast::tensorflow
