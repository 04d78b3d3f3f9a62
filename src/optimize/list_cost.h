// What lists cost that loops write: the runtime copies all that changes twice in each round. Fitted
// to what bench/lists.py measures on x86-64 with AVX-512, one thread; times in microseconds.
#pragma once

#include <cstdint>
#include <optional>

namespace litecast::optimize {

struct ListSizes {
  std::optional<std::int64_t> rounds;  // where they are known before the model runs
  bool counts_samples = false;         // where they are not: whether there are seldom many
  int lists = 1;                       // written and read
  double row = 0;                      // bytes, of all lists that are written
  double carried = 0;                  // bytes of what a loop over blocks would copy besides
};

// The time that a round takes to copy what changes.
double copying_time(double bytes);

// How many rows of the lists had best be written as a block (block_lists.h); nothing where one loop
// is about as fast. Only where the number of rounds is known.
std::optional<std::int64_t> rows_of_block(const ListSizes& sizes);

// For a loop of n rounds, where n is known when the model runs: blocks of √(n + more) rows, but no
// fewer than `fewest`. Nothing where one loop is about as fast even if it is long.
struct FreeBlock {
  std::int64_t more;
  std::int64_t fewest;
};
std::optional<FreeBlock> free_block(const ListSizes& sizes);

// The time of a round in the better form, on lists with rows of so many bytes.
double list_time(double rounds, double row);

}  // namespace litecast::optimize
