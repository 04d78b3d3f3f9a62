// Functions of a graph's library, by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/tensorflow/body.h"
#include "sources/tensorflow/op_def.h"
#include "sources/tensorflow/proto.h"

namespace litecast::tensorflow {

// A function: its signature as an op (functions may be called like ops), its attributes and its
// body. The body's edges ("arg", "node:output_arg:index", "^node") are resolved.
struct FunctionDef {
  OpDef signature;
  AttrMap attrs;
  Body body;
};

// All functions and op definitions that nodes of a meta graph can name. Functions are decoded when
// first asked for; not for use by several threads at once.
class Library {
 public:
  Library() = default;
  // `functions` is a FunctionDefLibrary, `op_list` the OpList that the file brings. Throws
  // MalformedInput for two functions of the same name.
  Library(Message functions, Message op_list);

  std::size_t function_count() const { return functions_.size(); }
  bool has_function(std::string_view name) const { return functions_.contains(name); }
  // Throws MalformedInput when there is no such function or its body is broken: an input that is
  // no node, two nodes of the same name, a result without source.
  const FunctionDef& function(std::string_view name) const;
  // The same, with the control flow of TensorFlow 1 as the file has it.
  FunctionDef as_written(std::string_view name) const;
  // Names in the file's order.
  const std::vector<std::string_view>& function_names() const { return names_; }

  // The definition of an op or of a function called as an op; null when nobody defines it.
  const OpDef* op_def(std::string_view op) const;

  // Functions that no file holds: those of loops and branches of TensorFlow 1, which are found
  // while bodies are read.
  void add(Body body) const;
  // A name like `base` that no function has, and that is not given again.
  std::string unused_name(std::string_view base) const;
  // Keeps what nodes of such functions are views of.
  void keep(std::shared_ptr<const Document> document) const;

 private:
  struct Slot {
    Message message;
    std::unique_ptr<const OpDef> signature;
    std::unique_ptr<const FunctionDef> decoded;
  };
  Slot& slot(std::string_view name) const;

  OpDefs op_defs_;
  std::vector<std::string_view> names_;
  Message message_;
  mutable std::unordered_map<std::string_view, Slot> functions_;
  mutable std::vector<std::shared_ptr<const Document>> made_;
  mutable std::uint64_t made_names_ = 0;
};

}  // namespace litecast::tensorflow
