// The ops of which TensorFlow 1 makes loops and branches.
#pragma once

#include <cstdint>
#include <string_view>

namespace litecast::tensorflow {

enum class FlowOp : std::uint8_t {
  kNone,
  kSwitch,
  kMerge,
  kEnter,
  kExit,
  kNextIteration,
  kLoopCond,
};

// Those that pass on references ("RefSwitch") are the same as those of tensors, and a Switch may
// have any number of branches.
inline FlowOp flow_op(std::string_view op) {
  if (op.starts_with("Ref")) op.remove_prefix(3);
  if (op == "Switch" || op == "_SwitchN") return FlowOp::kSwitch;
  if (op == "Merge") return FlowOp::kMerge;
  if (op == "Enter") return FlowOp::kEnter;
  if (op == "Exit") return FlowOp::kExit;
  if (op == "NextIteration") return FlowOp::kNextIteration;
  if (op == "LoopCond") return FlowOp::kLoopCond;
  return FlowOp::kNone;
}

}  // namespace litecast::tensorflow
