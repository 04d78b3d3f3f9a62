#include "stablehlo/lower.h"

#include "ir/dead_nodes.h"
#include "report/summary.h"
#include "sources/diagnostics.h"
#include "stablehlo/lowerings.h"

namespace litecast::stablehlo {
namespace {

constexpr const char* kFixSizes = "fix the sizes of the inputs with --input-shape";

bool is_stablehlo(Op op) { return ir::name(op).starts_with("STABLEHLO_"); }

bool is_number(DType dtype) {
  return dtype != DType::STRING && dtype != DType::RESOURCE && dtype != DType::VARIANT;
}

bool is_static(const Value* x) { return !x || (x->shape().is_ranked() && x->shape().is_static()); }

void check_values(std::span<Value* const> values) {
  for (const Value* x : values) {
    if (!x) continue;
    if (!is_number(x->dtype()))
      throw Unsupported(fmt::format("StableHLO has no {}", ir::short_name(x->dtype())),
                        "compute it outside of the model");
    if (x->type().quantization)
      throw Unsupported("quantized tensors have no StableHLO form here",
                        "convert the model without fake quantization");
  }
}

class Stage {
 public:
  explicit Stage(ir::Module& module) : module_(module), combiners_(module) {}

  void run() {
    // Combiners are added meanwhile, which consist of StableHLO's operators.
    const std::size_t count = module_.graphs().size();
    for (std::size_t i = 0; i < count; ++i) check_inputs(*module_.graphs()[i]);
    for (std::size_t i = 0; i < count; ++i) run(*module_.graphs()[i]);
    diagnostics_.throw_if_any();
    for (const auto& graph : module_.graphs()) ir::remove_dead_nodes(*graph);
    ir::remove_unreached_graphs(module_);
  }

 private:
  void check_inputs(const Graph& graph) {
    for (const Value* input : graph.inputs()) {
      if (!is_static(input))
        diagnostics_.add("input", input->name(), "its sizes are free, and StableHLO's are known",
                         kFixSizes);
      if (!is_number(input->dtype()))
        diagnostics_.add("input", input->name(),
                         fmt::format("StableHLO has no {}", ir::short_name(input->dtype())),
                         "compute what it is for outside of the model");
    }
  }

  void run(Graph& graph) {
    Lowerer l(graph, combiners_);
    for (Node* node = graph.first(); node;) {
      Node* previous = node->previous();
      if (is_stablehlo(node->op()) || !lower(l, *node)) {
        node = node->next();
        continue;
      }
      // What a lowering put here may have to be lowered itself.
      node = previous ? previous->next() : graph.first();
    }
  }

  // Whether the node is gone.
  bool lower(Lowerer& l, Node& node) {
    // Where sizes come from inputs it has been said already.
    if (!std::ranges::all_of(node.operands(), is_static)) return false;
    try {
      replace(l, node);
      return true;
    } catch (const Unsupported& unsupported) {
      diagnostics_.add(op_name(node), node.provenance(), unsupported.what(), unsupported.remedy());
      return false;
    }
  }

  static void replace(Lowerer& l, Node& node) {
    const LowerFn lower = lowering_of(node.op());
    if (!lower)
      throw Unsupported("none of the format's StableHLO operators express it",
                        "convert for the runtime's builtin operators, which are the default");
    check_values(node.operands());
    check_values(node.results());
    if (!std::ranges::all_of(node.results(), is_static))
      throw Unsupported("the size of its result depends on data, and StableHLO's sizes are known",
                        "compute it outside of the model");
    l.stand_before(node);
    const Values values = lower(l, node);
    for (std::size_t i = 0; i < values.size(); ++i)
      l.builder().graph().replace_all_uses(node.results()[i], values[i]);
    l.builder().graph().erase(node);
  }

  ir::Module& module_;
  Combiners combiners_;
  Diagnostics diagnostics_;
};

}  // namespace

LowerFn lowering_of(Op op) {
  static const std::map<Op, LowerFn> kTable = [] {
    std::map<Op, LowerFn> table;
    for (const auto family : {activation_lowerings(), control_lowerings(), dense_lowerings(),
                              elementwise_lowerings(), gather_lowerings(), movement_lowerings(),
                              reduction_lowerings(), slice_lowerings(), window_lowerings()})
      for (const Lowering& lowering : family) table.emplace(lowering.op, lowering.lower);
    return table;
  }();
  const auto found = kTable.find(op);
  return found == kTable.end() ? nullptr : found->second;
}

void lower(ir::Module& module) {
  Stage(module).run();
  module.metadata.push_back({"keep_stablehlo_constant", {}});
  for (const char c : std::string_view("true"))
    module.metadata.back().bytes.push_back(static_cast<std::byte>(c));
}

}  // namespace litecast::stablehlo
