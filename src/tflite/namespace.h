// The generated headers declare the format's types in ::tflite. This folder's namespace would hide
// it from the rest of litecast, so it shows them too: `tflite::AddOptionsT` is the same everywhere.
#pragma once

namespace tflite {}

namespace litecast::tflite {

using namespace ::tflite;  // NOLINT(google-build-using-namespace)

}  // namespace litecast::tflite
