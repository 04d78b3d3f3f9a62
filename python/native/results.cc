#include "results.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <exception>
#include <string_view>

namespace nb = nanobind;

namespace litecast::python {
namespace {

nb::list tensor_list(const std::vector<TensorReport>& tensors) {
  nb::list list;
  for (const TensorReport& tensor : tensors) {
    nb::object shape = nb::none();
    if (tensor.has_rank) shape = nb::tuple(nb::cast(tensor.shape));
    list.append(nb::make_tuple(tensor.name, tensor.tensor, tensor.dtype, shape));
  }
  return list;
}

nb::dict kernel_dict(const KernelReport& kernel) {
  nb::dict dict;
  dict["op"] = kernel.op;
  dict["kind"] = kernel.is_select_tf ? "select_tf" : "custom";
  dict["count"] = kernel.count;
  dict["places"] = nb::tuple(nb::cast(kernel.places));
  dict["reason"] = kernel.reason;
  dict["remedy"] = kernel.remedy;
  return dict;
}

// Messages name files, whose names need not be text.
nb::object text_of(std::string_view text) {
  const auto size = static_cast<Py_ssize_t>(text.size());
  return nb::steal(PyUnicode_DecodeUTF8(text.data(), size, "surrogateescape"));
}

void raise(const char* type, const std::exception& error) {
  const nb::object exception = nb::module_::import_("litecast._errors").attr(type);
  PyErr_SetObject(exception.ptr(), text_of(error.what()).ptr());
}

void raise(const ConversionError& error) {
  const nb::object make_diagnostic =
      nb::module_::import_("litecast._diagnostic").attr("Diagnostic");
  nb::list diagnostics;
  for (const Diagnostic& diagnostic : error.diagnostics())
    diagnostics.append(make_diagnostic(diagnostic.op, diagnostic.reason, diagnostic.remedy,
                                       nb::tuple(nb::cast(diagnostic.places))));
  const nb::object type = nb::module_::import_("litecast._errors").attr("ConversionError");
  const nb::object exception = type(text_of(error.what()), nb::tuple(diagnostics));
  PyErr_SetObject(type.ptr(), exception.ptr());
}

void translate(const std::exception_ptr& pointer, void*) {
  try {
    std::rethrow_exception(pointer);
  } catch (const ConversionError& error) {
    raise(error);
  } catch (const MalformedInput& error) {
    raise("MalformedInput", error);
  } catch (const UsageError& error) {
    raise("UsageError", error);
  } catch (const IoError& error) {
    raise("IoError", error);
  } catch (const Cancelled& error) {
    raise("Cancelled", error);
  }
}

}  // namespace

nb::dict report_dict(const Report& report) {
  nb::dict dict;
  nb::list signatures;
  for (const SignatureReport& signature : report.signatures)
    signatures.append(nb::make_tuple(signature.key, tensor_list(signature.inputs),
                                     tensor_list(signature.outputs)));
  dict["signatures"] = signatures;
  nb::list ops;
  for (const OpCount& op : report.ops) ops.append(nb::make_tuple(op.op, op.count));
  dict["ops"] = ops;
  dict["bytes"] = report.bytes;
  dict["seconds"] = report.seconds;
  dict["min_runtime_version"] = report.min_runtime_version;
  nb::list kernels;
  for (const KernelReport& kernel : report.kernels) kernels.append(kernel_dict(kernel));
  dict["kernels"] = kernels;
  dict["runtime_growth_mb"] = report.runtime_growth_mb;
  dict["runs_on_standard_runtime"] = report.runs_on_standard_runtime;
  dict["runs_on_play_services"] = report.runs_on_play_services;
  dict["warnings"] = report.warnings;
  return dict;
}

void register_exceptions() { nb::register_exception_translator(translate); }

}  // namespace litecast::python
