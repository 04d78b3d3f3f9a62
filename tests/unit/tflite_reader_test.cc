#include "tflite/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <litecast/error.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ops/op_info.h"
#include "tflite/buffer_scan.h"
#include "tflite/format.h"
#include "tflite/writer.h"

namespace litecast::tflite {
namespace {

using ir::DType;
using ir::Op;
using ir::Type;
using ir::Value;
using testing::HasSubstr;
using testing::ThrowsMessage;

ir::ConstantPtr floats(std::size_t count, float first) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = first + static_cast<float>(i);
  return ir::Constant::of<float>(DType::FLOAT32, {static_cast<std::int64_t>(count)}, values);
}

// Has a bit of everything: free sizes, quantization, a loop, a custom op, constants of all sizes,
// an op without entry in the table, two signatures, metadata.
std::unique_ptr<ir::Module> rich_module(std::size_t large_count = 20000) {
  auto module = std::make_unique<ir::Module>();
  module->description = "rich";
  module->tensorflow_version = "2.21.0";
  module->operator_versions[Op::DELEGATE] = 3;
  module->metadata.push_back({"mine", {std::byte{1}, std::byte{2}}});
  const auto* place = module->provenance("place");
  ir::Graph& main = module->add_graph("main");
  ir::Graph& cond = module->add_graph("cond");
  ir::Graph& body = module->add_graph("body");
  for (ir::Graph* graph : {&cond, &body}) {
    graph->set_outputs({graph->add_input({DType::FLOAT32, {3}}, "state")});
  }

  const ir::Dim n = module->dims().symbol("n");
  const Type type{DType::FLOAT32, {n, 3}};
  Value* x = main.add_input(type, "x");
  const auto unary = [&](ir::NodeSpec spec, Type result) {
    return main.insert(std::move(spec), {std::move(result)}, place)->result();
  };
  Value* y = unary({Op::ADD, {x, main.constant(floats(3, 1))}, ::tflite::AddOptionsT{}}, type);
  y = unary({.op = Op::CUSTOM, .operands = {y}, .custom_name = "Mine", .custom_bytes = {7}}, type);
  y = unary({Op::DELEGATE, {y, nullptr}}, type);
  Value* z = unary({.op = Op::WHILE,
                    .operands = {main.constant(floats(3, 5))},
                    .options = ::tflite::WhileOptionsT{},
                    .graphs = {&cond, &body}},
                   {DType::FLOAT32, {3}});
  const auto* q = module->quantization({{0.5f, 0.25f}, {0, 0}, 0});
  Value* weights =
      main.constant(ir::Constant::owned(DType::INT8, {2, 3}, std::vector<std::byte>(6), q));
  Value* large = main.constant(floats(large_count, 9));
  y->set_name("y");
  main.set_outputs({y, x, weights, large, z, y});
  module->signatures.push_back({"a", &main, {{"x", 0}}, {{"y", 0}, {"x", 1}}});
  module->signatures.push_back({"b", &main, {{"in", 0}}, {{"w", 2}}});
  return module;
}

std::vector<std::byte> repacked(const format::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  format::FinishModelBuffer(builder, format::Model::Pack(builder, &model));
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

// The rich model, changed.
std::vector<std::byte> changed(const std::function<void(format::ModelT&)>& change) {
  const auto bytes = write_memory(*rich_module());
  format::ModelT model;
  format::GetModel(bytes.data())->UnPackTo(&model);
  change(model);
  return repacked(model);
}

void expect_error(const std::function<void(format::ModelT&)>& change, const char* message) {
  const auto bytes = changed(change);
  EXPECT_THAT(
      [&] { read_memory(bytes, "m.tflite"); },
      ThrowsMessage<MalformedInput>(testing::AllOf(HasSubstr("m.tflite"), HasSubstr(message))));
}

TEST(TfliteReaderTest, WritingWhatWasReadGivesTheSameBytes) {
  const auto bytes = write_memory(*rich_module());
  const auto module = read_memory(bytes, "m.tflite");
  EXPECT_EQ(write_memory(*module), bytes);
}

TEST(TfliteReaderTest, ModelsOfOtherLayoutsAreRead) {
  const auto bytes = write_memory(*rich_module());
  const auto other_layout = changed([](format::ModelT&) {});
  ASSERT_NE(other_layout, bytes);
  EXPECT_EQ(write_memory(*read_memory(other_layout, "m.tflite")), bytes);
}

TEST(TfliteReaderTest, DataBehindTheFlatBufferIsRead) {
  const auto behind = write_memory(*rich_module(), {.max_flatbuffer_size = 1000});
  EXPECT_EQ(write_memory(*read_memory(behind, "m.tflite")), write_memory(*rich_module()));
}

TEST(TfliteReaderTest, FreeSizesBecomeSymbolsAndConstantsStayConstants) {
  const auto module = read_memory(write_memory(*rich_module()), "m.tflite");
  const ir::Graph& main = *module->graphs()[0];
  EXPECT_FALSE(main.inputs()[0]->shape()[0].is_constant());
  EXPECT_EQ(main.inputs()[0]->shape()[1], ir::Dim(3));
  EXPECT_TRUE(main.outputs()[3]->is_constant());
  EXPECT_EQ(main.outputs()[2]->type().quantization->scales[1], 0.25f);
  EXPECT_EQ(main.outputs()[0]->name(), "y");
  EXPECT_EQ(module->operator_versions.at(Op::DELEGATE), 3);
}

TEST(TfliteReaderTest, InferenceRefinesFreeSizes) {
  const auto module = read_memory(write_memory(*rich_module()), "m.tflite");
  const ir::Graph& main = *module->graphs()[0];
  EXPECT_EQ(main.first()->result()->shape()[0], main.inputs()[0]->shape()[0]);
}

TEST(TfliteReaderTest, VariablesAreKept) {
  const auto bytes = changed([](format::ModelT& model) {
    auto& graph = *model.subgraphs[0];
    auto state = std::make_unique<format::TensorT>();
    state->shape = {2};
    state->has_rank = true;
    state->is_variable = true;
    state->name = "state";
    graph.tensors.push_back(std::move(state));
    graph.operators[1]->inputs.push_back(static_cast<int>(graph.tensors.size()) - 1);
  });
  const auto written = write_memory(*read_memory(bytes, "m.tflite"));
  int variables = 0;
  for (const auto* tensor : *format::GetModel(written.data())->subgraphs()->Get(0)->tensors()) {
    variables += tensor->is_variable() && tensor->name()->str() == "state";
  }
  EXPECT_EQ(variables, 1);
}

TEST(TfliteReaderTest, AnEmptyShapeIsAScalarWhereNoTensorStatesItsRank) {
  const auto read_shape = [](bool states_rank) {
    format::ModelT model;
    model.version = 3;
    model.buffers.push_back(std::make_unique<format::BufferT>());
    model.subgraphs.push_back(std::make_unique<format::SubGraphT>());
    for (bool has_rank : {false, states_rank}) {
      model.subgraphs[0]->tensors.push_back(std::make_unique<format::TensorT>());
      model.subgraphs[0]->tensors.back()->has_rank = has_rank;
    }
    model.subgraphs[0]->inputs = {0, 1};
    const auto module = read_memory(repacked(model), "m.tflite");
    return module->graphs()[0]->inputs()[0]->shape().is_ranked();
  };
  EXPECT_TRUE(read_shape(false));
  EXPECT_FALSE(read_shape(true));
}

TEST(TfliteReaderTest, IndicesOutOfRangeAreErrors) {
  using M = format::ModelT;
  expect_error([](M& m) { m.subgraphs[0]->operators[0]->opcode_index = 99; }, "operator code 99");
  expect_error([](M& m) { m.subgraphs[0]->operators[0]->inputs[0] = 99; }, "tensor 99");
  expect_error([](M& m) { m.subgraphs[0]->operators[0]->inputs[0] = -2; }, "tensor -2");
  expect_error([](M& m) { m.subgraphs[0]->operators[0]->outputs[0] = -1; }, "tensor -1");
  expect_error([](M& m) { m.subgraphs[0]->inputs[0] = 99; }, "subgraph 0: refers to tensor 99");
  expect_error([](M& m) { m.subgraphs[0]->outputs[0] = 99; }, "tensor 99");
  expect_error([](M& m) { m.subgraphs[0]->tensors[1]->buffer = 99; }, "tensor 1: has buffer 99");
  expect_error([](M& m) { m.metadata[0]->buffer = 99; }, "has buffer 99");
  expect_error([](M& m) { m.signature_defs[0]->subgraph_index = 99; }, "subgraph 99");
  expect_error([](M& m) { m.signature_defs[0]->inputs[0]->tensor_index = 1; }, "no input");
  expect_error([](M& m) { m.signature_defs[0]->outputs[0]->tensor_index = 1; }, "no output");
  expect_error([](M& m) { m.operator_codes[0]->builtin_code = static_cast<Op>(999); }, "999");
  expect_error(
      [](M& m) {
        m.subgraphs[0]->operators[3]->builtin_options.AsWhileOptions()->body_subgraph_index = 9;
      },
      "subgraph 9");
}

TEST(TfliteReaderTest, ContradictionsAreErrors) {
  using M = format::ModelT;
  expect_error([](M& m) { m.version = 2; }, "schema version 2");
  expect_error([](M& m) { m.subgraphs.clear(); }, "no subgraph");
  expect_error([](M& m) { m.subgraphs[0]->tensors[0]->type = static_cast<DType>(77); }, "type 77");
  expect_error([](M& m) { m.subgraphs[0]->tensors[0]->shape[1] = -5; }, "size -5");
  expect_error([](M& m) { m.subgraphs[0]->tensors[0]->shape_signature.push_back(1); },
               "signature 3");
  expect_error([](M& m) { m.subgraphs[0]->tensors[1]->shape[0] = 4; }, "12 bytes of data");
  expect_error([](M& m) { m.subgraphs[0]->tensors[1]->buffer = 0; }, "nothing before it makes");
  expect_error([](M& m) { m.subgraphs[0]->operators[1]->outputs[0] = 0; }, "made a second time");
  expect_error(
      [](M& m) {
        m.buffers[1]->data.clear(), m.buffers[1]->offset = 1u << 30, m.buffers[1]->size = 12;
      },
      "lead out of the file");
  expect_error(
      [](M& m) {
        for (auto& tensor : m.subgraphs[0]->tensors) {
          if (tensor->quantization) tensor->quantization->zero_point.push_back(1);
        }
      },
      "3 zero points");
  expect_error(
      [](M& m) {
        m.subgraphs[0]->operators[3]->builtin_options.AsWhileOptions()->body_subgraph_index = 0;
      },
      "contains itself");
}

TEST(TfliteReaderTest, WhatCannotBeReadYetIsNamed) {
  const auto sparse = changed([](format::ModelT& m) {
    m.subgraphs[0]->tensors[1]->sparsity = std::make_unique<format::SparsityParametersT>();
  });
  EXPECT_THAT([&] { read_memory(sparse, "m"); }, ThrowsMessage<UsageError>(HasSubstr("sparse")));
}

TEST(TfliteReaderTest, StringsWithDamagedOffsetsAreErrors) {
  const auto with_strings = [](std::vector<std::int32_t> words) {
    auto module = std::make_unique<ir::Module>();
    const auto bytes = std::as_bytes(std::span(words));
    ir::Graph& graph = module->add_graph("main");
    graph.set_outputs(
        {graph.constant(ir::Constant::owned(DType::STRING, {2}, {bytes.begin(), bytes.end()}))});
    return write_memory(*module);
  };
  EXPECT_NO_THROW(read_memory(with_strings({2, 16, 18, 20, 0}), "m"));
  for (const auto& words : std::vector<std::vector<std::int32_t>>{{3, 16, 18, 20, 0},
                                                                  {2, 15, 18, 20, 0},
                                                                  {2, 18, 16, 20, 0},
                                                                  {2, 16, 18, 21, 0},
                                                                  {2, 16}}) {
    EXPECT_THROW(read_memory(with_strings(words), "m"), MalformedInput);
  }
}

TEST(TfliteReaderTest, SharedVectorsDoNotMultiplyMemory) {
  // 20,000 tensors share a shape of 100,000 sizes: 8 GB from less than a megabyte.
  flatbuffers::FlatBufferBuilder builder;
  const auto shape = builder.CreateVector(std::vector<std::int32_t>(100000, 1));
  std::vector<flatbuffers::Offset<format::Tensor>> tensors;
  for (int i = 0; i < 20000; ++i) tensors.push_back(format::CreateTensor(builder, shape));
  const auto graph = format::CreateSubGraph(builder, builder.CreateVector(tensors));
  const auto graphs = builder.CreateVector(std::vector{graph});
  format::FinishModelBuffer(builder, format::CreateModel(builder, 3, 0, graphs));
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  EXPECT_THAT([&] { read_memory(bytes, "m"); }, ThrowsMessage<MalformedInput>(HasSubstr("share")));
}

// Reads what may be damaged: an error or a module that can be written, never more.
void read_and_write(std::span<const std::byte> bytes) {
  try {
    write_memory(*read_memory(bytes, "damaged"));
  } catch (const Error&) {
  }
}

TEST(TfliteReaderTest, CutFilesAreErrors) {
  const auto bytes = changed([](format::ModelT& m) { m.subgraphs[0]->outputs[3] = 0; });
  for (std::size_t size = 0; size < bytes.size(); size += size < 4000 ? 1 : 997) {
    EXPECT_THROW(read_memory(std::span(bytes).first(size), "cut"), MalformedInput) << size;
  }
}

TEST(TfliteReaderTest, FlippedBitsNeverCrash) {
  auto bytes = write_memory(*rich_module(1));
  for (std::byte& byte : bytes) {
    for (const std::byte mask : {std::byte{0x01}, std::byte{0x80}}) {
      byte ^= mask;
      read_and_write(bytes);
      byte ^= mask;
    }
  }
}

class TfliteReaderFileTest : public testing::Test {
 protected:
  TfliteReaderFileTest() {
    std::string name = testing::TempDir() + "litecast_reader_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~TfliteReaderFileTest() override { std::filesystem::remove_all(folder_); }

  std::string put(std::span<const std::byte> bytes) const {
    std::string path = folder_ / "m.tflite";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  std::filesystem::path folder_;
};

TEST_F(TfliteReaderFileTest, AFileGivesWhatMemoryGives) {
  const auto bytes = write_memory(*rich_module());
  for (const auto& layout : {bytes, changed([](format::ModelT&) {}),
                             write_memory(*rich_module(), {.max_flatbuffer_size = 1000})}) {
    EXPECT_EQ(write_memory(*read_file(put(layout))), bytes);
  }
}

TEST_F(TfliteReaderFileTest, AModelMayReplaceTheFileItWasReadFrom) {
  const auto bytes = write_memory(*rich_module());
  const std::string path = put(bytes);
  write_file(*read_file(path), path);
  const auto file = support::File::open(path);
  EXPECT_EQ(file->read(0, file->size()), bytes);
}

TEST_F(TfliteReaderFileTest, LargeBuffersAreNotReadWithTheTables) {
  for (const std::uint64_t limit : {kMaxFlatBufferSize, std::uint64_t{1000}}) {
    const auto bytes = write_memory(*rich_module(), {.max_flatbuffer_size = limit});
    const auto file = support::File::open(put(bytes));
    const auto ranges = scan_buffers(*file, file->size(), 4096);
    ASSERT_EQ(ranges.size(), 1u);
    EXPECT_EQ(ranges[0].size, 80000u);
    EXPECT_EQ(ranges[0].offset + ranges[0].size, file->size());
  }
}

TEST_F(TfliteReaderFileTest, CutFilesAreErrors) {
  const auto bytes = write_memory(*rich_module());
  for (const std::size_t size : {0, 7, 8, 100, 1000, 50000}) {
    const std::string path = put(std::span(bytes).first(size));
    EXPECT_THAT([&] { read_file(path); }, ThrowsMessage<MalformedInput>(HasSubstr(path)));
  }
}

}  // namespace
}  // namespace litecast::tflite
