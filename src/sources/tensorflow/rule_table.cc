#include <algorithm>

#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow {
namespace {

bool by_op(const Rule& a, const Rule& b) { return std::string_view(a.op) < b.op; }

std::vector<Rule> all_rules() {
  std::vector<Rule> all;
  for (auto family : {rules::activation,
                      rules::array,
                      rules::audio,
                      rules::cast,
                      rules::comparison,
                      rules::constant,
                      rules::convolution,
                      rules::decoding,
                      rules::elementwise,
                      rules::factorization,
                      rules::gather,
                      rules::gradient,
                      rules::identity,
                      rules::image,
                      rules::image_gradient,
                      rules::joining,
                      rules::linear_algebra,
                      rules::loss,
                      rules::normalization,
                      rules::pooling,
                      rules::quantization,
                      rules::ragged,
                      rules::random,
                      rules::recurrent,
                      rules::reduction,
                      rules::scatter,
                      rules::search,
                      rules::segment,
                      rules::sequence,
                      rules::signal,
                      rules::slicing,
                      rules::sparse,
                      rules::special,
                      rules::stateless_random,
                      rules::trigonometry,
                      rules::window_gradient,
                      rules::xla}) {
    auto rules = family();
    all.insert(all.end(), rules.begin(), rules.end());
  }
  std::stable_sort(all.begin(), all.end(), by_op);
  return all;
}

}  // namespace

std::span<const Rule> rule_table() {
  static const std::vector<Rule> table = all_rules();
  return table;
}

const Rule* find_rule(std::string_view op) {
  const std::span<const Rule> table = rule_table();
  auto found =
      std::lower_bound(table.begin(), table.end(), op,
                       [](const Rule& rule, std::string_view name) { return rule.op < name; });
  return found != table.end() && found->op == op ? &*found : nullptr;
}

}  // namespace litecast::tensorflow
