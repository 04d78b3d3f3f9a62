// Whatever a file may ask of an op: an answer or an error, and no result of a negative size.
#include <litecast/error.h>
#include <algorithm>

#include <random>

#include "op_fixture.h"

namespace litecast::ops {
namespace {

std::vector<const OpInfo*> entries() {
  std::vector<const OpInfo*> all;
  for (const Op op : tflite::EnumValuesBuiltinOperator())
    if (const OpInfo* info = find(op)) all.push_back(info);
  return all;
}

class HostileOperands : public OpFixture, public testing::WithParamInterface<const OpInfo*> {
 protected:
  std::int64_t pick(std::initializer_list<std::int64_t> choices) {
    return choices.begin()[random_() % choices.size()];
  }

  ir::Shape shape(const OperandSpec& spec) {
    if (random_() % 12 == 0) return ir::Shape::unranked();
    const int most = std::min(spec.max_rank, spec.min_rank + 8);
    const auto ranks = static_cast<std::uint32_t>(most - spec.min_rank + 1);
    const int rank = spec.min_rank + static_cast<int>(random_() % ranks);
    std::vector<ir::Dim> sizes;
    for (int i = 0; i < rank; ++i) {
      const bool free = random_() % 6 == 0;
      sizes.push_back(free ? symbol("n")
                           : ir::Dim(pick({0, 1, 1, 2, 2, 3, 4, 1LL << 31, 1LL << 62})));
    }
    return ir::Shape(std::move(sizes));
  }

  std::optional<DType> dtype(const OperandSpec& spec) {
    std::vector<DType> allowed;
    for (const DType each : tflite::EnumValuesTensorType())
      if (spec.dtypes.contains(each)) allowed.push_back(each);
    if (allowed.empty()) return std::nullopt;
    return allowed[random_() % allowed.size()];
  }

  // A small tensor of the numbers that break shape arithmetic.
  ir::Value* hostile_integers(const OperandSpec& spec, DType type) {
    const int rank = std::clamp(static_cast<int>(random_() % 2), spec.min_rank, spec.max_rank);
    ir::StaticShape sizes(static_cast<std::size_t>(rank), pick({0, 1, 2, 3, 4}));
    std::int64_t count = 1;
    for (const auto size : sizes) count *= size;
    std::vector<std::int64_t> values;
    for (std::int64_t i = 0; i < count; ++i)
      values.push_back(pick({0, 1, 2, -1, -2, 3, 7, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN}));
    if (type == INT64) return i64(sizes, values);
    return i32(sizes, {values.begin(), values.end()});
  }

  ir::Value* operand(const OperandSpec& spec) {
    const auto type = dtype(spec);
    if (!type || (spec.optional && random_() % 3 == 0)) return nullptr;
    if ((*type == INT32 || *type == INT64) && random_() % 2 == 0)
      return hostile_integers(spec, *type);
    const auto* quantization = spec.quantized.contains(*type)
                                   ? module_.quantization({.scales = {0.5f}, .zero_points = {0}})
                                   : nullptr;
    return graph_.add_input({*type, shape(spec), quantization});
  }

  ir::Values operands(const OpInfo& info) {
    ir::Values values;
    for (const OperandSpec& spec : info.operands) {
      const std::size_t repeat = spec.variadic ? random_() % 4 : 1;
      for (std::size_t i = 0; i < repeat; ++i) values.push_back(operand(spec));
    }
    // Half of the time of one type, which most ops ask for.
    if (!values.empty() && values[0] != nullptr && random_() % 2 == 0)
      for (ir::Value*& value : values)
        if (value != nullptr && value->dtype() != values[0]->dtype() && !value->is_constant())
          value = graph_.add_input({values[0]->dtype(), value->shape()});
    return values;
  }

  void check(const OpInfo& info, const ir::Values& results) {
    for (const ir::Value* result : results) {
      if (!result->shape().is_ranked()) continue;
      for (const ir::Dim size : result->shape().dims())
        EXPECT_GE(size.constant().value_or(0), 0) << ir::to_string(result->type());
    }
    if (results.empty() || results[0]->producer() == nullptr) return;
    const auto runtimes = static_cast<int>(info.min_runtime.size());
    EXPECT_LE(version_of(*results[0]->producer()), runtimes);
  }

  std::minstd_rand random_{static_cast<std::uint32_t>(GetParam()->op) + 1};
};

INSTANTIATE_TEST_SUITE_P(EveryOp, HostileOperands, testing::ValuesIn(entries()),
                         [](const auto& entry) { return std::string(ir::name(entry.param->op)); });

TEST_P(HostileOperands, GetAnAnswerOrAnError) {
  const OpInfo& info = *GetParam();
  for (int round = 0; round < 400; ++round) {
    try {
      const auto results = ask(info.op, operands(info));
      if (results) check(info, *results);
    } catch (const Error& error) {
      EXPECT_STRNE(error.what(), "");
    }
  }
}

// A file that is read is printed and written again whatever its nodes look like.
TEST_P(HostileOperands, HaveAVersion) {
  const OpInfo& info = *GetParam();
  const ir::Options options;
  for (int round = 0; round < 50; ++round) {
    std::vector<ir::Value*> some = operands(info);
    for (std::size_t present = 0; present <= some.size(); ++present) {
      EXPECT_GE(version(info, {info.op, options, std::span(some).first(present), {}, {}}), 1);
      std::rotate(some.begin(), some.begin() + (some.empty() ? 0 : 1), some.end());
    }
  }
}

}  // namespace
}  // namespace litecast::ops
