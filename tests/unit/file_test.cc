#include "support/file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include <litecast/error.h>
#include "support/path.h"
#include "temporary_folder.h"

namespace litecast::support {
namespace {

std::string text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(File, ReadsAnyRange) {
  const testing::TemporaryFolder folder;
  const auto file = File::open(folder.write("f", "abcdef"));
  EXPECT_EQ(file->size(), 6u);
  EXPECT_EQ(text(file->read(2, 3)), "cde");
  EXPECT_EQ(text(file->read(6, 0)), "");
}

TEST(File, RefusesRangesBeyondItsEndBeforeAllocating) {
  const testing::TemporaryFolder folder;
  const auto file = File::open(folder.write("f", "abcdef"));
  EXPECT_THROW(file->read(2, 5), MalformedInput);
  EXPECT_THROW(file->read(7, 0), MalformedInput);
  EXPECT_THROW(file->read(1, ~std::uint64_t{0}), MalformedInput);
}

TEST(File, NoticesThatItWasShortenedAfterOpening) {
  const testing::TemporaryFolder folder;
  const auto path = folder.write("f", "abcdef");
  const auto file = File::open(path);
  std::filesystem::resize_file(path, 3);
  EXPECT_THROW(file->read(0, 6), MalformedInput);
  EXPECT_EQ(text(file->read(0, 3)), "abc");
}

TEST(File, OpensOnlyRegularFiles) {
  const testing::TemporaryFolder folder;
  EXPECT_THROW(File::open(folder.path()), IoError);
  EXPECT_THROW(File::open(folder.file("missing")), IoError);
}

TEST(Path, SplitsAndJoins) {
  EXPECT_EQ(join_path("a/b", "c"), "a/b/c");
  EXPECT_EQ(join_path("a/b/", "c"), "a/b/c");
  EXPECT_EQ(join_path("", "c"), "c");
  EXPECT_EQ(file_name("a/b/c"), "c");
  EXPECT_EQ(file_name("c"), "c");
  EXPECT_EQ(parent_folder("a/b/c"), "a/b");
  EXPECT_EQ(parent_folder("c"), ".");
  EXPECT_EQ(parent_folder("/c"), "/");
}

TEST(Path, TellsFilesFromFolders) {
  const testing::TemporaryFolder folder;
  const auto path = folder.write("f", "");
  EXPECT_TRUE(is_file(path));
  EXPECT_FALSE(is_folder(path));
  EXPECT_TRUE(is_folder(folder.path()));
  EXPECT_FALSE(is_file(folder.file("missing")));
}

}  // namespace
}  // namespace litecast::support
