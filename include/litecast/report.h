// What a conversion did and what its result needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace litecast {

// An argument or result of a signature.
struct TensorReport {
  // As callers of the signature name it.
  std::string name;
  // The tensor's name in the file.
  std::string tensor;
  // "float32", "int8", "string", …
  std::string dtype;
  // Sizes, -1 where the size is free. Meaningless when the rank is unknown.
  std::vector<std::int64_t> shape;
  bool has_rank = true;
};

struct SignatureReport {
  std::string key;
  // In the order of the graph's inputs and outputs.
  std::vector<TensorReport> inputs;
  std::vector<TensorReport> outputs;
};

struct OpCount {
  // "CONV_2D", or the name of a custom op.
  std::string op;
  int count = 0;
};

// What became of a layer of the source, or of another name scope.
struct LayerReport {
  // Its path: "functional_1/conv2d_1"; empty: of what stands in none.
  std::string name;
  // The operators that it became. One that was made of several layers' stands with one of them.
  std::vector<OpCount> ops;
  // Bytes of the constants that these are the first to use: its weights.
  std::uint64_t constant_bytes = 0;
};

struct StepReport {
  // "reading", "building", "optimizing", "writing".
  std::string step;
  double seconds = 0;
};

// An op that no builtin operator of the runtime computes.
struct KernelReport {
  // As TensorFlow calls it: "Qr".
  std::string op;
  // Whether TensorFlow's own kernel runs it (a Select TF op), or one of the application's.
  bool is_select_tf = false;
  int count = 0;
  // The layers that use it, or the paths of its nodes, each once.
  std::vector<std::string> places;
  // A sentence: why no builtin operator does; empty where that is not known.
  std::string reason;
  // What would avoid it; empty where nothing is known.
  std::string remedy;
};

struct Report {
  std::vector<SignatureReport> signatures;
  // Over all graphs; the most frequent first.
  std::vector<OpCount> ops;
  // In the order of execution.
  std::vector<LayerReport> layers;
  // Size of the model that was written.
  std::uint64_t bytes = 0;
  // What the conversion took, as a whole and step by step.
  double seconds = 0;
  std::vector<StepReport> timings;
  // The oldest runtime that has all the kernels in the versions that the model asks for, such as
  // "1.14.0".
  std::string min_runtime_version;
  // What the application's runtime must bring besides its builtin operators.
  std::vector<KernelReport> kernels;
  // Megabytes by which it grows thereby: of TensorFlow's kernels for Select TF ops, all of them, on
  // 32-bit ARM. What custom ops take is not known.
  int runtime_growth_mb = 0;
  // Whether the runtime runs it with its builtin kernels alone, and whether the runtime within
  // Google Play services does, which accepts no custom kernels.
  bool runs_on_standard_runtime = true;
  bool runs_on_play_services = true;
  // What the user should know though the conversion succeeded; a sentence each.
  std::vector<std::string> warnings;
};

}  // namespace litecast
