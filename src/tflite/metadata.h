// What a file says about its own making.
#pragma once

#include <string>
#include <vector>

#include "ir/module.h"
#include "tflite/model_index.h"
#include "tflite/namespace.h"

namespace litecast::tflite {

// The lowest version of the runtime that has every operator in its version, such as "2.3.0"; empty
// when none is recorded. Never below what a file that the module was read from stated.
std::string min_runtime_version(const ir::Module& module, const ModelIndex& index);

// What was chosen for a conversion, as far as its metadata have a place for it.
struct ConversionOptions {
  bool allow_custom_ops = false;
  bool enable_select_tf_ops = false;
  bool force_select_tf_ops = false;
};

// The entry CONVERSION_METADATA: version of the source's framework, kind of source, structural hash
// of the model, and the conversion's options.
std::vector<std::byte> conversion_metadata(const ir::Module& module, const ModelIndex& index,
                                           const ConversionOptions& options);

// A hash of operators, tensor shapes and sizes of data, by the formula of the reference converter,
// whose tools compute it of any file.
std::uint64_t model_hash(const ModelIndex& index);

}  // namespace litecast::tflite
