// Converts a trained model into a .tflite file.
//
//   litecast::Report report = litecast::convert("path/to/saved_model", "model.tflite");
//
// The functions may be called from several threads at once. They never print, never end the
// process and never read the environment; they throw what <litecast/error.h> and
// <litecast/diagnostics.h> declare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <litecast/diagnostics.h>
#include <litecast/error.h>
#include <litecast/memory_model.h>
#include <litecast/report.h>

namespace litecast {

// In which order a graph takes its inputs and gives its outputs.
enum class IoOrder {
  // The order of TensorFlow's own converter, which is by a hash of the names: stable, but not the
  // model's. Callers should go by names.
  reference,
  // The order of the parameters and results of the model's own function.
  declared,
};

// Select TF ops: ops that TensorFlow's own kernels run, which the application links into its
// runtime.
enum class SelectTfOps {
  never,
  // What the runtime's builtin operators do not express.
  where_needed,
  // Whatever TensorFlow has a kernel for.
  always,
};

// What recurrent layers become.
enum class Recurrent {
  // For each layer the form that is the faster one on a CPU.
  automatic,
  // The runtime's recurrent ops (UNIDIRECTIONAL_SEQUENCE_LSTM, …) wherever they compute the same,
  // as microcontrollers and some delegates want them. Report::warnings says where they do not.
  fused,
  // Loops (WHILE).
  loop,
};

// Which operators the file consists of.
enum class Target {
  // The runtime's builtin operators, and what SelectTfOps and custom_ops add.
  runtime,
  // The format's StableHLO operators alone, for compilers that read them: the runtime has no kernel
  // for most. All sizes must be known.
  stablehlo,
};

// What runs a part of a model in the CPU's place.
enum class Backend {
  // The runtime's GPU delegate.
  gpu,
};

// Fixes sizes that a model leaves free.
struct InputShape {
  // An argument of a signature ("x"), or its tensor ("serving_default_x:0").
  std::string input;
  // One size for each axis; -1 leaves an axis as it is.
  std::vector<std::int64_t> sizes;
};

// Told at each step of a conversion.
struct Progress {
  // What is being done: "reading", "building", "optimizing", "writing".
  std::string_view step;
  // How much of the whole is done, from 0 to 1.
  double fraction = 0;
};

struct ConvertOptions {
  // Keys of the signatures to convert; empty: all.
  std::vector<std::string> signatures;
  // Tags of the graph to convert; empty: "serve", or the only one.
  std::vector<std::string> tags;
  std::vector<InputShape> input_shapes;
  IoOrder io_order = IoOrder::reference;
  Recurrent recurrent = Recurrent::automatic;
  // Tensors at which the graph begins or ends, instead of at the signature's: "path/of/node" or
  // "path/of/node:1". What lies beyond is left out and need not be convertible. Of a GraphDef,
  // which has no signatures, they are the inputs and outputs, in this order; where they are not
  // given, its placeholders and the tensors that no node takes.
  std::vector<std::string> input_arrays;
  std::vector<std::string> output_arrays;
  Target target = Target::runtime;
  SelectTfOps select_tf_ops = SelectTfOps::never;
  // Ops that extensions of TensorFlow define and the application's runtime registers, which may be
  // Select TF ops as well.
  std::vector<std::string> select_user_tf_ops;
  // Whether any op of TensorFlow may be one, and not only those whose kernels its library for
  // mobile devices brings: the application's runtime has to bring the others.
  bool select_all_tf_ops = false;
  // Whether what is left becomes custom ops, for which the application has kernels of its own:
  // those of these names, or all when there is none.
  bool allow_custom_ops = false;
  std::vector<std::string> custom_ops;
  // Whether tf.Assert is kept, which otherwise vanishes. It has no builtin operator, so it needs
  // Select TF ops or a custom op.
  bool preserve_asserts = false;
  // Backends that are to run the whole model: what one of them would leave to the CPU is a
  // ConversionError, which names all of it. The file is the same as without.
  std::vector<Backend> supported_backends;
  // Whether the file says how it was made (CONVERSION_METADATA).
  bool metadata = true;
  // Whether the file says of each operator where it comes from (debug_metadata): nodes, functions,
  // and the calls that lead there.
  bool debug_metadata = false;
  // Whether tables of INT8 that are gathered from become INT4 where all their values fit into it,
  // from -8 to 7, and what takes them is converted to another type. Report::warnings says where one
  // stays as it is.
  bool reduce_type_precision = false;
  // Rewrites of the optimizer to leave out, as `litecast opt --print-pipeline` names them: where a
  // result is in doubt, to find the one that is at fault.
  std::vector<std::string> skipped_rewrites;
  // Called from the converting thread; false stops the conversion with Cancelled.
  std::function<bool(const Progress&)> progress;
};

// Converts the model at `source`, a SavedModel folder or a frozen graph (a GraphDef in a .pb file),
// and writes it to `output`. The file appears whole or not at all: after an error `output` is what
// it was before.
//
// Throws ConversionError when the model uses what cannot be expressed, or what one of
// `supported_backends` does not run, MalformedInput when the
// source is broken, UsageError when the source is of another kind or an option names what does not
// exist, IoError when reading or writing fails, Cancelled.
Report convert(const std::string& source, const std::string& output,
               const ConvertOptions& options = {});
// The same for a model in memory.
Report convert(const MemoryModel& source, const std::string& output,
               const ConvertOptions& options = {});

struct Conversion {
  std::vector<std::byte> model;
  Report report;
};
// The same, but the model is returned instead of written.
Conversion convert_to_memory(const std::string& source, const ConvertOptions& options = {});
Conversion convert_to_memory(const MemoryModel& source, const ConvertOptions& options = {});

// The version of this library, "1.2.3".
std::string_view version();

}  // namespace litecast
