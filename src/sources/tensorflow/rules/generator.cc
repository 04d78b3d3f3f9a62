#include "sources/tensorflow/rules/generator.h"

#include <algorithm>

namespace litecast::tensorflow::rules {

void require_generator(RuleContext& context, int input, std::initializer_list<std::int64_t> taken) {
  const std::int64_t generator = context.constant_integer(input, "the generator (alg)");
  if (std::find(taken.begin(), taken.end(), generator) == taken.end())
    throw Unsupported("random numbers of another generator than Philox", "pass alg=\"philox\"");
}

}  // namespace litecast::tensorflow::rules
