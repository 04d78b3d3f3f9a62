// What conditions and bodies of loops are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "optimize/rewrite.h"

namespace litecast::optimize {

// The operands of a chain of LOGICAL_ANDs; nothing where there are more than any loop has.
std::vector<const Value*> conjuncts(const Value* condition);

// Of a truth value; nothing where only the run tells it.
std::optional<bool> known_truth(const Value* value);
bool is_scalar(const Value* value, std::int64_t number);
bool is_scalar(const Value* value);
// What an ADD of that number is made of; null where the value is none.
const Value* without(const Value* value, std::int64_t number);
// The position of the value among the graph's inputs; -1 where it is none.
int input_index(const ir::Graph& graph, const Value* value);

}  // namespace litecast::optimize
