#include <fmt/format.h>

#include <litecast/error.h>
#include <litecast/ops.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.h"
#include "cli/exit_code.h"

namespace litecast::cli {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

nlohmann::ordered_json json_of(const OpCoverage& op) {
  return {{"op", op.op},
          {"becomes", words(op.becomes)},
          {"dtypes", words(op.dtypes)},
          {"refused_dtypes", words(op.refused)},
          {"reason", op.reason},
          {"largest_rank", op.rank},
          {"free_sizes", op.free_sizes},
          {"min_runtime_version", op.runtime},
          {"delegates", words(op.delegates)},
          {"note", op.note},
          {"builtin", op.builtin},
          {"option", op.option}};
}

void print_line(std::string_view what, std::string_view value) {
  if (!value.empty()) fmt::print("  {:<14}{}\n", what, value);
}

void print(const OpCoverage& op) {
  fmt::print("{}\n", op.op);
  print_line("becomes", op.becomes);
  print_line("element types", op.dtypes);
  print_line("refused", op.refused);
  print_line("because", op.reason);
  if (!op.dtypes.empty()) {
    print_line("ranks", fmt::format("up to {}", op.rank));
    print_line("free sizes", op.free_sizes ? "yes" : "no");
  }
  print_line("runtime", op.runtime.empty() ? "" : fmt::format("{} or later", op.runtime));
  print_line("delegates", op.delegates);
  print_line("note", op.note);
  print_line(op.builtin ? "otherwise" : "needs", op.option);
}

// The op of that name, whatever the case of its letters.
OpCoverage find(const std::vector<OpCoverage>& all, const std::string& name) {
  const auto lower = [](std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
  };
  const auto found =
      std::ranges::find(all, lower(name), [&](const OpCoverage& op) { return lower(op.op); });
  if (found != all.end()) return *found;
  std::string similar;
  for (const OpCoverage& op : all)
    if (lower(op.op).find(lower(name)) != std::string::npos)
      similar += fmt::format("{}{}", similar.empty() ? "" : ", ", op.op);
  throw UsageError(fmt::format(
      "{} is not converted to builtin ops, nor a Select TF op; --allow-custom-ops leaves it to a "
      "kernel of yours{}{}",
      name, similar.empty() ? "" : "; similar: ", similar));
}

}  // namespace

int run_ops(const OpsArguments& arguments) {
  std::vector<OpCoverage> chosen = op_coverage();
  if (!arguments.name.empty()) chosen = {find(chosen, arguments.name)};
  if (arguments.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const OpCoverage& op : chosen) all.push_back(json_of(op));
    fmt::print("{}\n", arguments.name.empty() ? all.dump(1) : all[0].dump(1));
  } else if (!arguments.name.empty()) {
    print(chosen.front());
  } else {
    for (const OpCoverage& op : chosen)
      fmt::print("{:<36} {:<17} {}\n", op.op, op.builtin ? "" : op.option,
                 op.becomes.empty() ? op.note : op.becomes);
  }
  return kDone;
}

}  // namespace litecast::cli
