#include "cli/json.h"

#include <nlohmann/json.hpp>

namespace litecast::cli {
namespace {

using Json = nlohmann::ordered_json;

Json tensor(const TensorReport& report) {
  Json json = {{"name", report.name}, {"tensor", report.tensor}, {"dtype", report.dtype}};
  json["shape"] = report.has_rank ? Json(report.shape) : Json(nullptr);
  return json;
}

Json signature(const SignatureReport& report) {
  Json json = {{"key", report.key}, {"inputs", Json::array()}, {"outputs", Json::array()}};
  for (const auto& input : report.inputs) json["inputs"].push_back(tensor(input));
  for (const auto& output : report.outputs) json["outputs"].push_back(tensor(output));
  return json;
}

Json kernel(const KernelReport& report) {
  return {{"op", report.op},         {"kind", report.is_select_tf ? "select_tf" : "custom"},
          {"count", report.count},   {"places", report.places},
          {"reason", report.reason}, {"remedy", report.remedy}};
}

Json counts(const std::vector<OpCount>& ops) {
  Json json = Json::object();
  for (const OpCount& op : ops) json[op.op] = op.count;
  return json;
}

Json layer(const LayerReport& report) {
  return {{"name", report.name},
          {"ops", counts(report.ops)},
          {"constant_bytes", report.constant_bytes}};
}

const char* kind_of(const std::exception& error) {
  if (dynamic_cast<const ConversionError*>(&error)) return "not convertible";
  if (dynamic_cast<const UsageError*>(&error)) return "wrong use";
  if (dynamic_cast<const MalformedInput*>(&error)) return "malformed input";
  if (dynamic_cast<const IoError*>(&error)) return "input/output";
  if (dynamic_cast<const Cancelled*>(&error)) return "cancelled";
  return "internal";
}

// Names in a broken file need not be valid UTF-8.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string json_of(const Report& report, const std::string& output) {
  Json json = {{"status", "converted"},
               {"output", output},
               {"bytes", report.bytes},
               {"seconds", report.seconds}};
  json["timings"] = Json::object();
  for (const StepReport& step : report.timings) json["timings"][step.step] = step.seconds;
  json["min_runtime_version"] = report.min_runtime_version;
  json["runs_on_standard_runtime"] = report.runs_on_standard_runtime;
  json["runs_on_play_services"] = report.runs_on_play_services;
  json["signatures"] = Json::array();
  for (const auto& entry : report.signatures) json["signatures"].push_back(signature(entry));
  json["ops"] = counts(report.ops);
  json["layers"] = Json::array();
  for (const auto& entry : report.layers) json["layers"].push_back(layer(entry));
  json["kernels"] = Json::array();
  for (const KernelReport& entry : report.kernels) json["kernels"].push_back(kernel(entry));
  json["runtime_growth_mb"] = report.runtime_growth_mb;
  json["warnings"] = report.warnings;
  return text_of(json);
}

std::string json_of(const std::exception& error) {
  Json json = {{"status", "failed"}, {"error", kind_of(error)}, {"message", error.what()}};
  json["diagnostics"] = Json::array();
  if (auto* conversion = dynamic_cast<const ConversionError*>(&error))
    for (const Diagnostic& diagnostic : conversion->diagnostics())
      json["diagnostics"].push_back({{"op", diagnostic.op},
                                     {"reason", diagnostic.reason},
                                     {"remedy", diagnostic.remedy},
                                     {"places", diagnostic.places}});
  return text_of(json);
}

}  // namespace litecast::cli
