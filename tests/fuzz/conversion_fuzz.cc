// Converts bytes as a GraphDef: loops, branches, lists, variables and tables are walked, optimized
// and written. Whatever stands in it must end in a model that can be read again or in an exception
// of litecast's. The seeds name their variables "v" (two floats) and "w" (a 32-bit integer).
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <litecast/convert.h>
#include <litecast/error.h>
#include "attempt.h"
#include "tflite/reader.h"

namespace litecast {
namespace {

MemoryModel model_of(std::span<const std::byte> message) {
  static constexpr std::array<float, 2> kFloats = {0.5F, -1.0F};
  static constexpr std::array<std::int32_t, 1> kIntegers = {3};
  MemoryModel model;
  model.kind = MemoryModel::Kind::graph_def;
  model.message = message;
  model.variables = {{"v", {2}, std::as_bytes(std::span(kFloats)), nullptr},
                     {"w", {}, std::as_bytes(std::span(kIntegers)), nullptr}};
  return model;
}

}  // namespace
}  // namespace litecast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace litecast;
  // Loops within loops may ask for minutes of work, which is for the user to end.
  constexpr int kMostSteps = 2000;
  const MemoryModel model = model_of(std::as_bytes(std::span(data, size)));
  for (const SelectTfOps select_tf_ops : {SelectTfOps::never, SelectTfOps::where_needed}) {
    int steps = 0;
    ConvertOptions options;
    options.select_tf_ops = select_tf_ops;
    options.progress = [&](const Progress&) { return ++steps < kMostSteps; };
    attempt([&] {
      const Conversion conversion = convert_to_memory(model, options);
      litecast::tflite::read_memory(conversion.model, "converted.tflite");
    });
  }
  return 0;
}
