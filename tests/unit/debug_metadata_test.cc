// Where the operators of a file say that they come from.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "debug_metadata_generated.h"
#include "ir/builder.h"
#include "optimize/rewrites.h"
#include "tflite/debug_metadata.h"
#include "tflite/reader.h"
#include "tflite/writer.h"

namespace litecast::tflite {
namespace {

namespace debug = ::debug_metadata;

const debug::ConversionDebugMetadata& content(const std::vector<std::byte>& bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  EXPECT_TRUE(debug::VerifyDebugMetadataBuffer(verifier));
  const debug::DebugMetadata& root = *debug::GetDebugMetadata(data);
  EXPECT_EQ(root.debug_metadata_type()->Get(0), debug::DebugMetadataType::ConversionDebugMetadata);
  return *root.debug_metadata()->GetAs<debug::ConversionDebugMetadata>(0);
}

std::string text_of(const debug::ConversionDebugMetadata& all, std::uint32_t index) {
  const auto& place = *all.attributes()->GetAs<debug::Location>(index);
  if (const auto* name = place.location_as_NameLoc()) {
    EXPECT_EQ(text_of(all, name->child_index()), "?");
    return name->name()->str();
  }
  if (const auto* call = place.location_as_CallSiteLoc())
    return fmt::format("({} at {})", text_of(all, call->callee_index()),
                       text_of(all, call->caller_index()));
  if (const auto* fused = place.location_as_FusedLoc()) {
    std::vector<std::string> parts;
    for (std::uint32_t part : *fused->location_indexes()) parts.push_back(text_of(all, part));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  return "?";
}

class DebugMetadata : public testing::Test {
 protected:
  DebugMetadata() { module_.keeps_origins = true; }

  ir::Value* add(ir::Value* x, const ir::Provenance* place) {
    return graph_.insert({ir::Op::COS, {x}}, {x->type()}, place)->result();
  }
  const ir::Provenance* place(std::string node, const ir::Provenance* caller = nullptr) {
    return module_.provenance(
        {.path = node, .op = "Cos", .node = node, .function = caller ? "f" : "", .caller = caller});
  }
  std::vector<std::string> places() {
    graph_.set_outputs({last_});
    const auto bytes = debug_metadata(ModelIndex(module_));
    const auto& all = content(bytes);
    std::vector<std::string> texts;
    for (const auto* op : *all.subgraphs_debug_metadata()->Get(0)->operators_debug_metadata()) {
      EXPECT_EQ(op->attribute_metadata_indexes()->size(), 1U);
      texts.push_back(text_of(all, op->attribute_metadata_indexes()->Get(0)));
    }
    locations_ = all.attributes()->size();
    return texts;
  }

  ir::Module module_;
  ir::Graph& graph_ = module_.add_graph("main");
  ir::Value* last_ = graph_.add_input({ir::DType::FLOAT32, ir::Shape::of({3})}, "x");
  std::size_t locations_ = 0;
};

TEST_F(DebugMetadata, NamesTheOperationAndTheNode) {
  last_ = add(last_, place("layer/cos"));
  last_ = add(last_, module_.provenance("a/path"));
  last_ = add(last_, module_.provenance(""));
  EXPECT_EQ(places(), (std::vector<std::string>{"[Cos:, layer/cos]", "a/path", "?"}));
}

TEST_F(DebugMetadata, NamesTheCallsThatLedThere) {
  const ir::Provenance* outer = place("call");
  const ir::Provenance* inner = place("inner", outer);
  last_ = add(last_, place("cos", inner));
  EXPECT_EQ(places(),
            std::vector<std::string>{"([Cos:, cos@f] at ([Cos:, inner@f] at [Cos:, call]))"});
}

TEST_F(DebugMetadata, NamesAllThatANodeWasMadeFrom) {
  const ir::Provenance* call = place("call");
  const ir::Provenance* parts[] = {place("a"), place("b"), place("c", call), place("a")};
  last_ = add(last_, module_.merged(*parts[0], parts));
  EXPECT_EQ(graph_.first()->provenance(), "a");
  EXPECT_EQ(places(), std::vector<std::string>{"[Cos:, a, b, ([Cos:, c@f] at [Cos:, call])]"});
}

TEST_F(DebugMetadata, HoldsEachPlaceOnce) {
  for (int i = 0; i < 100; ++i) last_ = add(last_, place("cos"));
  EXPECT_EQ(places().size(), 100U);
  EXPECT_EQ(locations_, 4U);  // unknown, two names, both of them
}

TEST_F(DebugMetadata, LongChainsNameSomeOfTheirPlaces) {
  const ir::Provenance* all = place("0");
  for (int i = 1; i < 1000; ++i) {
    const ir::Provenance* both[] = {all, place(std::to_string(i))};
    all = module_.merged(*all, both);
  }
  EXPECT_EQ(all->parts.size(), 64U);
}

TEST_F(DebugMetadata, StandsInTheFileWhereItIsAskedFor) {
  last_ = add(last_, place("cos"));
  graph_.set_outputs({last_});
  module_.signatures.push_back({"serving_default", &graph_, {{"x", 0}}, {{"y", 0}}});
  const auto names = [](const std::vector<std::byte>& file) {
    std::vector<std::string> result;
    const auto module = read_memory(file, "file");
    for (const ir::Metadata& entry : module->metadata) result.push_back(entry.name);
    return result;
  };
  EXPECT_EQ(names(write_memory(module_, {.debug_metadata = true})),
            (std::vector<std::string>{kMinRuntimeVersion, kDebugMetadata, kConversionMetadata}));
  EXPECT_EQ(names(write_memory(module_)),
            (std::vector<std::string>{kMinRuntimeVersion, kConversionMetadata}));
}

TEST_F(DebugMetadata, WhatARewriteMakesComesFromAllThatItReplaces) {
  ir::Value* x = last_;
  ir::Builder builder(graph_);
  const auto apply = [&](ir::Op op, std::vector<ir::Value*> operands, ir::Options options,
                         const char* name) {
    builder.set_provenance(place(name));
    return builder.add({op, std::move(operands), std::move(options)})->at(0);
  };
  ir::Value* sum = apply(ir::Op::ADD, {x, x}, AddOptionsT(), "sum");
  last_ = apply(ir::Op::RELU, {sum}, {}, "relu");
  graph_.set_outputs({last_});
  const optimize::Rewrite* const rewrites[] = {&optimize::kFuseActivation};
  ASSERT_TRUE(optimize::rewrite(graph_, rewrites));
  last_ = graph_.outputs()[0];
  EXPECT_EQ(places(), std::vector<std::string>{"[Cos:, sum, relu]"});
}

}  // namespace
}  // namespace litecast::tflite
