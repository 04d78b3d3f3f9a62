#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// The variables, tables and lists that TensorFlow's runtime keeps, because a Select TF op takes
// their handles: then all ops that take them have to be Select TF ops. Which ones these are is
// found while the graph is walked, so that the walk has to begin again when there are more.
class ForeignState {
 public:
  // By variable_identity().
  bool contains(std::string_view identity) const {
    return all_ || identities_.contains(std::string(identity));
  }
  void add(std::string_view identity) {
    has_grown_ |= identities_.insert(std::string(identity)).second;
  }
  // All that there are.
  void add_all() { all_ = true; }
  // The same for lists of tensors, by TensorList::origin.
  bool contains_list(std::string_view origin) const {
    return all_lists_ || lists_.contains(std::string(origin));
  }
  void add_list(std::string_view origin) {
    has_grown_ |= lists_.insert(std::string(origin)).second;
  }
  void add_all_lists() { all_lists_ = true; }

  // The nodes that make the tables among them that change, as far as the walk has used them.
  std::vector<const NodeDef*> changing_tables;

  // Whether there are more than when this was asked last.
  bool has_grown() { return std::exchange(has_grown_, false); }

 private:
  std::unordered_set<std::string> identities_;
  std::unordered_set<std::string> lists_;
  bool all_ = false;
  bool all_lists_ = false;
  bool has_grown_ = false;
};

}  // namespace litecast::tensorflow
