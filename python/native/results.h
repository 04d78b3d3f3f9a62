// What the C++ library returns and throws, as Python objects.
#pragma once

#include <litecast/convert.h>
#include <nanobind/nanobind.h>

namespace litecast::python {

// A dict with the names of Report's members; the package makes dataclasses of it.
nanobind::dict report_dict(const Report& report);

// Lets the exceptions of <litecast/error.h> arrive as those of litecast._errors.
void register_exceptions();

}  // namespace litecast::python
