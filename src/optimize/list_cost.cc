#include "optimize/list_cost.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace litecast::optimize {
namespace {

// A round of the loop over blocks, besides what it copies; more for each list, and where the blocks
// do not fit.
constexpr double kRoundOfBlocks = 2.0, kOfList = 0.5, kMisfit = 0.5;
// The least that a round computes besides its lists; what is not a fifth of both is left alone.
constexpr double kRound = 2.0, kWorthwhile = 0.2;
// A number of rounds that is not known counts as this many: what a long loop loses is more than
// what a short one would. But samples are seldom many.
constexpr std::int64_t kManyRounds = 1000, kManySamples = 100;
constexpr std::int64_t kFewestRows = 2;
// More are nobody's.
constexpr std::int64_t kMostRounds = std::int64_t{1} << 30;

struct Point {
  double bytes, time;
};
// The near caches, then the far one, then memory.
constexpr Point kCopying[] = {{0, 0},        {13e3, 0.07},  {26e3, 0.6},  {51e3, 1.9},
                              {102e3, 3.8},  {256e3, 9.9},  {512e3, 21},  {1000e3, 60},
                              {1500e3, 180}, {2000e3, 270}, {6000e3, 880}};

bool is_worthwhile(double one, double other) { return one - other >= kWorthwhile * (kRound + one); }

double round_of_blocks(const ListSizes& sizes) { return kRoundOfBlocks + kOfList * sizes.lists; }

class BlockSearch {
 public:
  explicit BlockSearch(const ListSizes& sizes) : sizes_(sizes) {}

  struct Choice {
    std::int64_t rows = 0;  // none: one loop
    double time = 0;
  };

  // Blocks may consist of blocks themselves.
  Choice best(std::int64_t rounds) {
    prepare(rounds);
    return choose(rounds, true);
  }

 private:
  void prepare(std::int64_t rounds) {
    constexpr double kStep = 1.25;
    for (double rows = kFewestRows; rows < static_cast<double>(rounds); rows = rows * kStep + 1) {
      const auto whole = static_cast<std::int64_t>(rows);
      const double time = choose(whole, false).time;
      tried_.push_back({whole, time});
    }
  }

  Choice choose(std::int64_t rounds, bool with_divisors) const {
    Choice best{0, std::numeric_limits<double>::infinity()};
    const auto consider = [&](std::int64_t rows, double within) {
      const double time = within + between(rounds, rows);
      if (time < best.time) best = {rows, time};
    };
    for (const Choice& tried : tried_)
      if (tried.rows < rounds) consider(tried.rows, tried.time);
    if (with_divisors)
      for (std::int64_t i = kFewestRows; i * i <= rounds; ++i)
        if (rounds % i == 0)
          for (const std::int64_t rows : {i, rounds / i}) consider(rows, choose(rows, false).time);
    const double one = copying_time(bytes(rounds));
    return is_worthwhile(one, best.time) ? best : Choice{0, one};
  }

  // What a round pays for going from block to block.
  double between(std::int64_t rounds, std::int64_t rows) const {
    const double misfit = rounds % rows == 0 ? 0 : kMisfit;
    return (copying_time(bytes(rounds)) + copying_time(sizes_.carried) + round_of_blocks(sizes_) +
            misfit) /
           static_cast<double>(rows);
  }

  double bytes(std::int64_t rows) const { return static_cast<double>(rows) * sizes_.row; }

  const ListSizes& sizes_;
  std::vector<Choice> tried_;
};

}  // namespace

double copying_time(double bytes) {
  const auto next = std::ranges::find_if(kCopying, [&](const Point& p) { return bytes < p.bytes; });
  if (next == std::end(kCopying)) {
    const Point& last = std::end(kCopying)[-1];
    return bytes * last.time / last.bytes;
  }
  const Point& before = next[-1];
  return before.time +
         (bytes - before.bytes) * (next->time - before.time) / (next->bytes - before.bytes);
}

std::optional<std::int64_t> rows_of_block(const ListSizes& sizes) {
  if (!sizes.rounds || *sizes.rounds < 2 * kFewestRows || *sizes.rounds > kMostRounds)
    return std::nullopt;
  const auto choice = BlockSearch(sizes).best(*sizes.rounds);
  return choice.rows ? std::optional(choice.rows) : std::nullopt;
}

std::optional<FreeBlock> free_block(const ListSizes& sizes) {
  ListSizes usual = sizes;
  usual.rounds = sizes.counts_samples ? kManySamples : kManyRounds;
  if (!rows_of_block(usual)) return std::nullopt;
  const auto whole = [](double rows) { return static_cast<std::int64_t>(std::min(rows, 1e6)); };
  const double row = std::max(sizes.row, 1.0);
  // So many rows are copied as long as a round of the loop over blocks takes; and so many at once
  // in no time.
  const double rate = copying_time(512e3) / 512e3;
  const double more = (round_of_blocks(sizes) + copying_time(sizes.carried)) / (rate * row);
  return FreeBlock{whole(more), std::max<std::int64_t>(whole(kCopying[1].bytes / row), 1)};
}

double list_time(double rounds, double row) {
  const ListSizes sizes{.row = row};
  const double most = static_cast<double>(kMostRounds);
  return BlockSearch(sizes).best(static_cast<std::int64_t>(std::clamp(rounds, 1.0, most))).time;
}

}  // namespace litecast::optimize
