// The generators of random numbers that ops name by a number.
#pragma once

#include <initializer_list>

#include "sources/tensorflow/rule.h"

namespace litecast::tensorflow::rules {

// As tf.random.Algorithm numbers them.
inline constexpr std::int64_t kPhilox = 1, kAutomatic = 3;

// Unsupported unless the generator that an input names is one of `taken`.
void require_generator(RuleContext& context, int input, std::initializer_list<std::int64_t> taken);

}  // namespace litecast::tensorflow::rules
