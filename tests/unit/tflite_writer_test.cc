#include "tflite/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <litecast/error.h>
#include <unistd.h>

#include <filesystem>

#include "conversion_metadata_generated.h"

namespace litecast::tflite {
namespace {

using ir::DType;
using ir::Graph;
using ir::Module;
using ir::Op;
using ir::Shape;
using ir::Type;
using ir::Value;
using testing::ElementsAre;

ir::ConstantPtr floats(std::size_t count, float first) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = first + static_cast<float>(i);
  return ir::Constant::of<float>(DType::FLOAT32, {static_cast<std::int64_t>(count)}, values);
}

// A module of one graph, to which nodes are added without checks.
class TinyModule {
 public:
  TinyModule() : graph_(&module_.add_graph("main")) { module_.description = "litecast test"; }

  Value* input(Shape shape, std::string name = "x") {
    return graph_->add_input({DType::FLOAT32, std::move(shape)}, std::move(name));
  }
  Value* add(ir::NodeSpec spec, std::string_view place = "layer") {
    Type type{DType::FLOAT32, spec.operands.front()->shape()};
    return graph_->insert(std::move(spec), {type}, module_.provenance(place))->result();
  }
  Value* add_constant(Value* x, ir::ConstantPtr constant) {
    return add({Op::ADD, {x, graph_->constant(std::move(constant))}, ::tflite::AddOptionsT{}});
  }
  void output(std::vector<Value*> values) { graph_->set_outputs(std::move(values)); }

  Module& module() { return module_; }
  Graph& graph() { return *graph_; }

 private:
  Module module_;
  Graph* graph_;
};

// A file in memory that was verified.
class WrittenFile {
 public:
  explicit WrittenFile(const Module& module, const WriteOptions& options = {})
      : bytes_(write_memory(module, options)) {
    flatbuffers::Verifier verifier(data(), bytes_.size());
    EXPECT_TRUE(format::VerifyModelBuffer(verifier));
  }
  const format::Model& model() const { return *format::GetModel(data()); }
  const format::SubGraph& subgraph(unsigned i = 0) const { return *model().subgraphs()->Get(i); }
  const format::Tensor& tensor(unsigned i) const { return *subgraph().tensors()->Get(i); }
  const format::Buffer& buffer_of(unsigned tensor_index) const {
    return *model().buffers()->Get(tensor(tensor_index).buffer());
  }
  std::string metadata(std::string_view name) const {
    for (const auto* entry : *model().metadata()) {
      if (entry->name()->string_view() != name) continue;
      const auto* vector = model().buffers()->Get(entry->buffer())->data();
      return {vector->begin(), vector->end()};
    }
    return "(none)";
  }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(bytes_.data()); }
  std::size_t size() const { return bytes_.size(); }
  std::ptrdiff_t position(const void* p) const {
    return static_cast<const std::uint8_t*>(p) - data();
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

std::vector<int> list(const flatbuffers::Vector<std::int32_t>* vector) {
  return {vector->begin(), vector->end()};
}

TEST(TfliteWriterTest, GraphsBecomeTablesInExecutionOrder) {
  TinyModule m;
  Value* x = m.input({2, 3});
  Value* y = m.add_constant(x, floats(3, 1));
  m.output({m.add({Op::RELU, {y}})});
  const WrittenFile file(m.module());
  EXPECT_EQ(file.model().version(), 3u);
  EXPECT_EQ(file.model().description()->str(), "litecast test");
  EXPECT_EQ(file.subgraph().name()->str(), "main");
  EXPECT_THAT(list(file.subgraph().inputs()), ElementsAre(0));
  EXPECT_THAT(list(file.subgraph().outputs()), ElementsAre(3));
  const auto& add = *file.subgraph().operators()->Get(0);
  EXPECT_THAT(list(add.inputs()), ElementsAre(0, 1));
  EXPECT_THAT(list(add.outputs()), ElementsAre(2));
  EXPECT_TRUE(add.builtin_options_as_AddOptions());
  EXPECT_THAT(list(file.tensor(0).shape()), ElementsAre(2, 3));
  EXPECT_EQ(file.tensor(0).shape_signature(), nullptr);
  EXPECT_TRUE(file.tensor(0).has_rank());
  EXPECT_EQ(file.tensor(0).buffer(), 0u);
}

TEST(TfliteWriterTest, ConstantsLieAlignedBehindTheTables) {
  TinyModule m;
  Value* x = m.input({3});
  for (std::size_t size : {3u, 5u, 70000u, 1u}) x = m.add_constant(x, floats(size, 7));
  m.output({x});
  const WrittenFile file(m.module());
  std::ptrdiff_t end = file.position(file.model().buffers()) + 4;
  for (const auto* table : *file.subgraph().operators()) {
    const auto* data = file.buffer_of(static_cast<unsigned>(table->inputs()->Get(1))).data();
    EXPECT_EQ(file.position(data->data()) % 16, 0);
    EXPECT_GE(file.position(data), end);
    end = file.position(data->data()) + data->size();
    float first = 0;
    std::memcpy(&first, data->data(), sizeof(first));
    EXPECT_EQ(first, 7);
  }
  EXPECT_EQ(static_cast<std::size_t>(end), file.size());
}

TEST(TfliteWriterTest, EqualConstantsShareABuffer) {
  for (std::size_t size : {10u, 50000u}) {  // compared in memory, compared in the file
    TinyModule m;
    Value* x = m.input({1});
    for (float first : {1.f, 2.f, 1.f, 3.f, 2.f}) x = m.add_constant(x, floats(size, first));
    m.output({x});
    const WrittenFile file(m.module());
    std::vector<std::uint32_t> buffers;
    for (const auto* table : *file.subgraph().operators()) {
      buffers.push_back(file.tensor(static_cast<unsigned>(table->inputs()->Get(1))).buffer());
    }
    // The graph itself makes one value of small constants that are identical.
    EXPECT_THAT(buffers, ElementsAre(1, 2, 1, 3, 2));
    EXPECT_EQ(file.model().buffers()->size(), 6u);  // the empty one and two of metadata besides
    EXPECT_LT(file.size(), size * 3 * sizeof(float) + 2500);
    const auto* third = file.model().buffers()->Get(3)->data();
    float value = 0;
    std::memcpy(&value, third->data(), sizeof(value));
    EXPECT_EQ(value, 3);
  }
}

TEST(TfliteWriterTest, ALargeModelHasItsDataBehindTheFlatBuffer) {
  TinyModule m;
  Value* x = m.input({1});
  for (float first : {1.f, 2.f, 1.f}) x = m.add_constant(x, floats(50000, first));
  x = m.add_constant(x, floats(0, 0));
  m.output({x});
  const WrittenFile file(m.module(), {.max_flatbuffer_size = 100000});
  EXPECT_EQ(file.model().buffers()->size(), 6u);
  for (unsigned i : {1u, 2u}) {
    const auto* buffer = file.model().buffers()->Get(i);
    EXPECT_EQ(buffer->data(), nullptr);
    EXPECT_EQ(buffer->offset() % 16, 0u);
    EXPECT_EQ(buffer->size(), 200000u);
    float first = 0;
    std::memcpy(&first, file.data() + buffer->offset(), sizeof(first));
    EXPECT_EQ(first, static_cast<float>(i));
  }
  EXPECT_NE(file.model().buffers()->Get(3)->data(), nullptr);
  EXPECT_EQ(file.metadata(kMinRuntimeVersion).size(), 16u);
}

TEST(TfliteWriterTest, FreeSizesAreOneInTheShapeAndMinusOneInTheSignature) {
  TinyModule m;
  const ir::Dim n = m.module().dims().symbol("n");
  Value* x = m.input({n, 7, n * 2});
  Value* unranked = m.input(Shape::unranked(), "u");
  m.output({x, unranked, m.input({}, "scalar")});
  const WrittenFile file(m.module());
  EXPECT_THAT(list(file.tensor(0).shape()), ElementsAre(1, 7, 1));
  EXPECT_THAT(list(file.tensor(0).shape_signature()), ElementsAre(-1, 7, -1));
  EXPECT_FALSE(file.tensor(1).has_rank());
  EXPECT_EQ(file.tensor(1).shape()->size(), 0u);
  EXPECT_TRUE(file.tensor(2).has_rank());
  EXPECT_EQ(file.tensor(2).shape()->size(), 0u);
}

TEST(TfliteWriterTest, ASizeBeyondTheFormatIsRefused) {
  TinyModule m;
  m.output({m.input({std::int64_t{1} << 31})});
  EXPECT_THROW(write_memory(m.module()), UsageError);
}

TEST(TfliteWriterTest, OperatorsBeyond126HaveThePlaceholderAsDeprecatedCode) {
  TinyModule m;
  Value* x = m.input({1});
  m.output({m.add({Op::GELU, {m.add({Op::RELU, {m.add({Op::GELU, {x}})}})}})});
  const WrittenFile file(m.module());
  const auto& codes = *file.model().operator_codes();
  ASSERT_EQ(codes.size(), 2u);
  EXPECT_EQ(codes.Get(0)->builtin_code(), Op::GELU);
  EXPECT_EQ(codes.Get(0)->deprecated_builtin_code(), 127);
  EXPECT_EQ(codes.Get(1)->deprecated_builtin_code(), static_cast<int>(Op::RELU));
}

TEST(TfliteWriterTest, CustomOpsKeepNameAndBytes) {
  TinyModule m;
  Value* x = m.input({1});
  m.output({m.add({.op = Op::CUSTOM, .operands = {x}, .custom_name = "A", .custom_bytes = {1, 2}}),
            m.add({.op = Op::CUSTOM, .operands = {x}, .custom_name = "B"})});
  const WrittenFile file(m.module());
  EXPECT_EQ(file.model().operator_codes()->Get(0)->custom_code()->str(), "A");
  EXPECT_EQ(file.model().operator_codes()->Get(1)->custom_code()->str(), "B");
  EXPECT_EQ(file.model().operator_codes()->Get(1)->builtin_code(), Op::CUSTOM);
  EXPECT_EQ(file.subgraph().operators()->Get(0)->custom_options()->Get(1), 2);
}

TEST(TfliteWriterTest, AbsentOperandsAreMinusOne) {
  TinyModule m;
  Value* x = m.input({1});
  m.output({m.add({Op::FULLY_CONNECTED, {x, x, nullptr}})});
  EXPECT_THAT(list(WrittenFile(m.module()).subgraph().operators()->Get(0)->inputs()),
              ElementsAre(0, 0, -1));
}

TEST(TfliteWriterTest, OptionsNameTheGraphsThatAreWritten) {
  TinyModule m;
  m.module().add_graph("dead");
  Graph& cond = m.module().add_graph("cond");
  Graph& body = m.module().add_graph("body");
  Value* x = m.input({1});
  m.output({m.add({.op = Op::WHILE,
                   .operands = {x},
                   .options = ::tflite::WhileOptionsT{},
                   .graphs = {&cond, &body}})});
  const WrittenFile file(m.module());
  ASSERT_EQ(file.model().subgraphs()->size(), 3u);
  const auto* loop = file.subgraph().operators()->Get(0)->builtin_options_as_WhileOptions();
  EXPECT_EQ(file.subgraph(static_cast<unsigned>(loop->cond_subgraph_index())).name()->str(),
            "cond");
  EXPECT_EQ(file.subgraph(static_cast<unsigned>(loop->body_subgraph_index())).name()->str(),
            "body");
}

TEST(TfliteWriterTest, SignaturesNameInputsAndOutputs) {
  TinyModule m;
  Value* x = m.input({1});
  Value* y = m.add({Op::RELU, {x}});
  m.output({y, x, y});  // also what is returned as it came, or twice
  m.module().signatures.push_back(
      {"serve", &m.graph(), {{"in", 0}}, {{"a", 0}, {"b", 1}, {"c", 2}}});
  const WrittenFile file(m.module());
  const auto& signature = *file.model().signature_defs()->Get(0);
  EXPECT_EQ(signature.signature_key()->str(), "serve");
  EXPECT_EQ(signature.inputs()->Get(0)->name()->str(), "in");
  EXPECT_EQ(signature.outputs()->Get(1)->name()->str(), "b");
  EXPECT_EQ(signature.outputs()->Get(1)->tensor_index(), 0u);
  EXPECT_EQ(signature.outputs()->Get(2)->tensor_index(),
            signature.outputs()->Get(0)->tensor_index());
}

TEST(TfliteWriterTest, TensorsWithoutANameGetAUniqueOne) {
  TinyModule m;
  Value* x = m.input({1}, "layer");
  Value* y = m.add_constant(m.add_constant(x, floats(1, 1)), floats(1, 2));
  y->set_name("out");
  m.output({y});
  const WrittenFile file(m.module());
  std::vector<std::string> names;
  for (const auto* tensor : *file.subgraph().tensors()) names.push_back(tensor->name()->str());
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(names, testing::Contains("out"));
  EXPECT_THAT(names, testing::Contains("layer_1"));
}

TEST(TfliteWriterTest, QuantizationIsWritten) {
  TinyModule m;
  const auto* q = m.module().quantization({{0.5f, 0.25f}, {1, -2}, 1});
  m.output({m.graph().add_input({DType::INT8, {4, 2}, q}, "q")});
  const WrittenFile file(m.module());
  const auto& quantization = *file.tensor(0).quantization();
  EXPECT_EQ(quantization.scale()->Get(1), 0.25f);
  EXPECT_EQ(quantization.zero_point()->Get(1), -2);
  EXPECT_EQ(quantization.quantized_dimension(), 1);
}

TEST(TfliteWriterTest, AnOperatorUnknownToTheTableKeepsItsVersion) {
  TinyModule m;
  m.module().operator_versions[Op::DELEGATE] = 4;
  m.output({m.add({Op::DELEGATE, {m.input({1})}})});
  EXPECT_EQ(WrittenFile(m.module()).model().operator_codes()->Get(0)->version(), 4);
}

TEST(TfliteWriterTest, MetadataSaysHowTheModelWasMade) {
  TinyModule m;
  m.module().tensorflow_version = "2.15.0";
  m.module().metadata.push_back({"mine", {std::byte{5}}});
  m.output({m.input({1})});
  const WrittenFile file(m.module());
  EXPECT_EQ(file.metadata("mine"), "\5");
  EXPECT_EQ(file.metadata(kMinRuntimeVersion), std::string(16, '\0'));
  const std::string bytes = file.metadata(kConversionMetadata);
  const auto* about = flatbuffers::GetRoot<format::ConversionMetadata>(bytes.data());
  EXPECT_EQ(about->environment()->tensorflow_version()->str(), "2.15.0");
  EXPECT_EQ(about->environment()->api_version(), 2u);
  EXPECT_EQ(about->environment()->model_type(), format::ModelType::TF_SAVED_MODEL);
  EXPECT_FALSE(about->options()->allow_custom_ops());
  EXPECT_FALSE(about->options()->enable_select_tf_ops());
  const std::string chosen =
      WrittenFile(m.module(),
                  {.conversion_options = {.allow_custom_ops = true, .force_select_tf_ops = true}})
          .metadata(kConversionMetadata);
  const auto* options = flatbuffers::GetRoot<format::ConversionMetadata>(chosen.data())->options();
  EXPECT_TRUE(options->allow_custom_ops());
  EXPECT_FALSE(options->enable_select_tf_ops());
  EXPECT_TRUE(options->force_select_tf_ops());
  EXPECT_EQ(WrittenFile(m.module(), {.conversion_metadata = false}).metadata(kConversionMetadata),
            "(none)");
}

TEST(TfliteWriterTest, ARuntimeVersionThatTheSourceStatedIsKept) {
  TinyModule m;
  m.module().metadata.push_back({kMinRuntimeVersion, std::vector<std::byte>(16)});
  std::memcpy(m.module().metadata[0].bytes.data(), "2.99.1", 6);
  m.output({m.input({1})});
  EXPECT_STREQ(WrittenFile(m.module()).metadata(kMinRuntimeVersion).c_str(), "2.99.1");
}

TEST(TfliteWriterTest, SameModuleSameBytesWhateverTheTiles) {
  TinyModule m;
  Value* x = m.input({1});
  for (float first : {1.f, 2.f, 1.f}) x = m.add_constant(x, floats(50000, first));
  m.output({x});
  EXPECT_EQ(WrittenFile(m.module()).bytes(), WrittenFile(m.module(), {.tile_bytes = 999}).bytes());
}

class TfliteWriterFileTest : public testing::Test {
 protected:
  TfliteWriterFileTest() {
    std::string name = testing::TempDir() + "litecast_writer_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~TfliteWriterFileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(TfliteWriterFileTest, AFileHasTheBytesOfMemory) {
  TinyModule m;
  Value* x = m.input({1});
  for (float first : {1.f, 2.f, 1.f}) x = m.add_constant(x, floats(50000, first));
  m.output({x});
  const std::string path = folder_ / "m.tflite";
  const auto memory = write_memory(m.module());
  EXPECT_EQ(write_file(m.module(), path).size, memory.size());
  const auto file = support::File::open(path);
  EXPECT_EQ(file->read(0, file->size()), memory);
}

TEST_F(TfliteWriterFileTest, ACancelledWriteLeavesNothing) {
  TinyModule m;
  Value* x = m.input({1});
  for (float first : {1.f, 2.f, 3.f, 4.f}) x = m.add_constant(x, floats(50000, first));
  m.output({x});
  std::uint64_t last = 0;
  const auto cancel = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 800000u);
    last = done;
    if (done > total / 4) throw Cancelled("enough");
  };
  EXPECT_THROW(write_file(m.module(), folder_ / "m.tflite", {.progress = cancel}), Cancelled);
  EXPECT_EQ(last, 400000u);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace litecast::tflite
