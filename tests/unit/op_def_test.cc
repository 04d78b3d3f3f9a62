#include "sources/tensorflow/op_def.h"

#include <gtest/gtest.h>

namespace litecast::tensorflow {
namespace {

TEST(OpDefs, FindsFirstMiddleAndLastOp) {
  const OpDefs ops;
  for (const char* name : {"A", "Conv2D", "ZipDataset", "_XlaRun"}) {
    ASSERT_TRUE(ops.find(name)) << name;
    EXPECT_EQ(ops.find(name)->name, name);
  }
  EXPECT_FALSE(ops.find(""));
  EXPECT_FALSE(ops.find("Conv2"));
  EXPECT_FALSE(ops.find("~"));
}

TEST(OpDefs, KnowArgumentsDefaultsAndState) {
  const OpDefs ops;
  const OpDef& conv = *ops.find("Conv2D");
  EXPECT_EQ(conv.input_args[1].name, "filter");
  EXPECT_EQ(conv.output_args[0].type_attr, "T");
  EXPECT_EQ(conv.find_default("data_format")->string(), "NHWC");
  EXPECT_EQ(conv.find_default("dilations")->integers(), (std::vector<std::int64_t>{1, 1, 1, 1}));
  EXPECT_TRUE(conv.find_default("explicit_paddings")->integers().empty());
  EXPECT_FALSE(conv.find_default("strides"));
  EXPECT_FALSE(conv.is_stateful);
  EXPECT_TRUE(ops.find("VarHandleOp")->is_stateful);
  EXPECT_EQ(ops.find("Split")->output_args[0].number_attr, "num_split");
  EXPECT_EQ(ops.find("IdentityN")->output_args[0].type_list_attr, "T");
  EXPECT_TRUE(ops.find("VariableV2")->output_args[0].is_ref);
}

TEST(OpDefs, KnowDefaultsOfEveryKind) {
  const OpDefs ops;
  EXPECT_FLOAT_EQ(ops.find("FusedBatchNormV3")->find_default("epsilon")->floating(), 1e-4f);
  EXPECT_FALSE(ops.find("Placeholder")->find_default("shape")->shape().known_rank);
  EXPECT_EQ(ops.find("Shape")->find_default("out_type")->type(), DataType::kInt32);
  EXPECT_TRUE(ops.find("While")->find_default("output_shapes")->shapes().empty());
}

}  // namespace
}  // namespace litecast::tensorflow
