#include "tflite/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <litecast/error.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace litecast::tflite {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string name = testing::TempDir() + "litecast_output_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  fs::path in_folder(const char* name) const { return folder_ / name; }
  void put(const char* name, std::string_view text) { std::ofstream(in_folder(name)) << text; }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      result.push_back(entry.path().filename());
    }
    return result;
  }

  fs::path folder_;
};

TEST_F(OutputFileTest, CommitReplacesTheOldFileAndLeavesNothingElse) {
  put("out", "old");
  OutputFile file(in_folder("out"));
  file.resize(3);
  file.write(0, bytes_of("new"));
  EXPECT_EQ(content(in_folder("out")), "old");
  file.commit();
  EXPECT_EQ(content(in_folder("out")), "new");
  EXPECT_THAT(names(), testing::ElementsAre("out"));
}

TEST_F(OutputFileTest, WithoutCommitTheOldFileStays) {
  put("out", "old");
  { OutputFile(in_folder("out")).resize(100); }
  EXPECT_EQ(content(in_folder("out")), "old");
  EXPECT_THAT(names(), testing::ElementsAre("out"));
}

TEST_F(OutputFileTest, GapsReadAsZero) {
  OutputFile file(in_folder("out"));
  file.resize(4);
  file.write(2, bytes_of("x"));
  file.commit();
  EXPECT_EQ(content(in_folder("out")), std::string("\0\0x\0", 4));
}

TEST_F(OutputFileTest, FollowsLinks) {
  put("old", "old");
  fs::create_directory(in_folder("other"));
  fs::create_symlink("old", in_folder("link"));
  fs::create_symlink("other/new", in_folder("dangling"));
  for (const char* name : {"link", "dangling"}) {
    OutputFile file(in_folder(name));
    file.resize(1);
    file.write(0, bytes_of("x"));
    file.commit();
    EXPECT_TRUE(fs::is_symlink(in_folder(name)));
  }
  EXPECT_EQ(content(in_folder("old")), "x");
  EXPECT_EQ(content(in_folder("other/new")), "x");
}

TEST_F(OutputFileTest, RefusesWhatIsNotARegularFile) {
  fs::create_directory(in_folder("folder"));
  ASSERT_EQ(::mkfifo(in_folder("pipe").c_str(), 0600), 0);
  EXPECT_THAT([&] { OutputFile f(in_folder("folder")); },
              ThrowsMessage<UsageError>(HasSubstr("is a folder")));
  EXPECT_THAT([&] { OutputFile f(in_folder("pipe")); },
              ThrowsMessage<UsageError>(HasSubstr("not a regular file")));
  EXPECT_THROW(OutputFile(""), UsageError);
  EXPECT_THROW(OutputFile(folder_.string() + "/"), UsageError);
  EXPECT_THAT(names(), testing::UnorderedElementsAre("folder", "pipe"));
}

TEST_F(OutputFileTest, AMissingFolderIsAnErrorOfTheSystem) {
  EXPECT_THAT([&] { OutputFile f(in_folder("missing/out")); },
              ThrowsMessage<IoError>(HasSubstr("No such file")));
}

TEST_F(OutputFileTest, ALoopOfLinksIsAnErrorOfTheSystem) {
  fs::create_symlink("b", in_folder("a"));
  fs::create_symlink("a", in_folder("b"));
  EXPECT_THROW(OutputFile(in_folder("a")), IoError);
}

TEST_F(OutputFileTest, ModeFollowsTheUmask) {
  const mode_t old = ::umask(027);
  OutputFile(in_folder("out")).commit();
  ::umask(old);
  struct stat status;
  ASSERT_EQ(::stat(in_folder("out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(OutputFileTest, AFullDiskLeavesTheOldFile) {
  put("out", "old");
  struct rlimit old;
  ::getrlimit(RLIMIT_FSIZE, &old);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {4096, old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(
      {
        OutputFile file(in_folder("out"));
        file.write(0, bytes_of(std::string(8192, 'x')));
      },
      IoError);
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(content(in_folder("out")), "old");
  EXPECT_THAT(names(), testing::ElementsAre("out"));
}

TEST_F(OutputFileTest, TheNextOneRemovesWhatAKilledProcessLeft) {
  put("out", "old");
  put(".litecast-notes", "not a temporary");
  const pid_t child = ::fork();
  if (child == 0) {
    OutputFile file(in_folder("out"));
    file.resize(1000);
    ::kill(::getpid(), SIGKILL);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(content(in_folder("out")), "old");
  EXPECT_EQ(names().size(), 3u);
  OutputFile other(in_folder("other"));
  other.commit();
  EXPECT_THAT(names(), testing::UnorderedElementsAre("out", "other", ".litecast-notes"));
}

TEST_F(OutputFileTest, LeavesTheTemporariesOfTheLiving) {
  OutputFile first(in_folder("out"));
  OutputFile second(in_folder("out"));
  first.resize(1);
  first.write(0, bytes_of("1"));
  second.commit();
  first.commit();
  EXPECT_EQ(content(in_folder("out")), "1");
}

TEST(MemoryOutputTest, ReadsZerosWhereNothingWasWritten) {
  MemoryOutput output;
  output.resize(8);
  const std::byte two[] = {std::byte(1), std::byte(2)};
  output.write(2, two);
  std::vector<std::byte> read(8, std::byte(9));
  output.read(0, read);
  const std::vector<std::byte> expected = {std::byte(0), std::byte(0), std::byte(1), std::byte(2),
                                           std::byte(0), std::byte(0), std::byte(0), std::byte(0)};
  EXPECT_EQ(read, expected);
  output.read(6, std::span(read).first(2));
  output.resize(7);
  EXPECT_EQ(output.take(), std::vector(expected.begin(), expected.begin() + 7));
}

TEST(MemoryOutputTest, ForgetsWhatIsBehindItsEnd) {
  MemoryOutput output;
  const std::byte two[] = {std::byte(1), std::byte(2)};
  output.resize(2);
  output.write(0, two);
  output.resize(1);
  output.resize(2);
  EXPECT_EQ(output.take(), (std::vector<std::byte>{std::byte(1), std::byte(0)}));
}

}  // namespace
}  // namespace litecast::tflite
