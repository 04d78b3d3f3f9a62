// Headers that nearly every file needs and that are slow to parse.
#pragma once

#include <fmt/format.h>

#include <Eigen/Core>
#include <tl/expected.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "options_generated.h"
