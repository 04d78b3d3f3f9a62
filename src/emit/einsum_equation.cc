#include "emit/einsum_equation.h"

#include <cctype>

#include "emit/emitter.h"

namespace litecast::emit {
namespace {

constexpr std::string_view kEllipsis = "...";

[[noreturn]] void malformed(std::string_view equation) {
  throw Unsupported(fmt::format("\"{}\" is not an einsum equation for these operands", equation));
}

std::vector<std::string_view> split_terms(std::string_view text) {
  std::vector<std::string_view> terms;
  while (true) {
    auto comma = text.find(',');
    terms.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return terms;
    text.remove_prefix(comma + 1);
  }
}

// `ellipsis_rank`: how many axes "..." stands for.
Labels parse_term(std::string_view term, int ellipsis_rank, std::string_view equation) {
  Labels labels;
  bool seen = false;
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(term[i]))) {
      labels.push_back(term[i]);
    } else if (term.substr(i, kEllipsis.size()) == kEllipsis && !seen && ellipsis_rank >= 0) {
      for (int axis = ellipsis_rank; axis > 0; --axis) labels.push_back(-axis);
      i += kEllipsis.size() - 1;
      seen = true;
    } else {
      malformed(equation);
    }
  }
  return labels;
}

int ellipsis_rank_of(std::string_view term, int rank) {
  bool has = term.find(kEllipsis) != std::string_view::npos;
  auto letters = static_cast<int>(term.size()) - (has ? static_cast<int>(kEllipsis.size()) : 0);
  return has ? rank - letters : 0;
}

Labels implicit_result(const std::vector<Labels>& operands, int ellipsis_rank) {
  std::map<Label, int> counts;
  for (const Labels& labels : operands)
    for (Label label : labels) ++counts[label];
  Labels result;
  for (int axis = ellipsis_rank; axis > 0; --axis) result.push_back(-axis);
  for (auto [label, count] : counts)
    if (label > 0 && count == 1) result.push_back(label);
  return result;
}

}  // namespace

EinsumEquation parse_einsum(std::string_view equation, const std::vector<int>& ranks) {
  std::string text;
  std::copy_if(equation.begin(), equation.end(), std::back_inserter(text),
               [](char c) { return c != ' '; });
  auto arrow = text.find("->");
  auto terms = split_terms(std::string_view(text).substr(0, arrow));
  if (terms.size() != ranks.size()) malformed(equation);
  EinsumEquation parsed;
  int widest = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    int ellipsis_rank = ellipsis_rank_of(terms[i], ranks[i]);
    parsed.operands.push_back(parse_term(terms[i], ellipsis_rank, equation));
    if (static_cast<int>(parsed.operands.back().size()) != ranks[i]) malformed(equation);
    widest = std::max(widest, ellipsis_rank);
  }
  if (arrow == std::string::npos) {
    parsed.result = implicit_result(parsed.operands, widest);
    return parsed;
  }
  parsed.result = parse_term(std::string_view(text).substr(arrow + 2), widest, equation);
  for (Label label : parsed.result) {
    bool known = std::any_of(parsed.operands.begin(), parsed.operands.end(), [&](const Labels& l) {
      return std::find(l.begin(), l.end(), label) != l.end();
    });
    if (!known || std::count(parsed.result.begin(), parsed.result.end(), label) > 1)
      malformed(equation);
  }
  return parsed;
}

}  // namespace litecast::emit
