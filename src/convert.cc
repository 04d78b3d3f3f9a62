// A conversion from end to end: how a model travels through litecast.
#include <litecast/convert.h>

#include <algorithm>
#include <chrono>

#include "delegates/gpu.h"
#include "optimize/pipeline.h"
#include "report/summary.h"
#include "sources/diagnostics.h"
#include "sources/recognize.h"
#include "sources/tensorflow/importer.h"
#include "stablehlo/lower.h"
#include "tflite/writer.h"

namespace litecast {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

// Tells the caller how far the work has come, who may answer that it should end, and notes how long
// each step takes.
class Steps {
 public:
  explicit Steps(const ConvertOptions& options) : callback_(options.progress) {}

  void at(std::string_view step, double fraction) {
    enter(step);
    if (callback_ && !callback_({step, fraction})) throw Cancelled("the conversion was cancelled");
  }
  // Once in a while, when called for each of many small things.
  void within(std::string_view step, double fraction) {
    constexpr int kInterval = 1024;
    enter(step);
    if (++calls_ % kInterval == 0) at(step, fraction);
  }

  // Ends the last step, and puts the times into the report.
  void finish(Report& report) {
    enter("");
    timings_.pop_back();
    report.timings = std::move(timings_);
    report.seconds = seconds_between(start_, begun_);
  }

 private:
  void enter(std::string_view step) {
    if (!timings_.empty() && timings_.back().step == step) return;
    const Clock::time_point now = Clock::now();
    if (!timings_.empty()) timings_.back().seconds = seconds_between(begun_, now);
    timings_.push_back({std::string(step)});
    begun_ = now;
  }

  const std::function<bool(const Progress&)>& callback_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point begun_ = start_;
  std::vector<StepReport> timings_;
  int calls_ = 0;
};

std::unique_ptr<ir::Module> import(const Source& source, const ConvertOptions& options,
                                   const std::function<void()>& visited) {
  if (source.kind == SourceKind::graph_def)
    return tensorflow::import_graph_def(source.path, options, visited);
  return tensorflow::import_saved_model(source.path, options, visited);
}

std::unique_ptr<ir::Module> import(const MemoryModel& source, const ConvertOptions& options,
                                   const std::function<void()>& visited) {
  return tensorflow::import_memory_model(source, options, visited);
}

void check_names(const std::vector<std::string>& rewrites) {
  if (rewrites.empty()) return;
  const std::vector<std::string> known = optimize::rewrite_names();
  for (const std::string& name : rewrites)
    if (!std::ranges::binary_search(known, name))
      throw UsageError(
          fmt::format("there is no rewrite '{}'; there are: {}", name, fmt::join(known, ", ")));
}

void check_target(const ConvertOptions& options) {
  if (options.target == Target::stablehlo &&
      (options.select_tf_ops != SelectTfOps::never || options.allow_custom_ops))
    throw UsageError("a file of StableHLO operators takes neither Select TF ops nor custom ops");
}

void check_backends(const ir::Module& module, const std::vector<Backend>& backends) {
  if (std::ranges::find(backends, Backend::gpu) == backends.end()) return;
  Diagnostics diagnostics;
  for (const delegates::Refusal& refusal : delegates::refused_by_gpu(module)) {
    const ir::Node& node = *refusal.node;
    const std::string remedy = refusal.remedy.empty() ? "" : refusal.remedy + "; ";
    diagnostics.add(op_name(node),
                    node.provenance().empty() ? node.graph().name() : node.provenance(),
                    refusal.reason, remedy + "without --supported-backends the CPU runs it");
  }
  diagnostics.throw_if_any();
}

struct Built {
  std::unique_ptr<ir::Module> module;
  std::vector<std::string> notes;  // for the report
};

// The model as operators of the format, in as few of them as possible.
template <class AnySource>
Built build(const AnySource& source, const ConvertOptions& options, Steps& steps) {
  check_names(options.skipped_rewrites);
  check_target(options);
  steps.at("reading", 0);
  // Each op of the source becomes ops of the format at once; shapes, constants and sizes are
  // settled while the graph is being made.
  auto module = import(source, options, [&] { steps.within("building", 0.1); });

  // What is left: fusions, layout, and what only the whole graph shows.
  steps.at("optimizing", 0.3);
  const bool for_compilers = options.target == Target::stablehlo;
  auto notes =
      optimize::optimize(*module, {.recurrent = for_compilers ? Recurrent::loop : options.recurrent,
                                   .skipped = options.skipped_rewrites,
                                   .reduce_type_precision = options.reduce_type_precision,
                                   .before_pass = [&] { steps.at("optimizing", 0.3); }});
  if (for_compilers) stablehlo::lower(*module);
  check_backends(*module, options.supported_backends);
  return {std::move(module), std::move(notes)};
}

// Constants are read, computed and written piece by piece here, not before.
tflite::WriteOptions write_options(const ConvertOptions& options, Steps& steps) {
  tflite::WriteOptions write;
  write.conversion_metadata = options.metadata;
  write.debug_metadata = options.debug_metadata;
  write.conversion_options = {.allow_custom_ops = options.allow_custom_ops,
                              .enable_select_tf_ops = options.select_tf_ops != SelectTfOps::never,
                              .force_select_tf_ops = options.select_tf_ops == SelectTfOps::always};
  write.progress = [&steps](std::uint64_t done, std::uint64_t total) {
    const double part = total ? static_cast<double>(done) / static_cast<double>(total) : 1;
    steps.at("writing", 0.4 + 0.6 * part);
  };
  return write;
}

// Before the file is there: of a large graph it takes a while in which the work may still be ended.
Report report_of(const Built& built, Steps& steps) {
  steps.at("writing", 0.4);
  Report report = summarise(*built.module);
  report.warnings.insert(report.warnings.end(), built.notes.begin(), built.notes.end());
  steps.at("writing", 0.4);
  return report;
}

void complete(Report& report, const tflite::WrittenModel& written, Steps& steps) {
  report.bytes = written.size;
  report.min_runtime_version = written.min_runtime_version;
  steps.finish(report);
}

template <class AnySource>
Report convert_to_file(const AnySource& source, const std::string& output,
                       const ConvertOptions& options) {
  Steps steps(options);
  const Built built = build(source, options, steps);
  Report report = report_of(built, steps);
  complete(report, tflite::write_file(*built.module, output, write_options(options, steps)), steps);
  return report;
}

template <class AnySource>
Conversion convert_to_bytes(const AnySource& source, const ConvertOptions& options) {
  Steps steps(options);
  const Built built = build(source, options, steps);
  Report report = report_of(built, steps);
  tflite::MemoryOutput memory;
  complete(report, tflite::write(*built.module, memory, write_options(options, steps)), steps);
  return {memory.take(), std::move(report)};
}

}  // namespace

Report convert(const std::string& path, const std::string& output, const ConvertOptions& options) {
  // What the user named may also be a file within the SavedModel, or something else altogether.
  const Source source = convertible_source(path);
  require_outside(source.path, output);
  return convert_to_file(source, output, options);
}

Report convert(const MemoryModel& source, const std::string& output,
               const ConvertOptions& options) {
  return convert_to_file(source, output, options);
}

Conversion convert_to_memory(const std::string& path, const ConvertOptions& options) {
  return convert_to_bytes(convertible_source(path), options);
}

Conversion convert_to_memory(const MemoryModel& source, const ConvertOptions& options) {
  return convert_to_bytes(source, options);
}

}  // namespace litecast
