// Constants of the source become constants of the IR: views of the file's bytes or extents of the
// checkpoint, so that nothing large is read.
#pragma once

#include <string_view>

#include "ir/constant.h"
#include "sources/tensorflow/tensor_bundle.h"
#include "sources/tensorflow/tensor_proto.h"
#include "sources/tensorflow/variables.h"

namespace litecast::tensorflow {

// Throws emit::Unsupported when the format has no such element type.
ir::DType dtype_of(DataType type);

// The value of a Const. Throws MalformedInput, emit::Unsupported for a type the format lacks.
ir::ConstantPtr constant_of(const TensorProto& tensor);
// A string tensor in the runtime's layout.
ir::ConstantPtr string_constant(ir::StaticShape shape, std::span<const std::string_view> strings);
// Numbers that lie as TensorFlow holds them, at any alignment, kept alive by `owner`. Throws
// MalformedInput when they are too few or too many.
ir::ConstantPtr constant_of(DataType type, ir::StaticShape shape, std::span<const std::byte> bytes,
                            std::shared_ptr<const void> owner);
// A tensor of the checkpoint, or a part of it; numbers stay in the file. Throws MalformedInput when
// there is none.
ir::ConstantPtr constant_of(const TensorBundle& bundle, const VariableSource& source);

}  // namespace litecast::tensorflow
