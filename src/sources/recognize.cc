#include "sources/recognize.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "support/file.h"

namespace litecast {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNotConverted = "is not what litecast converts";

// ---- folders ----

bool holds(const fs::path& folder, const char* name) {
  std::error_code ignored;
  return fs::exists(folder / name, ignored);
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    paths.push_back(it->path());
  if (error)
    throw IoError(fmt::format("{}: cannot read the folder: {}", folder.string(), error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The folder of a SavedModel, where `path` is that or one of the files and folders within it.
std::optional<fs::path> enclosing_saved_model(fs::path path) {
  if (!path.has_filename()) path = path.parent_path();
  if (holds(path, "saved_model.pb")) return path;
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const std::string name = path.filename().string();
  if (name.starts_with("variables.") && holds(parent / "..", "saved_model.pb"))
    return parent / "..";
  const bool is_part = name == "saved_model.pb" || name == "variables" || name == "assets" ||
                       name == "fingerprint.pb" || name == "keras_metadata.pb";
  if (is_part && holds(parent, "saved_model.pb")) return parent;
  return std::nullopt;
}

[[noreturn]] void refuse_folder(const fs::path& folder) {
  const std::string name = folder.string();
  const auto inside = entries(folder);
  if (inside.empty())
    throw UsageError(fmt::format("{}: the folder is empty: there is no saved_model.pb", name));
  if (holds(folder, "saved_model.pbtxt"))
    throw UsageError(
        fmt::format("{}: this SavedModel is in text form (saved_model.pbtxt), which {}; save it "
                    "without as_text=True",
                    name, kNotConverted));
  for (const fs::path& entry : inside) {
    if (holds(entry, "saved_model.pb"))
      throw UsageError(
          fmt::format("{}: no SavedModel, but there is one within: {}", name, entry.string()));
    const std::string file = entry.filename().string();
    if (file == "checkpoint" || file.ends_with(".index") || file.ends_with(".meta"))
      throw UsageError(
          fmt::format("{}: a checkpoint holds weights without the graph; load it into the model "
                      "and save that with tf.saved_model.save or model.export",
                      name));
    if (file == "model.json" || file.ends_with(".safetensors") || file.ends_with(".mlmodelc"))
      throw UsageError(
          fmt::format("{}: {} {}; export the model as a SavedModel", name, file, kNotConverted));
  }
  throw UsageError(fmt::format("{}: no SavedModel: the folder holds no saved_model.pb", name));
}

// ---- files ----

struct Suffix {
  std::string_view suffix;
  const char* answer;
};

constexpr const char* kKeras =
    "a Keras file is not read yet; load it in Keras and save a SavedModel: "
    "keras.saving.load_model(path).export(folder)";
constexpr const char* kHdf5 =
    "an HDF5 file, as Keras writes it, is not read yet; load it in Keras and save a SavedModel: "
    "keras.saving.load_model(path).export(folder)";
constexpr const char* kTorch =
    "a PyTorch file; export the model to a SavedModel first (for example through ONNX)";
constexpr const char* kArchive =
    "an archive; unpack it and give the folder that holds saved_model.pb";
constexpr std::array<Suffix, 18> kSuffixes = {{
    {".pbtxt", "a graph in text form; save the model as a binary SavedModel"},
    {".keras", kKeras},
    {".h5", kHdf5},
    {".hdf5", kHdf5},
    {".onnx", "an ONNX file; export the model from its framework as a SavedModel"},
    {".pt", kTorch},
    {".pth", kTorch},
    {".pt2", kTorch},
    {".ckpt", "a checkpoint holds weights without the graph; save the model as a SavedModel"},
    {".index", "a checkpoint holds weights without the graph; save the model as a SavedModel"},
    {".meta", "a checkpoint's graph is not read; save the model as a SavedModel"},
    {".safetensors", "weights without a graph; save the model as a SavedModel"},
    {".mlmodel", "a Core ML model cannot be converted back"},
    {".tar.gz", kArchive},
    {".tgz", kArchive},
    {".tar", kArchive},
    {".zip", kArchive},
    {".json", "a TensorFlow.js model is not read; save the model as a SavedModel"},
}};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Archives list their files at the end. Null when these say nothing.
const char* answer_for_zip(const support::File& file) {
  const std::uint64_t size = std::min<std::uint64_t>(file.size(), 1 << 16);
  const auto bytes = file.read(file.size() - size, size);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (contains(text, "saved_model.pb")) return kArchive;
  if (contains(text, "model.weights.h5")) return kKeras;
  if (contains(text, "data.pkl")) return kTorch;
  return nullptr;
}

// What the first bytes say, whatever the name; null when they say nothing.
const char* answer_by_content(const support::File& file) {
  const auto bytes = file.read(0, std::min<std::uint64_t>(file.size(), 512));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x89HDF\r\n")) return kHdf5;
  if (text.starts_with("\x1f\x8b") || text.starts_with("BZh") ||
      text.starts_with("\xfd"
                       "7zXZ") ||
      (text.size() > 262 && text.substr(257, 5) == "ustar"))
    return kArchive;
  return nullptr;
}

const char* answer_by_name(std::string_view name) {
  for (const Suffix& known : kSuffixes)
    if (name.ends_with(known.suffix)) return known.answer;
  return nullptr;
}

bool is_zip(const support::File& file) {
  if (file.size() < 4) return false;
  const auto bytes = file.read(0, 4);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), 4) == "PK\x03\x04";
}

const char* answer_for(const support::File& file) {
  if (const char* answer = is_zip(file) ? answer_for_zip(file) : answer_by_content(file))
    return answer;
  if (const char* answer = answer_by_name(file.path())) return answer;
  return is_zip(file) ? kArchive : nullptr;
}

bool is_tflite(const support::File& file) {
  if (file.size() < 8) return false;
  const auto bytes = file.read(4, 4);
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), 4) == "TFL3";
}

// A GraphDef begins with a node, which begins with its name; or with its versions or functions when
// it has no nodes.
bool is_graph_def(const support::File& file) {
  if (!std::string_view(file.path()).ends_with(".pb") || file.size() < 4) return false;
  const auto first = file.read(0, 1)[0];
  constexpr std::byte kNode{0x0a}, kLibrary{0x12}, kVersions{0x22};
  return first == kNode || first == kLibrary || first == kVersions;
}

}  // namespace

Source recognize(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw IoError(error ? fmt::format("{}: cannot read it: {}", path, error.message())
                        : fmt::format("{}: there is no such file or folder", path));
  if (auto folder = enclosing_saved_model(path)) return {SourceKind::saved_model, folder->string()};
  if (fs::is_directory(path, error)) refuse_folder(path);
  auto file = support::File::open(path);
  if (is_tflite(*file)) return {SourceKind::tflite, path};
  if (const char* answer = answer_for(*file)) throw UsageError(fmt::format("{}: {}", path, answer));
  if (is_graph_def(*file)) return {SourceKind::graph_def, path};
  throw UsageError(fmt::format(
      "{}: neither a SavedModel folder, nor a frozen graph (.pb), nor a .tflite file", path));
}

Source convertible_source(const std::string& path) {
  Source source = recognize(path);
  if (source.kind == SourceKind::tflite)
    throw UsageError(fmt::format("{}: this is a .tflite already", path));
  return source;
}

void require_outside(const std::string& source, const std::string& output) {
  std::error_code error;
  const fs::path target = fs::canonical(output, error);
  if (error || !fs::is_regular_file(target)) return;
  const fs::path inside = target.lexically_relative(fs::canonical(source));
  if (!inside.empty() && *inside.begin() != ".." && !is_tflite(*support::File::open(target)))
    throw UsageError(fmt::format("{}: the output would replace the input or a part of it", output));
}

}  // namespace litecast
