#include <litecast/convert.h>
#include <litecast/save.h>

#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "saved_model_writer.h"
#include "temporary_folder.h"

namespace litecast {
namespace {

using namespace tensorflow::testing;  // NOLINT: the writers are the language of these tests.
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// y = relu(x), x of shape [?, 4].
class ConvertTest : public ::testing::Test {
 protected:
  ConvertTest() {
    const Pairs type = {{"T", attr_type(tensorflow::DataType::kFloat)}};
    folder.write(
        "model/saved_model.pb",
        saved_model({placeholder("x"), node_def("y", "Relu", {"x"}, type)}, {},
                    {{"x", float_info("x:0", {-1, 4})}}, {{"y", float_info("y:0", {-1, 4})}}));
  }
  std::string bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  testing::TemporaryFolder folder;
  std::string model = folder.file("model");
  std::string output = folder.file("out.tflite");
};

TEST_F(ConvertTest, ReportsWhatWentInAndCameOut) {
  const Report report = convert(model, output);
  ASSERT_EQ(report.signatures.size(), 1u);
  EXPECT_EQ(report.signatures[0].key, "serving_default");
  EXPECT_EQ(report.signatures[0].inputs[0].name, "x");
  EXPECT_EQ(report.signatures[0].inputs[0].tensor, "x:0");
  EXPECT_EQ(report.signatures[0].inputs[0].dtype, "float32");
  EXPECT_THAT(report.signatures[0].inputs[0].shape, ElementsAre(-1, 4));
  EXPECT_EQ(report.signatures[0].outputs[0].name, "y");
  ASSERT_EQ(report.ops.size(), 1u);
  EXPECT_EQ(report.ops[0].op, "RELU");
  EXPECT_TRUE(report.runs_on_standard_runtime);
  EXPECT_EQ(report.bytes, std::filesystem::file_size(output));
}

TEST_F(ConvertTest, GivesTheSameBytesInMemoryAsInAFile) {
  convert(model, output);
  const Conversion conversion = convert_to_memory(model);
  const std::string file = bytes(output);
  ASSERT_EQ(conversion.model.size(), file.size());
  EXPECT_EQ(std::memcmp(conversion.model.data(), file.data(), file.size()), 0);
}

TEST_F(ConvertTest, StopsWhenTheCallerSaysSoAndLeavesNothing) {
  for (std::string_view last : {"reading", "optimizing", "writing"}) {
    ConvertOptions options;
    options.progress = [&](const Progress& progress) { return progress.step != last; };
    EXPECT_THROW(convert(model, output, options), Cancelled) << last;
    EXPECT_FALSE(std::filesystem::exists(output)) << last;
  }
}

TEST_F(ConvertTest, TheCallerMayStopItBetweenAnyTwoPasses) {
  for (int enough = 1; enough <= 6; ++enough) {
    int steps = 0;
    ConvertOptions options;
    options.progress = [&](const Progress& progress) {
      steps += progress.step == "optimizing";
      return steps < enough;
    };
    EXPECT_THROW(convert(model, output, options), Cancelled);
    EXPECT_EQ(steps, enough);
  }
}

TEST_F(ConvertTest, RefusesToReplaceAPartOfTheModel) {
  const std::string graph = folder.file("model/saved_model.pb");
  const std::string before = bytes(graph);
  EXPECT_THROW(convert(model, graph), UsageError);
  EXPECT_EQ(bytes(graph), before);
}

TEST_F(ConvertTest, ListsTheSignaturesThatExistWhenAnUnknownOneIsAskedFor) {
  ConvertOptions options;
  options.signatures = {"other"};
  try {
    convert(model, output, options);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("serving_default"));
  }
}

TEST_F(ConvertTest, SaysWhatBecameOfEachLayerAndHowLongEachStepTook) {
  const Report report = convert(model, output);
  ASSERT_EQ(report.layers.size(), 1u);
  EXPECT_EQ(report.layers[0].name, "");
  EXPECT_EQ(report.layers[0].ops[0].op, "RELU");
  std::vector<std::string> steps;
  double sum = 0;
  for (const StepReport& timing : report.timings) {
    steps.push_back(timing.step);
    sum += timing.seconds;
  }
  EXPECT_THAT(steps, ElementsAre("reading", "building", "optimizing", "writing"));
  EXPECT_NEAR(sum, report.seconds, 1e-6);
}

TEST_F(ConvertTest, RefusesNegativeSizes) {
  ConvertOptions options;
  options.input_shapes = {{"x", {-5, 4}}};
  EXPECT_THROW(convert(model, output, options), UsageError);
}

TEST_F(ConvertTest, SavesAModelFromMemoryAndFromAFile) {
  const Conversion conversion = convert_to_memory(model);
  const std::string copy = folder.file("copy.tflite");
  save(conversion.model, output);
  save_copy(output, copy);
  save_copy(copy, copy);
  EXPECT_EQ(bytes(output).size(), conversion.model.size());
  EXPECT_EQ(std::memcmp(bytes(output).data(), conversion.model.data(), conversion.model.size()), 0);
  EXPECT_EQ(bytes(copy), bytes(output));
}

TEST_F(ConvertTest, SavingCanBeStoppedAndLeavesWhatThereWas) {
  folder.write("out.tflite", "old");
  const std::vector<std::byte> large(20 << 20);
  int told = 0;
  const auto stop = [&](const Progress&) { return ++told < 3; };
  EXPECT_THROW(save(large, output, stop), Cancelled);
  EXPECT_EQ(bytes(output), "old");
  save(large, output);
  EXPECT_EQ(std::filesystem::file_size(output), large.size());
  EXPECT_THROW(save(large, folder.file("model")), UsageError);
  EXPECT_THROW(save_copy(folder.file("none"), output), IoError);
}

TEST_F(ConvertTest, LeavesOutHowTheFileWasMadeWhenAsked) {
  ConvertOptions options;
  options.metadata = false;
  convert(model, output, options);
  EXPECT_THAT(bytes(output), ::testing::Not(HasSubstr("CONVERSION_METADATA")));
}

}  // namespace
}  // namespace litecast
