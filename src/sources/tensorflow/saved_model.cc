#include "sources/tensorflow/saved_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include <litecast/error.h>
#include "support/path.h"

namespace litecast::tensorflow {

namespace {

constexpr const char* kFile = "saved_model.pb";
constexpr const char* kTextFile = "saved_model.pbtxt";

std::vector<std::string> sorted(std::vector<std::string> tags) {
  std::sort(tags.begin(), tags.end());
  return tags;
}

std::vector<std::string> tags_of(const MetaGraph& graph) {
  return sorted({graph.tags.begin(), graph.tags.end()});
}

std::string list_tags(const std::vector<std::unique_ptr<const MetaGraph>>& graphs) {
  std::vector<std::string> sets;
  for (const auto& graph : graphs) {
    sets.push_back(fmt::format("{{{}}}", fmt::join(tags_of(*graph), ",")));
  }
  return fmt::format("{}", fmt::join(sets, " "));
}

// A name that leads out of the folder would let a model read any file.
bool stays_inside(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  while (true) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool SavedModel::is_saved_model(const std::string& folder) {
  return support::is_file(support::join_path(folder, kFile)) ||
         support::is_file(support::join_path(folder, kTextFile));
}

std::shared_ptr<const SavedModel> SavedModel::open(const std::string& folder) {
  const std::string path = support::join_path(folder, kFile);
  if (!support::is_file(path)) {
    throw UsageError(support::is_file(support::join_path(folder, kTextFile))
                         ? folder +
                               ": holds a SavedModel in text form (saved_model.pbtxt), which "
                               "litecast does not read; save it again in binary form"
                         : folder + ": not a SavedModel: there is no file saved_model.pb");
  }
  auto model = std::shared_ptr<SavedModel>(new SavedModel);
  model->folder_ = folder;
  model->read(Document::read(path));
  const std::string prefix = support::join_path(folder, "variables/variables");
  if (support::is_file(prefix + ".index")) model->variables_ = TensorBundle::open(prefix);
  return model;
}

std::shared_ptr<const SavedModel> SavedModel::of(std::shared_ptr<const Document> document) {
  auto model = std::shared_ptr<SavedModel>(new SavedModel);
  model->folder_ = document->name();
  model->read(std::move(document));
  return model;
}

void SavedModel::read(std::shared_ptr<const Document> document) {
  document_ = std::move(document);
  for (MessageReader field(Message(*document_), "SavedModel"); field.next();) {
    if (field.tag() == 2) {
      meta_graphs_.push_back(std::make_unique<const MetaGraph>(field.message()));
    }
  }
  if (meta_graphs_.empty())
    throw MalformedInput(document_->name() + ": expected at least one graph");
}

const MetaGraph& SavedModel::meta_graph(std::span<const std::string> tags) const {
  if (tags.empty() && meta_graphs_.size() == 1) return *meta_graphs_.front();
  const auto wanted =
      tags.empty() ? std::vector<std::string>{"serve"} : sorted({tags.begin(), tags.end()});
  for (const auto& graph : meta_graphs_) {
    if (tags_of(*graph) == wanted) return *graph;
  }
  throw UsageError(fmt::format("{}: there is no graph with the tags {{{}}}; there are: {}", folder_,
                               fmt::join(wanted, ","), list_tags(meta_graphs_)));
}

std::string SavedModel::asset_path(std::string_view filename) const {
  if (!stays_inside(filename)) {
    throw MalformedInput(
        fmt::format("{}: the asset '{}' lies outside of assets/", folder_, filename));
  }
  return support::join_path(support::join_path(folder_, "assets"), filename);
}

}  // namespace litecast::tensorflow
