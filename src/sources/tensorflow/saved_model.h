// A SavedModel folder: saved_model.pb, the checkpoint in variables/, and assets/.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/tensorflow/meta_graph.h"
#include "sources/tensorflow/proto.h"
#include "sources/tensorflow/tensor_bundle.h"

namespace litecast::tensorflow {

class SavedModel {
 public:
  // True when the folder looks like one: it holds saved_model.pb or saved_model.pbtxt.
  static bool is_saved_model(const std::string& folder);
  // Throws UsageError when the folder holds no saved_model.pb, MalformedInput, IoError.
  static std::shared_ptr<const SavedModel> open(const std::string& folder);
  // One whose saved_model.pb is `document`, without a folder, and so without checkpoint and assets.
  static std::shared_ptr<const SavedModel> of(std::shared_ptr<const Document> document);

  const std::string& folder() const { return folder_; }
  const std::vector<std::unique_ptr<const MetaGraph>>& meta_graphs() const { return meta_graphs_; }
  // The meta graph with exactly these tags; with no tags the one tagged "serve", or the only one.
  // Throws UsageError listing the tags that exist.
  const MetaGraph& meta_graph(std::span<const std::string> tags = {}) const;

  // The checkpoint; null when the model has no variables folder.
  const TensorBundle* variables() const { return variables_.get(); }
  // The path of a file in assets/. Throws MalformedInput when `filename` would lead out of it.
  std::string asset_path(std::string_view filename) const;

 private:
  void read(std::shared_ptr<const Document> document);

  std::string folder_;
  std::shared_ptr<const Document> document_;
  std::vector<std::unique_ptr<const MetaGraph>> meta_graphs_;
  std::unique_ptr<const TensorBundle> variables_;
};

}  // namespace litecast::tensorflow
