// A graph in which tests call lowerings and look at the ops that came out.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emit/emitter.h"

namespace litecast::emit {

class EmitFixture : public testing::Test {
 protected:
  Dim symbol(std::string_view name) { return module_.dims().symbol(name); }
  Value* input(Shape shape, DType dtype = DType::FLOAT32) {
    return graph_.add_input({dtype, std::move(shape)});
  }
  Value* f32(const ir::StaticShape& shape, const std::vector<float>& values) {
    return e.constant(ir::Constant::of<float>(DType::FLOAT32, shape, values));
  }
  // 1, 2, 3 … of that shape.
  Value* counted(const ir::StaticShape& shape) {
    std::int64_t count = 1;
    for (std::int64_t dim : shape) count *= dim;
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i + 1);
    return f32(shape, values);
  }
  // The names of the graph's ops in order, separated by spaces.
  std::string ops() const {
    std::string names;
    for (const ir::Node* node = graph_.first(); node; node = node->next()) {
      if (!names.empty()) names += ' ';
      names += ir::name(node->op());
    }
    return names;
  }
  static std::vector<float> floats(const Value* value) {
    if (!value->is_constant()) throw std::runtime_error("the value was not folded");
    const auto bytes = value->constant()->bytes();
    const auto* data = reinterpret_cast<const float*>(bytes.data());
    return {data, data + bytes.size() / sizeof(float)};
  }

  ir::Module module_;
  ir::Graph& graph_ = module_.add_graph("main");
  ir::Builder builder_{graph_};
  Emitter e{builder_};
};

}  // namespace litecast::emit
