// What becomes of an op that the runtime's builtin operators do not express, as far as the options
// allow it.
#pragma once

#include <litecast/convert.h>

#include <string>
#include <vector>

#include "sources/diagnostics.h"
#include "sources/tensorflow/foreign_state.h"
#include "sources/tensorflow/node_def.h"

namespace litecast::tensorflow {

// Who runs it: nobody, TensorFlow's own kernel (a Select TF op), or a kernel of the user's.
enum class Kernel { none, select_tf, custom };

// Which option would have an op converted that no builtin operators compute: "--select-tf-ops",
// "--allow-custom-ops", or none.
std::string_view option_of(std::string_view op);

class Fallback {
 public:
  // `options` must outlive this object.
  explicit Fallback(const ConvertOptions& options) : options_(options) {
    if (options.select_tf_ops == SelectTfOps::always) state.add_all();
  }

  // Whether custom ops of that name are allowed.
  bool allows_custom(std::string_view name) const;
  bool preserves_asserts() const { return options_.preserve_asserts; }
  bool allows_select_tf() const { return options_.select_tf_ops != SelectTfOps::never; }
  Kernel kernel_of(const NodeDef& node) const;
  // Whether a Select TF op is wanted even where builtin operators would do.
  bool is_forced(const NodeDef& node) const;
  // `remedy`, and which option would have the op converted.
  std::string remedy(const NodeDef& node, const std::string& remedy) const;

  ForeignState state;
  // Why each op fell back, and what would avoid it.
  Diagnostics reasons;

 private:
  bool is_select_tf(const NodeDef& node) const;

  const ConvertOptions& options_;
};

}  // namespace litecast::tensorflow
