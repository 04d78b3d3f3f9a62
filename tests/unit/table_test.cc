// Lookup tables: what fills them and what a lookup becomes.
#include <gmock/gmock.h>

#include <litecast/error.h>

#include "ir/builder.h"
#include "sources/tensorflow/column.h"
#include "sources/tensorflow/lookup.h"
#include "sources/tensorflow/text_table.h"
#include "temporary_folder.h"
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using ir::DType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> texts(const ir::ConstantPtr& constant) {
  const Column column(*constant);
  std::vector<std::string> all;
  for (std::size_t i = 0; i < column.size(); ++i) all.emplace_back(column[i]);
  return all;
}

ir::ConstantPtr text_constant(const std::vector<std::string>& values) {
  ColumnBuilder column(DType::STRING);
  for (const auto& value : values) column.add(value);
  return column.finish();
}

ir::ConstantPtr long_constant(const std::vector<std::int64_t>& values) {
  ColumnBuilder column(DType::INT64);
  for (const std::int64_t value : values) column.add_number(value);
  return column.finish();
}

class TextTableTest : public ::testing::Test {
 protected:
  TableContents read(std::string_view text, TextFile file = {}, DType key = DType::STRING,
                     DType value = DType::INT64) {
    file.path = folder_.write("vocabulary.txt", text);
    file.name = "assets/vocabulary.txt";
    return read_text_table(file, key, value);
  }

  std::string problem(std::string_view text, const TextFile& file = {}) {
    try {
      read(text, file);
    } catch (const MalformedInput& error) {
      return error.what();
    }
    return "nothing thrown";
  }

  litecast::testing::TemporaryFolder folder_;
};

TEST_F(TextTableTest, NumbersTheLines) {
  const auto contents = read("the\r\ncat\nκαρπός");
  EXPECT_THAT(texts(contents.keys), ElementsAre("the", "cat", "καρπός"));
  EXPECT_THAT(ir::integer_values(*contents.values), ElementsAre(0, 1, 2));
}

TEST_F(TextTableTest, ReadsLinesThatCrossItsWindow) {
  std::string text;
  std::vector<std::string> words;
  for (int i = 0; i < 20000; ++i) words.push_back("word" + std::to_string(i * 37));
  for (const auto& word : words) text += word + "\n";
  EXPECT_EQ(texts(read(text).keys), words);
}

TEST_F(TextTableTest, TakesColumns) {
  const auto contents =
      read("a,1,x\nb,2,y\n", {.key_index = 2, .value_index = 1, .delimiter = ','});
  EXPECT_THAT(texts(contents.keys), ElementsAre("x", "y"));
  EXPECT_THAT(ir::integer_values(*contents.values), ElementsAre(1, 2));
}

TEST_F(TextTableTest, EndsWhereTheVocabularyDoes) {
  EXPECT_THAT(texts(read("a\nb\nc\n", {.vocabulary_size = 2}).keys), ElementsAre("a", "b"));
  EXPECT_THAT(problem("a\nb\n", {.vocabulary_size = 3}), HasSubstr("has 2 lines"));
}

TEST_F(TextTableTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(problem(""), HasSubstr("assets/vocabulary.txt: is empty"));
  EXPECT_THAT(problem("a\n\nb\n"), HasSubstr("assets/vocabulary.txt, line 2: is empty"));
  EXPECT_THAT(problem("a\nb\xff\n"), HasSubstr("line 2: is not UTF-8"));
  EXPECT_THAT(problem("a\nb\xc3"), HasSubstr("line 2: is not UTF-8"));
  EXPECT_THAT(problem("a\t1\nb\n", {.value_index = 1}), HasSubstr("line 2: has 1 columns"));
  EXPECT_THAT(problem("a\tone\n", {.value_index = 1}), HasSubstr("line 1: holds no number"));
}

TEST_F(TextTableTest, SaysWhichFileIsMissing) {
  const TextFile file{.path = folder_.file("none.txt"), .name = "assets/none.txt"};
  try {
    read_text_table(file, DType::STRING, DType::INT64);
    FAIL() << "nothing thrown";
  } catch (const MalformedInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("assets/none.txt"));
  }
}

class LookupTest : public ::testing::Test {
 protected:
  LookupTest() {
    folder_.write("saved_model.pb",
                  testing::Writer()
                      .integer(1, 1)
                      .bytes(2, testing::Writer().bytes(2, testing::graph_def({})).done())
                      .done());
    model_ = SavedModel::open(folder_.path());
    tables_ = std::make_unique<TableStore>(model_.get(), none_foreign_);
  }

  // The ops of a lookup with known default.
  std::vector<std::string> ops(const ir::ConstantPtr& keys, const ir::ConstantPtr& values) {
    table_ = {.name = "table",
              .key = keys->dtype(),
              .value = values->dtype(),
              .contents = TableContents{keys, values}};
    ir::Builder builder(module_.add_graph("main"));
    emit::Emitter e(builder);
    ir::Value* input = builder.graph().add_input({keys->dtype(), ir::Shape{3}});
    ir::Value* otherwise = values->dtype() == DType::STRING
                               ? e.constant(text_constant({"?"})->reshaped({}))
                               : e.scalar(values->dtype(), -1);
    ir::Value* found = look_up(e, *tables_, table_, input, otherwise);
    EXPECT_EQ(found->dtype(), values->dtype());
    EXPECT_EQ(to_string(found->shape()), "[3]");
    std::vector<std::string> names;
    for (const ir::Node* n = builder.graph().first(); n; n = n->next())
      names.emplace_back(ir::name(n->op()));
    return names;
  }

  litecast::testing::TemporaryFolder folder_;
  std::shared_ptr<const SavedModel> model_;
  ForeignState none_foreign_;
  std::unique_ptr<TableStore> tables_;
  Table table_;
  ir::Module module_;
};

TEST_F(LookupTest, TextAndLongNumbersAreTheRuntimesOwn) {
  EXPECT_THAT(ops(text_constant({"a", "b"}), long_constant({7, 9})),
              ElementsAre("HASHTABLE", "HASHTABLE_FIND"));
  EXPECT_THAT(ops(long_constant({7, 9}), text_constant({"a", "b"})),
              ElementsAre("HASHTABLE", "HASHTABLE_FIND"));
}

TEST_F(LookupTest, NumbersThatLieCloseAreAPlaceInAList) {
  EXPECT_THAT(ops(long_constant({7, 9, 8}), long_constant({1, 2, 3})),
              ElementsAre("MAXIMUM", "MINIMUM", "SUB", "GATHER"));
  EXPECT_TRUE(tables_->runtime_tables().empty());
}

TEST_F(LookupTest, NumbersFarApartGoThroughText) {
  EXPECT_THAT(ops(long_constant({INT64_MIN, 0, INT64_MAX}), long_constant({1, 2, 3})),
              ElementsAre("HASHTABLE", "HASHTABLE_FIND", "HASHTABLE", "HASHTABLE_FIND", "GATHER"));
}

TEST_F(LookupTest, TheSamePartOfATableIsKeptOnce) {
  ops(text_constant({"a"}), long_constant({7}));
  ir::Builder builder(module_.add_graph("other"));
  emit::Emitter e(builder);
  ir::Value* input = builder.graph().add_input({DType::STRING, ir::Shape{3}});
  look_up(e, *tables_, table_, input, e.scalar(DType::INT64, 0));
  EXPECT_EQ(tables_->runtime_tables().size(), 1u);
}

TEST_F(LookupTest, AKeyMayStandTwiceWithOneValueButNotWithTwo) {
  ops(text_constant({"a", "b", "a"}), long_constant({7, 9, 7}));
  EXPECT_THAT(texts(tables_->runtime_tables()[0].contents.keys), ElementsAre("a", "b"));
  EXPECT_THROW(ops(text_constant({"a", "b", "a"}), long_constant({7, 9, 8})), MalformedInput);
}

}  // namespace
}  // namespace litecast::tensorflow
