#include "optimize/pipeline.h"

#include "ir/dead_nodes.h"
#include "ir/verify.h"
#include "optimize/block_lists.h"
#include "optimize/branches_to_logic.h"
#include "optimize/copy_results.h"
#include "optimize/fill_lists.h"
#include "optimize/forward_assignments.h"
#include "optimize/fuse_recurrent.h"
#include "optimize/hoist_invariants.h"
#include "optimize/integers_first.h"
#include "optimize/merge_slots.h"
#include "optimize/own_states.h"
#include "optimize/prune_bodies.h"
#include "optimize/reduce_precision.h"
#include "optimize/rewrites.h"
#include "optimize/share_equal_nodes.h"
#include "optimize/unroll_loops.h"

namespace litecast::optimize {
namespace {

const std::vector<Pass>& passes() {
  static const std::vector<Pass> kPasses = {
      {"simplify",
       "one form for what can be written in several, so that patterns need to know one alone",
       {&kSimplifyAdd, &kSimplifySub, &kSimplifyMul, &kSimplifyDiv, &kSimplifyPow, &kSimplifyLogic,
        &kSimplifyCast, &kSimplifyReshape, &kSimplifyTranspose, &kJoinPacked, &kStackRows}},
      {"recognize",
       "before activations are fused, which would hide what the patterns consist of",
       {&kRecognizeRelu, &kRecognizeReluFromMinimum, &kRecognizeHardSwish, &kRecognizeGelu,
        &kRecognizeL2Normalization, &kRecognizePrelu, &kRecognizeSoftmax, &kShortenMish,
        &kCenterBeforeScale, &kSimplifyAdd, &kSimplifyMul}},
      {"move_layout",
       "permutations cancel each other before what they part is fused",
       {&kPushTransposeThroughElementwise, &kPushTransposeThroughConcatenation,
        &kPushTransposeThroughPad, &kPushTransposeThroughReduction, &kAbsorbTransposeInDense,
        &kAbsorbTransposeInBatchMatmul, &kSimplifyTranspose, &kSimplifyReshape}},
      {"fuse_weights",
       "scales and biases while the filters' ops are still linear",
       {&kFuseDilation, &kFuseScale, &kFuseBias, &kSinkBias, &kFuseInputScale, &kFusePad,
        &kSinkReshape, &kSimplifyAdd, &kSimplifyMul, &kSimplifyReshape, &kDropReshapeBeforeDense,
        &kKeepDimsOfDense}},
      {"fuse_activations",
       "last: an op with an activation takes no part in other patterns",
       {&kFuseActivation, &kSinkReshape, &kFuseInputScale, &kFusePad, &kSimplifyReshape}},
      {"settle", "after all that may take an output away", {&kFoldDequantize}},
  };
  return kPasses;
}

void check(const ir::Module& module) {
#ifndef NDEBUG
  ir::verify(module);
#else
  (void)module;
#endif
}

void run(ir::Module& module, std::span<const Rewrite* const> rewrites) {
  for (const auto& graph : module.graphs()) {
    if (rewrite(*graph, rewrites)) share_equal_nodes(*graph);
  }
  check(module);
}

// Loops that become other loops. What recurrent layers become is decided before: as loops they are
// seen no more.
struct LoopRewrite {
  const char* name;
  bool (*apply)(ir::Module& module);
};
constexpr LoopRewrite kLoopRewrites[] = {{"unroll_loops", unroll_loops},
                                         {"block_lists", block_lists}};

void rewrite_loops(ir::Module& module, const std::vector<std::string>& skipped) {
  bool has_changed = false;
  for (const LoopRewrite& rewrite : kLoopRewrites)
    if (std::ranges::find(skipped, rewrite.name) == skipped.end())
      has_changed |= rewrite.apply(module);
  // Each loop has taken from the other what it alone needs.
  if (!has_changed) return;
  prune_bodies(module);
  for (const auto& graph : module.graphs()) forward_assignments(*graph);
}

// Before all else: what leaves a loop takes part in the rewrites of the graph around it.
template <class BeforeStep>
void simplify_loops(ir::Module& module, const BeforeStep& before_step) {
  branches_to_logic(module);
  prune_bodies(module);
  merge_slots(module);
  before_step();
  hoist_invariants(module);
  prune_bodies(module);
}

}  // namespace

std::span<const Pass> pipeline() { return passes(); }

std::vector<std::string> rewrite_names() {
  std::vector<std::string> names;
  for (const Pass& pass : passes())
    for (const Rewrite* r : pass.rewrites) names.emplace_back(r->name);
  for (const LoopRewrite& rewrite : kLoopRewrites) names.emplace_back(rewrite.name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> optimize(ir::Module& module, const Wishes& wishes) {
  const auto before_pass = [&] {
    if (wishes.before_pass) wishes.before_pass();
  };
  for (const auto& graph : module.graphs()) ir::remove_dead_nodes(*graph);
  before_pass();
  simplify_loops(module, before_pass);
  before_pass();
  // While projections still stand apart from what comes before them.
  std::vector<std::string> notes = fuse_recurrent(module, wishes.recurrent);
  rewrite_loops(module, wishes.skipped);
  before_pass();
  for (const auto& graph : module.graphs()) share_equal_nodes(*graph);
  check(module);
  for (const Pass& pass : passes()) {
    before_pass();
    std::vector<const Rewrite*> rewrites = pass.rewrites;
    std::erase_if(rewrites, [&](const Rewrite* r) {
      return std::ranges::find(wishes.skipped, r->name) != wishes.skipped.end();
    });
    run(module, rewrites);
  }
  before_pass();
  // Behind all that knows INT8 alone.
  if (wishes.reduce_type_precision) {
    const auto kept = reduce_precision(module);
    notes.insert(notes.end(), kept.begin(), kept.end());
  }
  fill_lists(module);
  own_states(module);
  before_pass();
  copy_results(module);
  integers_first(module);
  check(module);
  return notes;
}

bool optimize_with(ir::Module& module, std::string_view name) {
  for (const Pass& pass : passes()) {
    if (pass.name == name) {
      run(module, pass.rewrites);
      return true;
    }
    for (const Rewrite* r : pass.rewrites)
      if (r->name == name) {
        run(module, std::span(&r, 1));
        return true;
      }
  }
  for (const LoopRewrite& loops : kLoopRewrites)
    if (loops.name == name) {
      loops.apply(module);
      check(module);
      return true;
    }
  return false;
}

}  // namespace litecast::optimize
