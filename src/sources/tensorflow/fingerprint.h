#pragma once

#include <cstdint>
#include <string_view>

namespace litecast::tensorflow {

// FarmHash's Fingerprint64: the hash by which TensorFlow's converter orders the inputs and outputs
// of a signature.
std::uint64_t fingerprint64(std::string_view text);

}  // namespace litecast::tensorflow
