#include "sources/tensorflow/unsupported.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace litecast::tensorflow {
namespace {

struct Reason {
  const char* prefix;  // of the op's name
  const char* reason;
  const char* remedy;
};

constexpr const char* kNoStringKernel = "the runtime has no kernel that makes or changes strings";
constexpr const char* kOutsideStrings = "work on strings before and behind the model";
constexpr const char* kConverges =
    "it repeats steps until they converge, which no fixed number of ops does";
constexpr const char* kSeriesOfData = "its series has a number of terms that data decide";
constexpr const char* kByTrials =
    "it draws numbers by trials of which data decide how many there are";
constexpr const char* kOtherNumbers =
    "draw uniform or normal numbers, or make the numbers an input";
constexpr const char* kOutside = "compute it outside of the model";

// The first prefix that fits counts.
constexpr Reason kReasons[] = {
    {"TensorList", "this use of a list of tensors is not supported yet",
     "use tf.stack and tf.unstack on a fixed number of tensors"},
    {"TensorArray", "this use of an array of tensors is not supported yet",
     "use tf.stack and tf.unstack on a fixed number of tensors"},
    {"InitializeTableFromDataset", "input pipelines are not part of what the runtime runs",
     "fill the table by tf.lookup.KeyValueTensorInitializer or tf.lookup.TextFileInitializer"},
    {"ResourceApply", "this optimizer's update of a variable has no counterpart",
     "compute the new value with plain operations and store it with variable.assign"},
    {"Resource", "this assignment of a variable has no counterpart",
     "compute the new value with plain operations and store it with variable.assign"},
    {"StatefulUniform", "an older TensorFlow's way of drawing from a tf.random.Generator",
     "save the model again with TensorFlow 2.4 or newer"},
    {"StatefulStandardNormal", "an older TensorFlow's way of drawing from a tf.random.Generator",
     "save the model again with TensorFlow 2.4 or newer"},
    {"Iterator", "input pipelines are not part of what the runtime runs",
     "export a function of tensors"},
    {"PyFunc", "Python code cannot run within the runtime", "write it with TensorFlow's ops"},
    {"EagerPyFunc", "Python code cannot run within the runtime", "write it with TensorFlow's ops"},
    {"Stateless", kByTrials, kOtherNumbers},
    {"RandomGamma", kByTrials, kOtherNumbers},
    {"RandomPoisson", kByTrials, kOtherNumbers},
    {"Svd", kConverges, kOutside},
    {"Qr", "it has a step for each column, of many ops", kOutside},
    {"SelfAdjointEig", kConverges, kOutside},
    {"Eig", kConverges, kOutside},
    {"Igamma", kSeriesOfData, kOutside},
    {"Betainc", kSeriesOfData, kOutside},
    {"CTC", "it searches paths of which data decide how many there are",
     "decode greedily (tf.nn.ctc_greedy_decoder), or outside of the model"},
    {"AsString", kNoStringKernel, kOutsideStrings},
    {"String", kNoStringKernel, kOutsideStrings},
    {"Regex", kNoStringKernel, kOutsideStrings},
    {"StaticRegex", kNoStringKernel, kOutsideStrings},
    {"Substr", kNoStringKernel, kOutsideStrings},
    {"Unicode", kNoStringKernel, kOutsideStrings},
    {"EncodeBase64", kNoStringKernel, kOutsideStrings},
    {"DecodeBase64", kNoStringKernel, kOutsideStrings},
    {"XlaCallModule", "a StableHLO program within the graph is not supported yet",
     "export it without jax2tf's native serialization"},
};

// Ops whose work belongs before the model: their results become its inputs. `output`: the name of
// the output argument that holds the tensors.
struct Preprocessing {
  const char* op;
  const char* output;
  const char* what;
};
constexpr Preprocessing kPreprocessing[] = {
    {"ParseExample", "dense_values", "parses serialized tf.Example records"},
    {"ParseExampleV2", "dense_values", "parses serialized tf.Example records"},
    {"ParseSingleExample", "dense_values", "parses serialized tf.Example records"},
    {"ParseSequenceExample", "context_dense_values",
     "parses serialized tf.SequenceExample records"},
    {"ParseSequenceExampleV2", "context_dense_values",
     "parses serialized tf.SequenceExample records"},
    {"DecodeJpeg", "image", "decodes JPEG files"},
    {"DecodeAndCropJpeg", "image", "decodes JPEG files"},
    {"DecodePng", "image", "decodes PNG files"},
    {"DecodeBmp", "image", "decodes BMP files"},
    {"DecodeGif", "image", "decodes GIF files"},
    {"DecodeImage", "image", "decodes image files"},
    {"DecodeWav", "audio", "decodes WAV files"},
    {"DecodeRaw", "output", "reads numbers out of strings"},
    {"ReadFile", "contents", "reads files"},
};

std::size_t first_output(const OpDef& op, std::span<const std::size_t> starts,
                         std::string_view argument) {
  for (std::size_t i = 0; i < op.output_args.size() && i < starts.size(); ++i)
    if (op.output_args[i].name == argument) return starts[i];
  return 0;
}

std::vector<std::string> tensors_of(const NodeDef& node, const char* argument,
                                    const std::string& path) {
  constexpr std::size_t kMostNames = 8;
  if (!node.op_def()) return {path};
  const auto starts = node.output_starts();
  const std::size_t first = first_output(*node.op_def(), starts, argument);
  std::vector<std::string> names;
  for (std::size_t port = first; port < std::min(starts.back(), first + kMostNames); ++port)
    names.push_back(fmt::format("{}:{}", path, port));
  return names;
}

}  // namespace

emit::Unsupported unsupported(const NodeDef& node, const std::string& path) {
  for (const Preprocessing& known : kPreprocessing)
    if (node.op() == known.op)
      return emit::Unsupported(
          fmt::format("it {}, which the runtime does not do", known.what),
          fmt::format("do this before the model and let the graph begin behind it: {}{}",
                      "--input-arrays ",
                      fmt::join(tensors_of(node, known.output, path), " --input-arrays ")));
  for (const Reason& known : kReasons)
    if (node.op().starts_with(known.prefix)) return emit::Unsupported(known.reason, known.remedy);
  if (!node.op_def())
    return emit::Unsupported("TensorFlow itself has no such op: it comes from an extension");
  return emit::Unsupported(
      "the runtime has no builtin op for it, and no combination of them is known",
      "replace it in the model, or cut the graph before it with --output-arrays");
}

emit::Unsupported unstructured(const std::string& reason) {
  return emit::Unsupported(
      fmt::format("it is no part of a loop or branch as tf.while_loop and tf.cond write them: {}",
                  reason),
      "write the loop or branch with tf.while_loop or tf.cond, and ask for their results");
}

}  // namespace litecast::tensorflow
