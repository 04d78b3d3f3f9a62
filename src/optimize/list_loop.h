// What a WHILE does that writes lists row by row: in the round in which its counter is c it writes
// row c of some, or row n−1−c, and takes such rows of others. Rows of other rounds it never sees.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optimize/rewrite.h"

namespace litecast::optimize {

struct ListLoop {
  // Nothing where the loop writes no list, or has no counter that grows by one and that its
  // condition keeps below the length of the lists.
  static std::optional<ListLoop> of(Node& loop);

  // A slot that each round gives on with another row.
  struct Written {
    int slot;
    Node* update;  // DYNAMIC_UPDATE_SLICE(slot, row, PACK(c, …))
    bool is_backwards;
  };
  // A slot that stays the same.
  struct Read {
    int slot;
    std::vector<Node*> gathers;  // GATHER(slot, c)
    bool is_backwards;
  };

  Node* loop;
  int counter;                        // the slot
  std::optional<std::int64_t> start;  // of the counter, where it is known
  // Of the condition, a conjunction: LESS(c, limit) or GREATER(limit, c).
  Node* bound;
  Value* limit;  // outside of the loop; at most the length
  Dim length;    // of all the lists
  std::vector<Written> written;
  std::vector<Read> read;

  ir::Graph& condition() const { return *loop->graphs()[0]; }
  ir::Graph& body() const { return *loop->graphs()[1]; }
};

}  // namespace litecast::optimize
