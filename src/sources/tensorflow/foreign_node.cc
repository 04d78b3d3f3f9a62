#include "sources/tensorflow/foreign_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "sources/tensorflow/custom_options.h"
#include "sources/tensorflow/flex_ops.h"
#include "sources/tensorflow/plan.h"
#include "sources/tensorflow/result_shapes.h"
#include "sources/tensorflow/table_store.h"
#include "sources/tensorflow/tensor_constant.h"

namespace litecast::tensorflow {
namespace {

// They are stateful by their definitions, but only read what they are given the handle of.
constexpr std::string_view kReadingOps[] = {
    "LookupTableExportV2", "LookupTableFindV2", "LookupTableSizeV2",  "ReadVariableOp",
    "ResourceGather",      "ResourceGatherNd",  "VarIsInitializedOp", "VariableShape"};

constexpr std::size_t kMostResults = 256;

ir::CustomEffect effect_of(const NodeDef& node) {
  if (std::ranges::find(kReadingOps, node.op()) != std::end(kReadingOps))
    return ir::CustomEffect::read;
  const OpDef* op = node.op_def();
  return op && !op->is_stateful ? ir::CustomEffect::pure : ir::CustomEffect::opaque;
}

Value* add_node(Emitter& e, ir::NodeSpec spec, ir::Type type) {
  auto made = e.builder().add(std::move(spec), {std::move(type)});
  if (!made) throw Unsupported(made.error().message);
  return made->front();
}

Value* add_handle(Emitter& e, const NodeDef& handle) {
  return add_node(e, foreign_handle(handle), {ir::DType::RESOURCE, {}});
}

class Foreign {
 public:
  Foreign(NodeContext& node, Kernel kernel, ForeignState& state)
      : c_(node), kernel_(kernel), state_(state) {
    if (!c_.node.op_def())
      throw Unsupported("neither TensorFlow nor the file says what it takes and gives",
                        "save the model in a program that has loaded the op's library");
  }

  void emit(const std::vector<std::optional<KnownResult>>& known) {
    ir::NodeSpec spec{.op = Op::CUSTOM, .operands = operands()};
    const bool is_custom = kernel_ == Kernel::custom;
    spec.custom_name = custom_name(kernel_, c_.op());
    spec.custom_bytes = is_custom ? custom_options(c_.node.attrs(), c_.node.op_def())
                                  : select_tf_options(c_.node, spec.operands.size());
    spec.custom_effect = assigns_ ? ir::CustomEffect::opaque : effect_of(c_.node);
    std::vector<ir::Type> types = result_types(spec.operands);
    for (std::size_t i = 0; i < std::min(types.size(), known.size()); ++i)
      if (known[i] && !is_reserve(i)) types[i].shape = known[i]->type.shape;
    auto made = c_.e.builder().add(std::move(spec), std::move(types));
    if (!made) throw Unsupported(made.error().message);
    if (assigns_) c_.states.forget();
    for (std::size_t i = 0; i < made->size(); ++i) {
      if (i < known.size() && known[i] && known[i]->contents && !(*made)[i]->contents())
        (*made)[i]->set_contents(*known[i]->contents);
      c_.bind(i, (*made)[i]);
    }
  }

 private:
  std::vector<Value*> operands() {
    const std::vector<DataType> types = c_.node.input_types();
    std::vector<Value*> operands;
    for (int i = 0; i < c_.input_count(); ++i) {
      const auto index = static_cast<std::size_t>(i);
      const bool is_handle = index < types.size() && (types[index] == DataType::kResource ||
                                                      types[index] == DataType::kVariant);
      operands.push_back(is_handle ? handle(i) : c_.input(i));
    }
    if (has_grown_) throw ForeignStateHasGrown();
    return operands;
  }

  Value* handle(int index) {
    const Binding& bound = c_.binding(index);
    if (auto* known = std::get_if<TensorList>(&bound)) return list(*known, index);
    if (auto* known = std::get_if<VariableHandle>(&bound)) return variable(*known->variable);
    if (auto* known = std::get_if<TableHandle>(&bound)) return table(*known->table);
    if (auto* known = std::get_if<OpaqueHandle>(&bound)) {
      if (kernel_ != Kernel::select_tf || !is_select_tf_op(known->origin->op()))
        return c_.input(index);
      note(*known->origin);
      return add_handle(c_.e, *known->origin);
    }
    return c_.input(index);
  }

  // Each signature has a node of its own for the same table.
  void note(const NodeDef& table) {
    const auto is_same = [&](const NodeDef* known) {
      return variable_identity(*known) == variable_identity(table);
    };
    if (std::ranges::none_of(state_.changing_tables, is_same))
      state_.changing_tables.push_back(&table);
  }

  Value* list(const TensorList& list, int index) {
    if (kernel_ != Kernel::select_tf || list.origin.empty()) return c_.input(index);
    state_.add_list(list.origin);
    has_grown_ = true;
    return nullptr;
  }

  Value* variable(Variable& variable) {
    if (kernel_ == Kernel::select_tf) {
      c_.states.initial(variable);
      return foreign(variable.is_foreign, *variable.handle);
    }
    assigns_ = true;
    return c_.states.handle(c_.e, variable);
  }

  Value* table(Table& table) {
    if (kernel_ == Kernel::select_tf) return foreign(table.is_foreign, *table.handle);
    throw Unsupported("it takes a lookup table, which custom ops cannot");
  }

  Value* foreign(bool is_foreign, const NodeDef& handle) {
    if (!is_select_tf_op(handle.op()))
      throw Unsupported(fmt::format("it takes what {} '{}' makes, which Select TF ops cannot",
                                    handle.op(), handle.name()));
    if (is_foreign) return add_handle(c_.e, handle);
    state_.add(variable_identity(handle));
    has_grown_ = true;
    return nullptr;
  }

  // What this op hands to its gradient differs between TensorFlow's kernels.
  bool is_reserve(std::size_t result) const {
    return c_.op().starts_with("FusedBatchNorm") && result >= 3;
  }

  std::vector<ir::Type> result_types(std::span<Value* const> operands) {
    // A few bytes may claim any number of results.
    const std::size_t most = kMostResults + c_.node.message().bytes().size();
    if (c_.node.output_count() > most)
      throw Unsupported(fmt::format("it has {} results, of which a kernel can give {}",
                                    c_.node.output_count(), most));
    const std::vector<DataType> dtypes = c_.node.output_types();
    ResultShapes shapes = result_shapes({c_.node, operands, c_.e.dims()}, dtypes.size());
    if (c_.op() == "ReadVariableOp" && shapes.size() == 1) shapes[0] = variable_shape(shapes[0]);
    std::vector<ir::Type> types;
    for (std::size_t i = 0; i < dtypes.size(); ++i)
      types.push_back({dtype_of(dtypes[i]), std::move(shapes[i])});
    return types;
  }

  // As the variable that is read declares it, where `noted` leaves it open.
  Shape variable_shape(const Shape& noted) {
    const auto* handle = std::get_if<VariableHandle>(&c_.binding(0));
    if (noted.is_ranked() || !handle) return noted;
    const auto declared = handle->variable->handle->find_attr("shape");
    return declared ? shape_of(declared->shape(), c_.e.dims()) : noted;
  }

  NodeContext& c_;
  Kernel kernel_;
  ForeignState& state_;
  bool has_grown_ = false;
  bool assigns_ = false;  // may assign variables of the runtime
};

}  // namespace

std::string custom_name(Kernel kernel, std::string_view op) {
  return kernel == Kernel::select_tf ? fmt::format("Flex{}", op) : std::string(op);
}

void emit_foreign(NodeContext& node, Kernel kernel, ForeignState& state,
                  const std::vector<std::optional<KnownResult>>& known) {
  node.set_provenance();
  Foreign(node, kernel, state).emit(known);
}

bool makes_foreign_list(const NodeContext& node, const ForeignState& state) {
  const bool is_list_op =
      node.op().starts_with("TensorList") || node.op().starts_with("EmptyTensorList");
  return is_list_op && is_select_tf_op(node.op()) &&
         state.contains_list(node.frame.path_of(node.node));
}

bool takes_foreign_state(const NodeContext& node) {
  for (int i = 0; i < node.input_count(); ++i) {
    const Binding& bound = node.binding(i);
    if (auto* handle = std::get_if<VariableHandle>(&bound))
      if (handle->variable->is_foreign && handle->variable->is_written) return true;
    if (auto* handle = std::get_if<TableHandle>(&bound))
      if (handle->table->is_foreign) return true;
  }
  return false;
}

// A node of that name in another graph is the same one.
ir::NodeSpec foreign_handle(const NodeDef& handle) {
  const auto shared = handle.find_attr("shared_name");
  const bool is_named = shared && !shared->string().empty();
  return {
      .op = Op::CUSTOM,
      .custom_name = custom_name(Kernel::select_tf, handle.op()),
      .custom_bytes = select_tf_options(handle, 0, is_named ? std::string_view() : handle.name()),
      .custom_effect = ir::CustomEffect::pure};
}

void add_foreign_op(Emitter& e, const char* op, std::vector<Value*> operands,
                    std::span<const std::pair<std::string_view, DataType>> attrs) {
  const std::size_t inputs = operands.size();
  auto made = e.builder().add({.op = Op::CUSTOM,
                               .operands = std::move(operands),
                               .custom_name = custom_name(Kernel::select_tf, op),
                               .custom_bytes = select_tf_options(op, inputs, attrs)});
  if (!made) throw Unsupported(made.error().message);
}

}  // namespace litecast::tensorflow
