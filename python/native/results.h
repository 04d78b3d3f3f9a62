// What the C++ library returns and throws, as Python objects.
#pragma once

#include <litecast/convert.h>
#include <nanobind/nanobind.h>

#include <string_view>

namespace litecast::python {

// Files and nodes may have names that are no text: what is none is kept as surrogates.
nanobind::object text_of(std::string_view text);

// A dict with the names of Report's members; the package makes dataclasses of it.
nanobind::dict report_dict(const Report& report);

// Lets the exceptions of <litecast/error.h> arrive as those of litecast._errors.
void register_exceptions();

}  // namespace litecast::python
