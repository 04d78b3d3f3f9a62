// While: condition and body become graphs. What a loop carries from one round to the next stands
// in slots; their types are found by walking the body until no slot changes any more.
#include "emit/shape.h"
#include "ir/dead_nodes.h"
#include "sources/tensorflow/binding_rules.h"
#include "sources/tensorflow/body_graph.h"
#include "sources/tensorflow/foreign_node.h"
#include "sources/tensorflow/passed_arguments.h"
#include "sources/tensorflow/tensor_list.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow::bindings {
namespace {

using Bindings = std::vector<Binding>;

// Each round but the last widens a slot, which can happen once for each of its axes.
constexpr int kMaxRounds = 64;

struct Slot {
  Binding initial;
  // The body gives it back as it was.
  bool is_invariant = false;
  // Of the tensor in a slot that changes; none while it is a list without one.
  std::optional<ir::Type> type;
  Shape initial_shape;
  std::vector<bool> is_widened;  // by axis

  void set_type(ir::Type initial_type) {
    type = std::move(initial_type);
    initial_shape = type->shape;
    if (type->shape.is_ranked()) is_widened.resize(type->shape.dims().size());
  }

  // Whether the slot had to be made wider to hold `result` as well.
  bool widen(const Shape& result, ir::DimContext& dims) {
    if (!type->shape.is_ranked()) return false;
    if (!result.is_ranked() || result.rank() != type->shape.rank()) {
      type->shape = Shape::unranked();
      return true;
    }
    std::vector<Dim> sizes = type->shape.dims();
    bool has_changed = false;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (is_widened[i] || sizes[i] == result.dims()[i]) continue;
      sizes[i] = dims.fresh("loop");
      is_widened[i] = has_changed = true;
    }
    type->shape = Shape(std::move(sizes));
    return has_changed;
  }
};

class Loop {
 public:
  Loop(NodeContext& node, Walk& walk)
      : node_(node),
        walk_(walk),
        condition_(node.node.attr("cond").function().name),
        body_(node.node.attr("body").function().name) {
    const auto passed = passed_arguments(walk.library(), body_);
    const Bindings initial = node.bindings(0);
    if (passed.size() != initial.size())
      node.node.malformed("carries another number of values than its body returns");
    for (std::size_t i = 0; i < initial.size(); ++i) {
      Slot slot{initial[i], passed[i] == i, {}, {}, {}};
      if (Value* tensor = tensor_of(initial[i])) slot.set_type(tensor->type());
      slots_.push_back(std::move(slot));
    }
  }

  Bindings run() {
    for (int round = 0; round < kMaxRounds; ++round) {
      ir::Builder::Trial trial(node_.e.builder());
      const Diagnostics before = walk_.diagnostics();
      const Bindings results = walk_body();
      if (settle(results)) {
        walk_.diagnostics() = before;
        continue;
      }
      if (std::ranges::any_of(results, is_poisoned)) return poisoned();
      Value* goes_on = walk_condition();
      if (!goes_on) return poisoned();
      if (is_false(goes_on) && !ir::has_effect(*condition_graph_)) return initial();
      trial.commit();
      return finish(results, goes_on);
    }
    throw Unsupported("the shapes that the loop carries do not settle");
  }

 private:
  // The slots as `graph` sees them.
  Bindings enter_slots(ir::Graph& graph) {
    Bindings arguments;
    for (const Slot& slot : slots_) {
      if (slot.is_invariant || !slot.type)
        arguments.push_back(enter(graph, slot.initial));
      else
        arguments.push_back(with_tensor(slot.initial, graph.add_input(*slot.type)));
    }
    return arguments;
  }

  ir::Graph& add_graph(std::string_view name) {
    return node_.e.builder().module().add_graph(node_.frame.path_of(node_.node) +
                                                std::string(name));
  }

  Bindings walk_body() {
    body_graph_ = &add_graph("/body");
    body_arguments_ = enter_slots(*body_graph_);
    ir::Builder builder(*body_graph_);
    return walk_.run_apart(node_, body_, body_arguments_, builder);
  }

  // Null where the condition cannot be converted.
  Value* walk_condition() {
    condition_graph_ = &add_graph("/cond");
    condition_arguments_ = enter_slots(*condition_graph_);
    ir::Builder builder(*condition_graph_);
    const Bindings results = walk_.run_apart(node_, condition_, condition_arguments_, builder);
    if (results.size() != 1) node_.node.malformed("has a condition that gives not one value");
    if (is_poisoned(results[0])) return nullptr;
    Value* result = tensor_of(results[0]);
    if (!result) node_.node.malformed("has a condition that gives no tensor");
    Emitter emitter(builder);
    return truth(emitter, result);
  }

  // Whether a slot turned out to be something else than it was taken for.
  bool settle(const Bindings& results) {
    bool has_changed = false;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].is_invariant || is_poisoned(results[i])) continue;
      has_changed |= settle(slots_[i], body_arguments_[i], results[i]);
    }
    return has_changed;
  }

  bool settle(Slot& slot, const Binding& argument, const Binding& result) {
    Value* tensor = tensor_of(result);
    one_kind(slot.initial, result);
    if (!tensor && slot.type) throw Unsupported("it carries a list that its body takes apart");
    if (!tensor && same_handle(argument, result)) return false;
    if (!tensor) throw Unsupported("its body returns another resource than it was given");
    // A value that the body hands back keeps what is known of it.
    if (tensor == tensor_of(argument) && slot.type) {
      slot.is_invariant = true;
      return true;
    }
    if (!slot.type) {
      ir::Type type = tensor->type();
      std::vector<Dim> sizes = emit::rank_of(tensor) > 0 ? type.shape.dims() : std::vector<Dim>{};
      const auto* list = std::get_if<TensorList>(&slot.initial);
      if (!list || sizes.empty()) throw Unsupported("its body returns something else than it took");
      sizes[0] = list->length;
      type.shape = Shape(std::move(sizes));
      slot.set_type(std::move(type));
      slot.widen(tensor->shape(), node_.e.dims());
      return true;
    }
    if (tensor->dtype() != slot.type->dtype)
      node_.node.malformed("changes the type of a value that it carries");
    return slot.widen(tensor->shape(), node_.e.dims());
  }

  // A list that TensorFlow's runtime keeps on one side of the loop is its to keep on the other.
  void one_kind(const Binding& initial, const Binding& result) {
    const auto is_foreign = [](const Binding& side) {
      const auto* value = std::get_if<Value*>(&side);
      return value && (*value)->dtype() == DType::VARIANT;
    };
    const auto* before = std::get_if<TensorList>(&initial);
    const auto* after = std::get_if<TensorList>(&result);
    const TensorList* list = before && is_foreign(result)   ? before
                             : after && is_foreign(initial) ? after
                                                            : nullptr;
    if (!list) return;
    walk_.fallback().state.add_list(list->origin);
    throw ForeignStateHasGrown();
  }

  static bool is_false(const Value* condition) {
    return condition->is_constant() && condition->constant()->bytes()[0] == std::byte{0};
  }

  Bindings initial() const {
    Bindings bindings;
    for (const Slot& slot : slots_) bindings.push_back(slot.initial);
    return bindings;
  }

  Bindings poisoned() const { return Bindings(slots_.size(), Poisoned{}); }

  // What stands in a slot before the first round.
  Value* initial_tensor(const Slot& slot) {
    if (Value* tensor = tensor_of(slot.initial)) return tensor;
    return emit::fill(node_.e, slot.initial_shape, blank(node_.e, slot.type->dtype));
  }

  Bindings finish(const Bindings& results, Value* goes_on) {
    std::vector<Value*> operands, condition_inputs, body_inputs, outputs;
    std::vector<std::size_t> carried;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Value* in_body = tensor_of(body_arguments_[i]);
      Value* in_condition = tensor_of(condition_arguments_[i]);
      if (!in_body || in_body->is_constant()) continue;
      const bool is_invariant = slots_[i].is_invariant;
      if (is_invariant && in_body->is_unused() && in_condition->is_unused() &&
          !is_result(results, in_body))
        continue;
      carried.push_back(i);
      operands.push_back(initial_tensor(slots_[i]));
      body_inputs.push_back(in_body);
      condition_inputs.push_back(in_condition);
      outputs.push_back(is_invariant ? in_body : tensor_of(results[i]));
    }
    body_graph_->set_inputs(std::move(body_inputs));
    body_graph_->set_outputs(std::move(outputs));
    condition_graph_->set_inputs(std::move(condition_inputs));
    condition_graph_->set_outputs({goes_on});
    auto made = node_.e.builder().add({.op = Op::WHILE,
                                       .operands = std::move(operands),
                                       .options = tflite::WhileOptionsT{},
                                       .graphs = {condition_graph_, body_graph_}});
    if (!made) throw Unsupported(made.error().message);
    if (ir::has_effect(*condition_graph_) || ir::has_effect(*body_graph_)) node_.states.forget();
    Bindings bindings = initial();
    for (std::size_t i = 0; i < carried.size(); ++i)
      if (!slots_[carried[i]].is_invariant)
        bindings[carried[i]] = with_tensor(bindings[carried[i]], (*made)[i]);
    return bindings;
  }

  bool is_result(const Bindings& results, const Value* tensor) const {
    for (std::size_t i = 0; i < slots_.size(); ++i)
      if (!slots_[i].is_invariant && tensor_of(results[i]) == tensor) return true;
    return false;
  }

  NodeContext& node_;
  Walk& walk_;
  std::string_view condition_, body_;
  std::vector<Slot> slots_;
  ir::Graph* condition_graph_ = nullptr;
  ir::Graph* body_graph_ = nullptr;
  Bindings condition_arguments_, body_arguments_;
};

void call_while(NodeContext& c, Walk& walk) { c.bind_all(Loop(c, walk).run()); }

constexpr BindingRule kLoopRules[] = {
    {"StatelessWhile", call_while},
    {"While", call_while},
};

}  // namespace

std::span<const BindingRule> loop() { return kLoopRules; }

}  // namespace litecast::tensorflow::bindings
