#include "sources/recognize.h"

#include <gmock/gmock.h>

#include <litecast/error.h>

#include <filesystem>

#include "temporary_folder.h"

namespace litecast {
namespace {

using ::testing::HasSubstr;

class RecognizeTest : public ::testing::Test {
 protected:
  std::string folder_of(const std::string& path) {
    return std::filesystem::canonical(convertible_source(path).path).string();
  }
  std::string problem(const std::string& path) {
    try {
      convertible_source(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing thrown";
  }
  testing::TemporaryFolder folder;
};

TEST_F(RecognizeTest, TakesTheFolderOfWhateverLiesWithinASavedModel) {
  folder.write("saved_model.pb", "");
  const std::string index = folder.write("variables/variables.index", "");
  const std::string expected = std::filesystem::canonical(folder.path()).string();
  EXPECT_EQ(folder_of(folder.path()), expected);
  EXPECT_EQ(folder_of(folder.path() + "/"), expected);
  EXPECT_EQ(folder_of(folder.file("saved_model.pb")), expected);
  EXPECT_EQ(folder_of(folder.file("variables")), expected);
  EXPECT_EQ(folder_of(folder.file("variables/")), expected);
  EXPECT_EQ(folder_of(index), expected);
}

TEST_F(RecognizeTest, AnswersForFoldersThatAreNoSavedModel) {
  EXPECT_THAT(problem(folder.file("missing")), HasSubstr("no such file or folder"));
  EXPECT_THAT(problem(folder.path()), HasSubstr("empty"));
  folder.write("1/saved_model.pb", "");
  EXPECT_THAT(problem(folder.path()), HasSubstr("there is one within"));
  folder.write("text/saved_model.pbtxt", "");
  EXPECT_THAT(problem(folder.file("text")), HasSubstr("text form"));
  folder.write("ckpt/model.index", "");
  EXPECT_THAT(problem(folder.file("ckpt")), HasSubstr("checkpoint"));
}

TEST_F(RecognizeTest, AnswersForFilesByTheirContentOrTheirName) {
  EXPECT_THAT(problem(folder.write("a", "\x89HDF\r\n\x1a\n")), HasSubstr("Keras"));
  EXPECT_THAT(problem(folder.write("b", "PK\x03\x04 model.weights.h5")), HasSubstr("Keras"));
  EXPECT_THAT(problem(folder.write("c", "PK\x03\x04 x/saved_model.pb")), HasSubstr("unpack"));
  EXPECT_THAT(problem(folder.write("d", "PK\x03\x04 archive/data.pkl")), HasSubstr("PyTorch"));
  EXPECT_THAT(problem(folder.write("e", "\x1f\x8b zipped")), HasSubstr("unpack"));
  EXPECT_THAT(problem(folder.write("model.onnx", "?")), HasSubstr("ONNX"));
  EXPECT_THAT(problem(folder.write("frozen.pb", "?")), HasSubstr("neither"));
  EXPECT_THAT(problem(folder.write("g.pbtxt", "?")), HasSubstr("text form"));
  EXPECT_THAT(problem(folder.write("m", std::string("\0\0\0\0TFL3", 8))), HasSubstr("already"));
  EXPECT_THAT(problem(folder.write("n", "?")), HasSubstr("neither"));
}

}  // namespace
}  // namespace litecast
