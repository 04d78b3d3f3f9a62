#pragma once

#include <string_view>

namespace litecast::tensorflow {

// Whether the Select TF delegate of the runtime takes TensorFlow's own kernel of this op.
bool is_select_tf_op(std::string_view op);

}  // namespace litecast::tensorflow
