#include "ir/constant.h"

#include <gtest/gtest.h>
#include <litecast/error.h>

#include <cstring>
#include <fstream>
#include <numeric>

#include "support/crc32c.h"

namespace litecast::ir {
namespace {

ConstantPtr floats(const StaticShape& shape) {
  std::int64_t n = 1;
  for (auto d : shape) n *= d;
  std::vector<float> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0f);
  return Constant::of<float>(DType::FLOAT32, shape, values);
}

std::vector<float> read(const Constant& c, std::size_t budget) {
  std::vector<float> out(static_cast<std::size_t>(c.elements()), -1);
  c.for_each_tile(budget, [&](std::uint64_t offset, std::span<const std::byte> piece) {
    std::memcpy(reinterpret_cast<std::byte*>(out.data()) + offset, piece.data(), piece.size());
  });
  return out;
}

// Element by element, the definition.
std::vector<float> transposed(const std::vector<float>& in, const StaticShape& shape,
                              const std::vector<int>& permutation) {
  std::vector<float> out;
  StaticShape index(shape.size(), 0);
  for (std::size_t n = 0; n < in.size(); ++n) {
    std::int64_t at = 0;
    for (std::size_t a = 0; a < shape.size(); ++a) {
      std::int64_t i = 0;
      for (std::size_t p = 0; p < permutation.size(); ++p)
        if (permutation[p] == static_cast<int>(a)) i = index[p];
      at = at * shape[a] + i;
    }
    out.push_back(in[static_cast<std::size_t>(at)]);
    for (std::size_t p = shape.size(); p-- > 0;) {
      if (++index[p] < shape[static_cast<std::size_t>(permutation[p])]) break;
      index[p] = 0;
    }
  }
  return out;
}

TEST(Constant, TransposesForEveryTileSize) {
  const StaticShape shape = {3, 4, 5, 6};
  const ConstantPtr c = floats(shape);
  std::vector<int> permutation = {0, 1, 2, 3};
  do {
    const ConstantPtr t = c->transposed(permutation);
    ASSERT_NE(t, nullptr);
    const auto want = transposed(read(*c, 1 << 20), shape, permutation);
    for (std::size_t budget : {1u, 40u, 300u, 1u << 20}) EXPECT_EQ(read(*t, budget), want);
  } while (std::next_permutation(permutation.begin(), permutation.end()));
}

TEST(Constant, TransposesAMatrixForEveryTileSize) {
  const StaticShape shape = {700, 37};
  const std::vector<int> swap = {1, 0};
  const ConstantPtr c = floats(shape);
  const auto want = transposed(read(*c, 1 << 20), shape, swap);
  for (std::size_t budget : {4u, 150u, 500u, 5000u, 1u << 20})
    EXPECT_EQ(read(*c->transposed(swap), budget), want) << budget;
}

TEST(Constant, ComposesTransposes) {
  const std::vector<int> p = {2, 0, 1}, q = {1, 2, 0};
  const ConstantPtr c = floats({2, 3, 4})->transposed(p)->transposed(q);
  EXPECT_EQ(c->shape(), (StaticShape{2, 3, 4}));
  EXPECT_EQ(read(*c, 64), read(*floats({2, 3, 4}), 64));
}

TEST(Constant, ReshapesBeforeAndAfterATranspose) {
  const std::vector<int> swap = {1, 0};
  const ConstantPtr c = floats({2, 3, 4})->reshaped({6, 4})->transposed(swap)->reshaped({2, 12});
  EXPECT_EQ(c->shape(), (StaticShape{2, 12}));
  EXPECT_EQ(read(*c, 1 << 20), transposed(read(*floats({6, 4}), 1 << 20), {6, 4}, {1, 0}));
  EXPECT_THROW(c->reshaped({5, 5}), MalformedInput);
}

TEST(Constant, ComputesBehindATransposeAndAReshape) {
  const int swap[] = {1, 0};
  const ConstantPtr c = floats({2, 3})->transposed(swap)->reshaped({1, 6});
  const std::vector<float> two = {2};
  const ConstantPtr scale = Constant::of<float>(DType::FLOAT32, {1, 1}, two);
  const ConstantPtr scaled =
      c->elementwise(Op::MUL, tflite::MulOptionsT(), scale, false, DType::FLOAT32);
  ASSERT_NE(scaled, nullptr);
  const std::vector<float> want = {2, 8, 4, 10, 6, 12};
  EXPECT_EQ(read(*scaled, 1 << 20), want);
  std::vector<float> bytes(6);
  std::memcpy(bytes.data(), scaled->bytes().data(), 24);
  EXPECT_EQ(bytes, want);
}

TEST(Constant, IdentityIsOfTheWayNotOfTheObject) {
  const std::vector<int> swap = {1, 0};
  const ConstantPtr a = floats({2, 3}), b = floats({2, 3});
  EXPECT_TRUE(a->identical(*b));
  EXPECT_EQ(a->identity_hash(), b->identity_hash());
  EXPECT_TRUE(a->transposed(swap)->identical(*b->transposed(swap)));
  EXPECT_FALSE(a->transposed(swap)->identical(*a));
  EXPECT_FALSE(a->reshaped({3, 2})->identical(*a));
}

TEST(Constant, ReadsSegmentsOfAFileAndChecksThem) {
  const std::string path = testing::TempDir() + "/constant_test.bin";
  std::vector<float> values(1000);
  std::iota(values.begin(), values.end(), 0.0f);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), 4000);
  const auto file = support::File::open(path);
  const auto bytes = std::as_bytes(std::span(values));
  const auto crc = [&](std::size_t offset, std::size_t size) {
    return support::mask_crc32c(support::crc32c(0, bytes.subspan(offset, size)));
  };
  const ConstantPtr good = Constant::file(
      DType::FLOAT32, {10, 100},
      {{{file, 0, 1600}, crc(0, 1600), "w"}, {{file, 1600, 2400}, crc(1600, 2400), "w"}});
  EXPECT_EQ(read(*good, 128), values);
  const ConstantPtr bad =
      Constant::file(DType::FLOAT32, {10, 100}, {{{file, 0, 4000}, crc(0, 1600), "dense/kernel"}});
  try {
    read(*bad, 128);
    FAIL() << "the wrong checksum was accepted";
  } catch (const MalformedInput& e) {
    EXPECT_NE(std::string(e.what()).find("dense/kernel"), std::string::npos);
  }
}

// Rows or columns [begin, begin + size) of a matrix.
std::vector<float> sliced(const std::vector<float>& in, std::int64_t columns, int axis,
                          std::int64_t begin, std::int64_t size) {
  std::vector<float> out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int64_t at = static_cast<std::int64_t>(i) / (axis == 0 ? columns : 1) %
                            (axis == 0 ? std::numeric_limits<std::int64_t>::max() : columns);
    if (at >= begin && at < begin + size) out.push_back(in[i]);
  }
  return out;
}

TEST(Constant, SlicesAnAxisHoweverItIsMade) {
  // Larger than what is computed at once.
  const ConstantPtr leaf = floats({160, 240});
  const std::vector<int> swap = {1, 0};
  const ConstantPtr scaled =
      leaf->elementwise(Op::MUL, tflite::MulOptionsT(), floats({240}), false, DType::FLOAT32);
  for (const ConstantPtr& c :
       {leaf, scaled, leaf->transposed(swap), scaled->transposed(swap), leaf->reshaped({120, 320}),
        leaf->transposed(swap)->sliced(0, 60, 180)}) {
    const auto all = read(*c, 1 << 20);
    for (const int axis : {0, 1}) {
      const ConstantPtr some = c->sliced(axis, 30, 80);
      ASSERT_NE(some, nullptr);
      EXPECT_EQ(some->shape()[static_cast<std::size_t>(axis)], 80);
      const auto want = sliced(all, c->shape()[1], axis, 30, 80);
      for (std::size_t budget : {64, 4000, 1 << 20}) EXPECT_EQ(read(*some, budget), want);
      EXPECT_TRUE(some->identical(*c->sliced(axis, 30, 80)));
      EXPECT_FALSE(some->identical(*c->sliced(axis, 31, 80)));
    }
  }
}

TEST(Constant, ChecksTheWholeFileOfWhichItIsASlice) {
  const std::string path = testing::TempDir() + "/constant_test_slice.bin";
  std::vector<float> values(40000);
  std::iota(values.begin(), values.end(), 0.0f);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), 160000);
  const auto crc = support::mask_crc32c(support::crc32c(0, std::as_bytes(std::span(values))));
  const auto with_checksum = [&](std::uint32_t checksum) {
    return Constant::file(DType::FLOAT32, {100, 400},
                          {{{support::File::open(path), 0, 160000}, checksum, "lstm/kernel"}});
  };
  EXPECT_EQ(read(*with_checksum(crc)->sliced(1, 100, 200), 512), sliced(values, 400, 1, 100, 200));
  EXPECT_THROW(read(*with_checksum(crc + 1)->sliced(0, 0, 50), 512), MalformedInput);
}

TEST(Constant, RefusesASizeThatDoesNotFit) {
  EXPECT_THROW(Constant::owned(DType::FLOAT32, {3}, std::vector<std::byte>(11)), MalformedInput);
  EXPECT_THROW(Constant::owned(DType::FLOAT32, {-1}, {}), MalformedInput);
  EXPECT_THROW(Constant::splat(DType::FLOAT32, {INT64_MAX, 4}, std::vector<std::byte>(4)),
               MalformedInput);
}

}  // namespace
}  // namespace litecast::ir
