#include "results.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <exception>
#include <string_view>

namespace nb = nanobind;

namespace litecast::python {
namespace {

nb::tuple texts_of(const std::vector<std::string>& texts) {
  nb::list list;
  for (const std::string& text : texts) list.append(text_of(text));
  return nb::tuple(list);
}

nb::list tensor_list(const std::vector<TensorReport>& tensors) {
  nb::list list;
  for (const TensorReport& tensor : tensors) {
    nb::object shape = nb::none();
    if (tensor.has_rank) shape = nb::tuple(nb::cast(tensor.shape));
    list.append(nb::make_tuple(text_of(tensor.name), text_of(tensor.tensor), tensor.dtype, shape));
  }
  return list;
}

nb::dict counts_of(const std::vector<OpCount>& ops) {
  nb::dict counts;
  for (const OpCount& op : ops) counts[text_of(op.op)] = op.count;
  return counts;
}

nb::dict kernel_dict(const KernelReport& kernel) {
  nb::dict dict;
  dict["op"] = text_of(kernel.op);
  dict["kind"] = kernel.is_select_tf ? "select_tf" : "custom";
  dict["count"] = kernel.count;
  dict["places"] = texts_of(kernel.places);
  dict["reason"] = text_of(kernel.reason);
  dict["remedy"] = text_of(kernel.remedy);
  return dict;
}

void raise(const char* type, const std::exception& error) {
  const nb::object exception = nb::module_::import_("litecast._errors").attr(type);
  PyErr_SetObject(exception.ptr(), text_of(error.what()).ptr());
}

void raise(const ConversionError& error) {
  nb::list diagnostics;
  for (const Diagnostic& diagnostic : error.diagnostics())
    diagnostics.append(nb::make_tuple(text_of(diagnostic.op), text_of(diagnostic.reason),
                                      text_of(diagnostic.remedy), texts_of(diagnostic.places)));
  const nb::object make = nb::module_::import_("litecast._diagnostic").attr("conversion_error");
  const nb::object exception = make(text_of(error.what()), diagnostics);
  PyErr_SetObject(exception.type().ptr(), exception.ptr());
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

nb::object text_of(std::string_view text) {
  const auto size = static_cast<Py_ssize_t>(text.size());
  return nb::steal(PyUnicode_DecodeUTF8(text.data(), size, "surrogateescape"));
}

nb::dict report_dict(const Report& report) {
  nb::dict dict;
  nb::list signatures;
  for (const SignatureReport& signature : report.signatures)
    signatures.append(nb::make_tuple(text_of(signature.key), tensor_list(signature.inputs),
                                     tensor_list(signature.outputs)));
  dict["signatures"] = signatures;
  dict["ops"] = counts_of(report.ops);
  nb::list layers;
  for (const LayerReport& layer : report.layers)
    layers.append(nb::make_tuple(text_of(layer.name), counts_of(layer.ops), layer.constant_bytes));
  dict["layers"] = layers;
  dict["bytes"] = report.bytes;
  dict["seconds"] = report.seconds;
  nb::dict timings;
  for (const StepReport& step : report.timings) timings[step.step.c_str()] = step.seconds;
  dict["timings"] = timings;
  dict["min_runtime_version"] = report.min_runtime_version;
  nb::list kernels;
  for (const KernelReport& kernel : report.kernels) kernels.append(kernel_dict(kernel));
  dict["kernels"] = kernels;
  dict["runtime_growth_mb"] = report.runtime_growth_mb;
  dict["runs_on_standard_runtime"] = report.runs_on_standard_runtime;
  dict["runs_on_play_services"] = report.runs_on_play_services;
  dict["warnings"] = texts_of(report.warnings);
  return dict;
}

void register_exceptions() { nb::register_exception_translator(translate); }

}  // namespace litecast::python
