#include "sources/tensorflow/sstable.h"

#include <gmock/gmock.h>

#include <filesystem>

#include <litecast/error.h>
#include "bundle_writer.h"
#include "temporary_folder.h"

namespace litecast::tensorflow {
namespace {

using namespace testing;  // NOLINT: the writers are the language of these tests.
using litecast::testing::TemporaryFolder;

SsTable read(const std::string& bytes) {
  const TemporaryFolder folder;
  return SsTable::read(*support::File::open(folder.write("t", bytes)));
}

Table many_keys() {
  Table entries = {{"", "header"}};
  for (int i = 0; i < 300; ++i)
    entries["layer/" + std::to_string(i) + "/kernel"] = std::to_string(i);
  return entries;
}

class SsTableForm : public ::testing::TestWithParam<bool> {};

TEST_P(SsTableForm, FindsEveryKeyOverSeveralBlocks) {
  const Table entries = many_keys();
  const SsTable table = read(table_file(entries, GetParam(), 7));
  ASSERT_EQ(table.entries().size(), entries.size());
  for (const auto& [key, value] : entries) {
    ASSERT_TRUE(table.find(key)) << key;
    EXPECT_EQ(table.find(key)->value, value);
  }
  EXPECT_FALSE(table.find("layer"));
  EXPECT_FALSE(table.find("zebra"));
}

INSTANTIATE_TEST_SUITE_P(Compression, SsTableForm, ::testing::Bool());

TEST(SsTable, IsStillValidAfterAMove) {
  SsTable table = read(table_file(many_keys()));
  const SsTable moved = std::move(table);
  EXPECT_EQ(moved.find("layer/17/kernel")->value, "17");
}

TEST(SsTable, CutAtAnyByteIsMalformed) {
  const std::string whole = table_file({{"", "h"}, {"a", "1"}, {"ab", "2"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(read(whole.substr(0, size)), MalformedInput) << size;
  }
}

// Every bit but those of the padding and of the metaindex counts.
TEST(SsTable, NoticesFlippedBitsOfBlocksAndFooter) {
  const std::string whole = table_file({{"", "h"}, {"a", "1"}});
  const SsTable intact = read(whole);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    try {
      const SsTable table = read(flipped);
      ASSERT_EQ(table.entries().size(), 2u) << bit;
      EXPECT_EQ(table.find("a")->value, "1") << bit;
    } catch (const MalformedInput&) {
    }
  }
}

TEST(SsTable, RefusesKeysOutOfOrder) {
  std::string file;
  std::string block;
  for (const std::string key : {"b", "a"}) block += std::string("\0\1\0", 3) + key;
  append_fixed32(0, block);
  append_fixed32(1, block);
  Table index = {{"z", add_block(block, false, file)}};
  std::string footer =
      add_block(table_block({}), false, file) + add_block(table_block(index), false, file);
  footer.resize(40);
  EXPECT_THROW(read(file + footer + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8)),
               MalformedInput);
}

// Each entry repeats the long key before it: n bytes of file would make n² bytes of keys.
TEST(SsTable, RefusesKeysThatMultiplyTheFile) {
  std::string block;
  append_varint(0, block);
  append_varint(100000, block);
  append_varint(0, block);
  block += std::string(100000, 'k');
  for (std::size_t i = 0; i < 50000; ++i) {
    append_varint(100000 + i, block);
    append_varint(1, block);
    append_varint(0, block);
    block += 'k';
  }
  append_fixed32(0, block);
  append_fixed32(1, block);
  std::string file;
  const Table index = {{"z", add_block(block, false, file)}};
  std::string footer =
      add_block(table_block({}), false, file) + add_block(table_block(index), false, file);
  footer.resize(40);
  EXPECT_THROW(read(file + footer + std::string("\x57\xfb\x80\x8b\x24\x75\x47\xdb", 8)),
               MalformedInput);
}

TEST(SsTable, RefusesAnImpossiblyLargeFileBeforeReadingIt) {
  const TemporaryFolder folder;
  const auto path = folder.write("t", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);  // Sparse: takes no space.
  EXPECT_THROW(SsTable::read(*support::File::open(path)), MalformedInput);
}

}  // namespace
}  // namespace litecast::tensorflow
