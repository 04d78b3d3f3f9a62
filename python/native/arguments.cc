#include "arguments.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "lock.h"

namespace nb = nanobind;

namespace litecast::python {
namespace {

template <class T>
T member(const nb::dict& arguments, const char* name) {
  return nb::cast<T>(arguments[name]);
}

// A contiguous buffer of a Python object, whose last owner may be any thread.
struct Buffer {
  explicit Buffer(nb::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view, PyBUF_SIMPLE) != 0) throw nb::python_error();
  }
  ~Buffer() {
    const Locked lock;
    PyBuffer_Release(&view);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte*>(view.buf), static_cast<std::size_t>(view.len)};
  }

  Py_buffer view;
};

MemoryTensor tensor_of(const nb::tuple& tensor) {
  const auto buffer = std::make_shared<const Buffer>(tensor[2]);
  return {.node = nb::cast<std::string>(tensor[0]),
          .shape = nb::cast<std::vector<std::int64_t>>(tensor[1]),
          .bytes = buffer->bytes(),
          .owner = buffer};
}

}  // namespace

ConvertOptions options_of(const nb::dict& arguments) {
  using Strings = std::vector<std::string>;
  ConvertOptions options;
  options.signatures = member<Strings>(arguments, "signatures");
  options.tags = member<Strings>(arguments, "tags");
  for (auto [input, sizes] : member<nb::dict>(arguments, "input_shapes"))
    options.input_shapes.push_back(
        {nb::cast<std::string>(input), nb::cast<std::vector<std::int64_t>>(sizes)});
  const bool declared = member<std::string_view>(arguments, "io_order") == "declared";
  options.io_order = declared ? IoOrder::declared : IoOrder::reference;
  const auto recurrent = member<std::string_view>(arguments, "recurrent");
  options.recurrent = recurrent == "fused"  ? Recurrent::fused
                      : recurrent == "loop" ? Recurrent::loop
                                            : Recurrent::automatic;
  options.input_arrays = member<Strings>(arguments, "input_arrays");
  options.output_arrays = member<Strings>(arguments, "output_arrays");
  const bool stablehlo = member<std::string_view>(arguments, "target") == "stablehlo";
  options.target = stablehlo ? Target::stablehlo : Target::runtime;
  const auto select_tf_ops = member<std::string_view>(arguments, "select_tf_ops");
  if (select_tf_ops == "where_needed") options.select_tf_ops = SelectTfOps::where_needed;
  if (select_tf_ops == "always") options.select_tf_ops = SelectTfOps::always;
  options.select_user_tf_ops = member<Strings>(arguments, "select_user_tf_ops");
  options.select_all_tf_ops = member<bool>(arguments, "select_all_tf_ops");
  options.allow_custom_ops = member<bool>(arguments, "allow_custom_ops");
  options.custom_ops = member<Strings>(arguments, "custom_ops");
  if (!member<Strings>(arguments, "supported_backends").empty())
    options.supported_backends = {Backend::gpu};
  options.metadata = member<bool>(arguments, "metadata");
  options.debug_metadata = member<bool>(arguments, "debug_metadata");
  options.preserve_asserts = member<bool>(arguments, "preserve_asserts");
  options.reduce_type_precision = member<bool>(arguments, "reduce_type_precision");
  return options;
}

MemoryModel memory_model_of(const nb::tuple& model) {
  const auto buffer = std::make_shared<const Buffer>(model[1]);
  const bool is_graph = nb::cast<std::string_view>(model[0]) == "graph_def";
  MemoryModel result{
      .kind = is_graph ? MemoryModel::Kind::graph_def : MemoryModel::Kind::saved_model,
      .message = buffer->bytes(),
      .owner = buffer,
      .variables = {}};
  for (nb::handle tensor : nb::cast<nb::list>(model[2]))
    result.variables.push_back(tensor_of(nb::cast<nb::tuple>(tensor)));
  return result;
}

}  // namespace litecast::python
