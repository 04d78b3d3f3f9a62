#include "sources/tensorflow/tensor_proto.h"

#include <gmock/gmock.h>

#include <cstring>

#include <litecast/error.h>
#include "tensorflow_writers.h"

namespace litecast::tensorflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::shape_proto;
using testing::Writer;

template <class T>
std::vector<T> values(const std::vector<std::byte>& bytes) {
  std::vector<T> out(bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

struct Parsed {
  explicit Parsed(const std::string& bytes)
      : document(Document::of("m.pb", bytes)), tensor(Message(*document)) {}
  std::shared_ptr<const Document> document;
  TensorProto tensor;
};

Parsed parse(DataType type, const std::vector<std::int64_t>& shape, Writer& rest) {
  return Parsed(Writer().integer(1, static_cast<int>(type)).bytes(2, shape_proto(shape)).done() +
                rest.done());
}

TEST(TensorProto, LeavesContentInPlace) {
  Writer content;
  content.bytes(4, std::string_view("\1\0\0\0\2\0\0\0", 8));
  const auto parsed = parse(DataType::kInt32, {2}, content);
  ASSERT_TRUE(parsed.tensor.content());
  EXPECT_GE(parsed.tensor.content()->data(), parsed.document->bytes().data());
  EXPECT_THAT(values<std::int32_t>(parsed.tensor.bytes()), ElementsAre(1, 2));
  EXPECT_FALSE(parsed.tensor.splat());
}

TEST(TensorProto, RepeatsTheLastListedValue) {
  Writer list;
  list.packed_floats(5, {1, 2});
  EXPECT_THAT(values<float>(parse(DataType::kFloat, {4}, list).tensor.bytes()),
              ElementsAre(1, 2, 2, 2));
}

TEST(TensorProto, KnowsASplatWithoutExpandingIt) {
  Writer one, none;
  one.float32(5, 3);
  const auto huge = parse(DataType::kFloat, {1 << 20, 1 << 20}, one);
  EXPECT_THAT(values<float>(*huge.tensor.splat()), ElementsAre(3));
  EXPECT_THROW(huge.tensor.bytes(), UsageError);
  EXPECT_THAT(values<float>(*parse(DataType::kFloat, {5}, none).tensor.splat()), ElementsAre(0));
}

TEST(TensorProto, ReadsEveryListOfValues) {
  Writer half, int64, boolean, int8, uint64, complex64, complex128, float64, uint32;
  half.integer(13, 0x3c00).integer(13, 0x4000);
  EXPECT_THAT(values<std::uint16_t>(parse(DataType::kHalf, {2}, half).tensor.bytes()),
              ElementsAre(0x3c00, 0x4000));
  EXPECT_THAT(values<std::uint16_t>(parse(DataType::kBfloat16, {2}, half).tensor.bytes()),
              ElementsAre(0x3c00, 0x4000));
  int64.packed_integers(10, {-5, std::int64_t{1} << 40});
  EXPECT_THAT(values<std::int64_t>(parse(DataType::kInt64, {2}, int64).tensor.bytes()),
              ElementsAre(-5, std::int64_t{1} << 40));
  boolean.packed_integers(11, {1, 0, 1});
  EXPECT_THAT(values<std::uint8_t>(parse(DataType::kBool, {3}, boolean).tensor.bytes()),
              ElementsAre(1, 0, 1));
  int8.packed_integers(7, {-1, 127});
  EXPECT_THAT(values<std::int8_t>(parse(DataType::kInt8, {2}, int8).tensor.bytes()),
              ElementsAre(-1, 127));
  uint64.packed_integers(17, {-1});
  EXPECT_THAT(values<std::uint64_t>(parse(DataType::kUint64, {1}, uint64).tensor.bytes()),
              ElementsAre(~std::uint64_t{0}));
  uint32.packed_integers(16, {0xffffffff});
  EXPECT_THAT(values<std::uint32_t>(parse(DataType::kUint32, {1}, uint32).tensor.bytes()),
              ElementsAre(0xffffffff));
  complex64.packed_floats(9, {1, 2, 3, 4});
  EXPECT_THAT(values<float>(parse(DataType::kComplex64, {3}, complex64).tensor.bytes()),
              ElementsAre(1, 2, 3, 4, 3, 4));
  complex128.float64(12, 1).float64(12, -2);
  EXPECT_THAT(values<double>(parse(DataType::kComplex128, {1}, complex128).tensor.bytes()),
              ElementsAre(1, -2));
  float64.float64(6, 0.5);
  EXPECT_THAT(values<double>(parse(DataType::kDouble, {}, float64).tensor.bytes()),
              ElementsAre(0.5));
}

TEST(TensorProto, RepeatsStringsToo) {
  Writer list;
  list.bytes(8, "a").bytes(8, "bc");
  EXPECT_THAT(parse(DataType::kString, {3}, list).tensor.strings(), ElementsAre("a", "bc", "bc"));
}

TEST(TensorProto, RefusesValuesThatDoNotFitTheShape) {
  Writer three, content, half_complex, strings;
  three.packed_floats(5, {1, 2, 3});
  EXPECT_THROW(parse(DataType::kFloat, {2}, three).tensor.bytes(), MalformedInput);
  content.bytes(4, "12345");
  EXPECT_THROW(parse(DataType::kFloat, {2}, content).tensor.bytes(), MalformedInput);
  half_complex.packed_floats(9, {1});
  EXPECT_THROW(parse(DataType::kComplex64, {2}, half_complex).tensor.bytes(), MalformedInput);
  strings.bytes(8, "a").bytes(8, "b");
  EXPECT_THROW(parse(DataType::kString, {1}, strings).tensor.strings(), MalformedInput);
  EXPECT_THROW(parse(DataType::kString, {1}, strings).tensor.bytes(), MalformedInput);
  EXPECT_THROW(parse(DataType::kFloat, {1}, three).tensor.strings(), MalformedInput);
}

TEST(TensorProto, RefusesImpossibleShapes) {
  Writer none;
  EXPECT_THROW(parse(DataType::kFloat, {-1}, none), MalformedInput);
  EXPECT_THROW(parse(DataType::kFloat, {-7}, none), MalformedInput);
  EXPECT_THROW(parse(DataType::kFloat, {std::int64_t{1} << 40, std::int64_t{1} << 40}, none),
               MalformedInput);
  EXPECT_EQ(parse(DataType::kFloat, {std::int64_t{1} << 40, std::int64_t{1} << 40, 0}, none)
                .tensor.element_count(),
            0);
}

TEST(TensorProto, CutAnywhereNeverReadsBeyondItsEnd) {
  Writer list;
  list.packed_floats(5, {1, 2});
  const std::string whole =
      Writer().integer(1, 1).bytes(2, shape_proto({2, 3})).done() + list.done();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto document = Document::of("m.pb", whole.substr(0, size));
    try {
      TensorProto tensor{Message(*document)};
      tensor.bytes();
    } catch (const MalformedInput& error) {
      EXPECT_THAT(error.what(), HasSubstr("m.pb"));
    }
  }
}

TEST(MessageReader, RefusesTheWrongWireType) {
  const auto document = Document::of("m.pb", Writer().bytes(1, "x").done());
  MessageReader field{Message(*document), "Test"};
  ASSERT_TRUE(field.next());
  EXPECT_THROW(field.integer(), MalformedInput);
}

}  // namespace
}  // namespace litecast::tensorflow
