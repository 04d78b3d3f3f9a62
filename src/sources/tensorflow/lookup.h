// What a table gives for keys, in ops of the runtime.
#pragma once

#include "emit/emitter.h"
#include "sources/tensorflow/table_store.h"

namespace litecast::tensorflow {

// For each key its value, or `otherwise`, a scalar of the values' type. The runtime's own tables
// are between text and 64-bit integers; numbers that lie close together become a place in a list,
// others a way through text.
ir::Value* look_up(emit::Emitter& e, TableStore& tables, Table& table, ir::Value* keys,
                   ir::Value* otherwise);

}  // namespace litecast::tensorflow
