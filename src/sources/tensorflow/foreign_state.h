#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace litecast::tensorflow {

// The variables and tables that TensorFlow's runtime keeps, because a Select TF op takes their
// handles: then all ops that take them have to be Select TF ops. Which ones these are is found
// while the graph is walked, so that the walk has to begin again when there are more.
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

  // Whether there are more than when this was asked last.
  bool has_grown() { return std::exchange(has_grown_, false); }

 private:
  std::unordered_set<std::string> identities_;
  bool all_ = false;
  bool has_grown_ = false;
};

}  // namespace litecast::tensorflow
