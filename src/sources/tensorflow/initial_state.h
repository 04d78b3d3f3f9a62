#pragma once

#include "ir/module.h"
#include "sources/tensorflow/table_store.h"
#include "sources/tensorflow/variable_store.h"

namespace litecast::tensorflow {

// Gives the variables and tables that the signatures use their first contents: a graph that all of
// them run first, of which the runtime takes care that it runs once. Also adds the variables to the
// module's resources.
void add_initial_state(ir::Module& module, VariableStore& variables, TableStore& tables);

}  // namespace litecast::tensorflow
