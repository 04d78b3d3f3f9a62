#include "support/pointer_table.h"

#include <gtest/gtest.h>

namespace litecast::support {
namespace {

TEST(PointerTable, FindsWhatMatchesAmongEqualHashes) {
  std::vector<int> numbers(10'000);
  for (int i = 0; i < 10'000; ++i) numbers[static_cast<std::size_t>(i)] = i;
  PointerTable<int> table;
  const auto hash = [](int n) { return static_cast<std::size_t>(n / 3); };
  for (int& n : numbers) table.insert(hash(n), &n);
  for (const int n : numbers)
    EXPECT_EQ(table.find(hash(n), [&](int other) { return other == n; }),
              &numbers[static_cast<std::size_t>(n)]);
  EXPECT_EQ(table.find(hash(0), [](int n) { return n == 3; }), nullptr);
  EXPECT_EQ(table.find(99'999, [](int) { return true; }), nullptr);
}

TEST(PointerTable, IsEmptyAtFirst) {
  EXPECT_EQ(PointerTable<int>().find(0, [](int) { return true; }), nullptr);
}

TEST(PointerTable, KeepsOnlySomeOfOneHash) {
  std::vector<int> numbers(1000);
  PointerTable<int> table;
  for (int& n : numbers) table.insert(1, &n);
  int compared = 0;
  EXPECT_EQ(table.find(1, [&](int) { return ++compared == 0; }), nullptr);
  EXPECT_GT(compared, 8);
  EXPECT_LT(compared, 100);
}

}  // namespace
}  // namespace litecast::support
