#pragma once

#include <string_view>
#include <vector>

namespace litecast::tensorflow {

// Whether the Select TF delegate of the runtime takes TensorFlow's own kernel of this op.
bool is_select_tf_op(std::string_view op);
// All of them that TensorFlow itself defines, in alphabetical order.
std::vector<std::string_view> select_tf_ops();

}  // namespace litecast::tensorflow
