// What must be known of the whole model before anything is emitted: which variables are written,
// by any op that any exported signature reaches, and how large the graph becomes when calls are
// walked into.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sources/tensorflow/body.h"
#include "sources/tensorflow/call.h"
#include "sources/tensorflow/function_def.h"

namespace litecast::tensorflow {

// What makes two handle nodes the same variable.
std::string variable_identity(const NodeDef& handle);
// A node that makes the handle of a variable, or (in TensorFlow 1) is one.
bool is_variable(std::string_view op);
// One of TensorFlow 1 that is no resource: whoever takes it as a tensor reads it.
bool is_reference_variable(std::string_view op);

class Plan {
 public:
  // Throws MalformedInput when functions call themselves, nest too deep, or double so often that
  // the calls expand to more nodes than any model has.
  Plan(const Library& library, std::span<const Body* const> entries);

  bool is_written(const NodeDef& variable) const;
  // The nodes of an entry or a function that must run, in execution order; kept.
  const std::vector<NodeId>& order(const Body& body);

 private:
  // Which handle a tensor is: an argument of the body, or a variable that the body makes.
  struct Origin {
    Edge::Kind kind;
    std::uint32_t index;
    bool is_reference = false;
  };
  struct Summary {
    std::vector<bool> writes;                            // by argument
    std::vector<std::optional<std::uint32_t>> returned;  // which argument a result is
    std::uint64_t expanded_nodes = 0;
    bool is_open = true;
  };
  class BodyScan;

  const Summary& summarise(std::string_view function);
  Summary scan(const Body& body);

  const Library& library_;
  std::unordered_map<const Body*, std::vector<NodeId>> orders_;
  std::unordered_map<std::string_view, Summary> summaries_;
  std::vector<std::string_view> open_calls_;
  std::unordered_set<std::string> written_;
};

}  // namespace litecast::tensorflow
