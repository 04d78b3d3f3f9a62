// Python's arguments as those of the C++ library.
#pragma once

#include <litecast/convert.h>
#include <nanobind/nanobind.h>

namespace litecast::python {

// From a dict with the names of ConvertOptions' members; all must be there. Throws as casts do.
ConvertOptions options_of(const nanobind::dict& arguments);

// From (kind, message, [(node, shape, data), …]); message and data are objects with a
// buffer, which is pointed at as long as the model lives.
MemoryModel memory_model_of(const nanobind::tuple& model);

}  // namespace litecast::python
