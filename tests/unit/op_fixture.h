// A graph in which tests ask for ops, one at a time, as sources do.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.h"

namespace litecast::ops {

using enum tflite::TensorType;

class OpFixture : public testing::Test {
 protected:
  ir::Dim symbol(std::string_view name) { return module_.dims().symbol(name); }
  ir::Value* input(DType dtype, ir::Shape shape) {
    return graph_.add_input({dtype, std::move(shape)});
  }
  ir::Value* quantized_input(DType dtype, ir::Shape shape, float scale = 0.5f) {
    const auto* q = module_.quantization({.scales = {scale}, .zero_points = {0}});
    return graph_.add_input({dtype, std::move(shape), q});
  }
  template <class T>
  ir::Value* constant(DType dtype, ir::StaticShape shape, std::vector<T> values) {
    return builder_.constant(
        ir::Constant::of<T>(dtype, std::move(shape), std::span<const T>(values)));
  }
  ir::Value* f32(ir::StaticShape shape, std::vector<float> values) {
    return constant(FLOAT32, std::move(shape), std::move(values));
  }
  ir::Value* i32(ir::StaticShape shape, std::vector<std::int32_t> values) {
    return constant(INT32, std::move(shape), std::move(values));
  }
  ir::Value* i64(ir::StaticShape shape, std::vector<std::int64_t> values) {
    return constant(INT64, std::move(shape), std::move(values));
  }
  ir::Value* boolean(ir::StaticShape shape, std::vector<std::uint8_t> values) {
    return constant(BOOL, std::move(shape), std::move(values));
  }
  // An INT32 vector of which only the contents are known.
  ir::Value* sizes(std::vector<ir::Dim> contents) {
    ir::Value* value = input(INT32, {static_cast<std::int64_t>(contents.size())});
    value->set_contents(std::move(contents));
    return value;
  }

  tl::expected<ir::Values, LimitViolation> ask(Op op, ir::Values operands, ir::Options options = {},
                                               std::vector<ir::Type> results = {}) {
    return builder_.add({.op = op, .operands = std::move(operands), .options = std::move(options)},
                        std::move(results));
  }
  // The first result; the test fails when the op refuses.
  ir::Value* add(Op op, ir::Values operands, ir::Options options = {}) {
    auto values = ask(op, std::move(operands), std::move(options));
    if (!values) throw std::runtime_error(values.error().message);
    return values->at(0);
  }
  // Whether the op refuses, and because of what.
  std::optional<LimitViolation::Kind> refusal(Op op, ir::Values operands,
                                              ir::Options options = {}) {
    auto values = ask(op, std::move(operands), std::move(options));
    return values ? std::nullopt : std::optional(values.error().kind);
  }
  int version_of(Op op, ir::Values operands, ir::Options options = {}) {
    const ir::Node& node = *add(op, std::move(operands), std::move(options))->producer();
    return version_of(node);
  }
  static int version_of(const ir::Node& node) {
    std::vector<ir::Type> results;
    for (const ir::Value* result : node.results()) results.push_back(result->type());
    return version(*find(node.op()),
                   {node.op(), node.options(), node.operands(), node.graphs(), results});
  }

  // The elements of a value that must have been folded.
  template <class T>
  static std::vector<T> elements(const ir::Value* value) {
    if (!value->is_constant()) throw std::runtime_error("the op was not folded");
    const auto bytes = value->constant()->bytes();
    const auto* data = reinterpret_cast<const T*>(bytes.data());
    return {data, data + bytes.size() / sizeof(T)};
  }

  ir::Module module_;
  ir::Graph& graph_ = module_.add_graph("main");
  ir::Builder builder_{graph_};
};

}  // namespace litecast::ops
