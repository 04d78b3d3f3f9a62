#include "sources/tensorflow/tensor_bundle.h"

#include <gmock/gmock.h>

#include <filesystem>

#include <litecast/error.h>
#include "bundle_writer.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string what(const std::function<void()>& action) {
  try {
    action();
  } catch (const MalformedInput& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(SliceKey, HasTheBytesThatTensorFlowWrites) {
  const SliceExtent rows_and_columns[] = {{3, 2}, {0, 4}};
  const char expected[] = "\x00p/w\x00\x01\x01\x02\x83\x82\x80\x84";
  EXPECT_EQ(slice_key("p/w", rows_and_columns), std::string(expected, sizeof expected - 1));
}

TEST(SliceKey, EncodesLongAndNegativeNumbers) {
  const auto tail = [](std::int64_t number) {
    const SliceExtent extent[] = {{number, 0}};
    const std::string key = slice_key("", extent);
    return key.substr(5, key.size() - 6);
  };
  EXPECT_EQ(tail(63), "\xbf");
  EXPECT_EQ(tail(-1), "\x7f");
  EXPECT_EQ(tail(-64), std::string("\x40"));
  EXPECT_EQ(tail(64), "\xc0\x40");
  EXPECT_EQ(tail(8191), "\xdf\xff");
  EXPECT_EQ(tail(8192), std::string("\xe0\x20\x00", 3));
  EXPECT_EQ(tail(std::int64_t{1} << 62), std::string("\xff\xc0\x40\0\0\0\0\0\0\0", 10));
}

class TensorBundleTest : public ::testing::Test {
 protected:
  std::unique_ptr<const TensorBundle> open() { return TensorBundle::open(folder.file("v")); }
  TemporaryFolder folder;
};

TEST_F(TensorBundleTest, ReadsTensorsFromTheirShards) {
  BundleWriter writer(2);
  writer.add("odd", DataType::kUint8, {3}, "abc");
  writer.add("half", DataType::kBfloat16, {2}, "defg");
  writer.add("other", DataType::kFloat, {1, 2}, "12345678", 1);
  writer.write(folder, "v");
  const auto bundle = open();
  EXPECT_EQ(text(bundle->read("odd")), "abc");
  EXPECT_EQ(text(bundle->read("half")), "defg");
  EXPECT_EQ(text(bundle->read("other")), "12345678");
  EXPECT_THAT(bundle->keys(), ElementsAre("half", "odd", "other"));
  const auto segments = bundle->segments("half");
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].extent.offset, 3u);
  EXPECT_EQ(bundle->find("other")->shape.text(), "[1,2]");
  EXPECT_FALSE(bundle->find("none"));
}

TEST_F(TensorBundleTest, ReadsACompressedIndex) {
  BundleWriter writer;
  for (int i = 0; i < 50; ++i) {
    writer.add("layer/" + std::to_string(i), DataType::kUint8, {1}, std::string(1, char(i)));
  }
  writer.write(folder, "v", true);
  EXPECT_EQ(text(open()->read("layer/33")), std::string(1, char(33)));
}

TEST_F(TensorBundleTest, ReadsStrings) {
  BundleWriter writer;
  writer.add_strings("s", {"one", "", std::string(300, 'x')});
  writer.write(folder, "v");
  EXPECT_THAT(open()->read_strings("s"), ElementsAre("one", "", std::string(300, 'x')));
  EXPECT_THROW(open()->read("s"), MalformedInput);
}

// [2,3] in two parts: column 0, and columns 1 and 2.
TEST_F(TensorBundleTest, AssemblesSlices) {
  BundleWriter writer(2);
  const std::vector<SliceExtent> left = {{0, 2}, {0, 1}}, right = {{0, 2}, {1, 2}};
  writer.add_sliced("w", DataType::kUint8, {2, 3}, {left, right});
  writer.add_slice("w", DataType::kUint8, left, "ad");
  writer.add_slice("w", DataType::kUint8, right, "bcef", 1);
  writer.write(folder, "v");
  const auto bundle = open();
  EXPECT_EQ(text(bundle->read("w")), "abcdef");
  EXPECT_EQ(text(bundle->read("w", right)), "bcef");
  EXPECT_THAT(bundle->segments("w")[1].start, ElementsAre(0, 1));
  EXPECT_THAT(bundle->segments("w", right)[0].start, ElementsAre(0, 0));
  EXPECT_THAT(bundle->keys(), ElementsAre("w"));
}

TEST_F(TensorBundleTest, RefusesSlicesThatLeaveGapsOrOverlap) {
  const std::vector<SliceExtent> first = {{0, 2}}, second = {{1, 2}};
  BundleWriter writer;
  writer.add_slice("gap", DataType::kUint8, first, "ab");
  writer.add_sliced("gap", DataType::kUint8, {4}, {first});
  writer.add_slice("overlap", DataType::kUint8, first, "ab");
  writer.add_slice("overlap", DataType::kUint8, second, "bc");
  writer.add_sliced("overlap", DataType::kUint8, {4}, {first, second});
  writer.add_sliced("lost", DataType::kUint8, {2}, {first});
  writer.add_slice("outside", DataType::kUint8, second, "ab");
  writer.add_sliced("outside", DataType::kUint8, {2}, {second});
  writer.write(folder, "v");
  EXPECT_THAT(what([&] { open()->read("gap"); }), HasSubstr("'gap' leave gaps"));
  EXPECT_THAT(what([&] { open()->read("overlap"); }), HasSubstr("'overlap' leave gaps"));
  EXPECT_THAT(what([&] { open()->read("lost"); }), HasSubstr("'lost' has no entry"));
  EXPECT_THAT(what([&] { open()->read("outside"); }), HasSubstr("lies outside"));
}

TEST_F(TensorBundleTest, SaysWhichTensorIsDamaged) {
  BundleWriter writer;
  writer.add("good", DataType::kUint8, {4}, "abcd");
  writer.add("bad", DataType::kUint8, {4}, "efgh");
  writer.add_strings("words", {"xy"});
  writer.write(folder, "v");
  folder.write(BundleWriter::shard_name("v", 0, 1), "abcdeFgh\2....xy");
  EXPECT_EQ(text(open()->read("good")), "abcd");
  EXPECT_THAT(what([&] { open()->read("bad"); }), HasSubstr("tensor 'bad' is damaged"));
  EXPECT_THAT(what([&] { open()->read_strings("words"); }), HasSubstr("'words'"));
}

TEST_F(TensorBundleTest, SaysWhichShardIsMissingOrShort) {
  BundleWriter writer(2);
  writer.add("a", DataType::kUint8, {4}, "abcd");
  writer.add("b", DataType::kUint8, {4}, "efgh", 1);
  writer.write(folder, "v");
  std::filesystem::remove(folder.file(BundleWriter::shard_name("v", 1, 2)));
  EXPECT_EQ(text(open()->read("a")), "abcd");
  EXPECT_THAT(what([&] { open()->read("b"); }), HasSubstr("v.data-00001-of-00002"));
  std::filesystem::resize_file(folder.file(BundleWriter::shard_name("v", 0, 2)), 3);
  EXPECT_THAT(what([&] { open()->read("a"); }), HasSubstr("the file has 3 bytes"));
}

TEST_F(TensorBundleTest, RefusesSizesThatContradictTheShape) {
  BundleWriter writer;
  writer.add("short", DataType::kFloat, {2}, "abcd");
  writer.add("open", DataType::kFloat, {-1}, "abcd");
  writer.add("huge", DataType::kFloat, {1ll << 40, 1ll << 40}, "abcd");
  writer.write(folder, "v");
  for (const char* key : {"short", "open", "huge", "missing"}) {
    EXPECT_THAT(what([&] { open()->read(key); }), HasSubstr(key));
  }
}

TEST_F(TensorBundleTest, RefusesBigEndian) {
  BundleWriter writer;
  writer.write(folder, "v", false, true);
  EXPECT_THAT(what([&] { open(); }), HasSubstr("big-endian"));
}

TEST_F(TensorBundleTest, RefusesAMissingIndex) { EXPECT_THROW(open(), IoError); }

}  // namespace
}  // namespace litecast::tensorflow
