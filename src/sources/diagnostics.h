// Collects what stands in the way of a conversion, grouped by op and reason.
#pragma once

#include <litecast/diagnostics.h>

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace litecast {

class Diagnostics {
 public:
  void add(std::string_view op, std::string_view place, std::string_view reason,
           std::string_view remedy);
  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  bool empty() const { return diagnostics_.empty(); }
  void clear();
  // Op, place and reason of the first one in a line; empty where there is none.
  std::string first() const;
  // Throws ConversionError unless empty.
  void throw_if_any() const;

 private:
  // Of one op and reason; the rest of the places is not worth anybody's time.
  static constexpr std::size_t kMaxPlaces = 100;

  std::vector<Diagnostic> diagnostics_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index_;
};

}  // namespace litecast
