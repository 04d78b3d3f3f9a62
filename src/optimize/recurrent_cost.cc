#include "optimize/recurrent_cost.h"

#include "optimize/list_cost.h"

namespace litecast::optimize {
namespace {

// What is not known before the model runs: one sample, and a sequence of some length.
constexpr double kUsualBatch = 1;
constexpr double kUsualSteps = 100;
// The fused op is smaller, and can be quantized: it is taken where it is a little slower too.
constexpr double kFusedMayTake = 1.05;

// Fitted to what bench/recurrent.py measures on x86-64 with AVX-512, one thread; microseconds for
// each step.
struct Rates {
  double fused_step;
  double fused_sample;
  double fused_product;  // of a number and a weight
  double loop_step;
  double loop_unit;  // of a sample: activations and gates
};
constexpr Rates kLstm = {.fused_step = 0.3,
                         .fused_sample = 0.12,
                         .fused_product = 6.3e-5,
                         .loop_step = 0.5,
                         .loop_unit = 0.0015};
constexpr Rates kRnn = {.fused_step = 0.04,
                        .fused_sample = 0.03,
                        .fused_product = 1.25e-4,
                        .loop_step = 0.4,
                        .loop_unit = 0.0012};
// The loop's matrices multiply many rows at once, or a single one.
constexpr double kLoopProduct = 2e-5, kLoopProductOfOne = 3.5e-5;

// Putting an output into the list of all of them, besides what the list costs.
constexpr double kLoopRow = 0.3;

struct Size {
  double batch, steps, gates, inputs, outputs, units;
  double weights() const { return gates * units * (inputs + outputs); }
};

// With time first the LSTM's kernel runs all samples together, else one after the other, the faster
// the smaller its weights are.
double fused_time(const Rates& rates, const Size& s, bool is_time_major) {
  if (!is_time_major)
    return s.batch * (rates.fused_step + rates.fused_sample + s.weights() * rates.fused_product);
  const double product = 1.2 * rates.fused_product + 1.2e-4 / s.batch;
  return rates.fused_step + s.batch * (rates.fused_sample + s.weights() * product);
}

double loop_time(const Rates& rates, const Size& s, bool keeps_all) {
  const double of_state = s.outputs * (s.batch > 1 ? kLoopProduct : kLoopProductOfOne);
  const double of_input = s.inputs * kLoopProduct;
  const double row = s.batch * s.outputs * sizeof(float);
  return rates.loop_step + s.batch * s.units * rates.loop_unit +
         s.batch * s.gates * s.units * (of_state + of_input) +
         (keeps_all ? kLoopRow + list_time(s.steps, row) : 0);
}

Size size_of(const RecurrentCell& cell, const Workload& workload) {
  const auto number = [](std::optional<std::int64_t> known, double usual) {
    return known ? static_cast<double>(*known) : usual;
  };
  const bool is_rnn = cell.kind == RecurrentCell::Kind::rnn;
  return {.batch = number(workload.batch, kUsualBatch),
          .steps = number(workload.steps, kUsualSteps),
          .gates = is_rnn            ? 1.0
                   : cell.input_gate ? 4.0
                                     : 3.0,
          .inputs = static_cast<double>(cell.features),
          .outputs = static_cast<double>(cell.outputs),
          .units = static_cast<double>(cell.units)};
}

}  // namespace

bool is_faster_time_major(const RecurrentCell& cell, std::optional<std::int64_t> batch) {
  constexpr double kManySamples = 8, kLargeWeights = 250e3;
  const Size size = size_of(cell, {.batch = batch, .steps = {}, .keeps_all = true});
  return size.batch >= kManySamples || (size.batch > 1 && size.weights() > kLargeWeights);
}

bool is_faster_fused(const RecurrentCell& cell, const Workload& workload) {
  const Rates& rates = cell.kind == RecurrentCell::Kind::lstm ? kLstm : kRnn;
  const Size size = size_of(cell, workload);
  const bool is_time_major =
      cell.kind == RecurrentCell::Kind::lstm && is_faster_time_major(cell, workload.batch);
  return fused_time(rates, size, is_time_major) <=
         kFusedMayTake * loop_time(rates, size, workload.keeps_all);
}

}  // namespace litecast::optimize
