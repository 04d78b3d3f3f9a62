// The module litecast._native: convert() of the C++ library, and the memory that holds a model. All
// that is comfortable stands in the package's Python.
#include <litecast/convert.h>
#include <litecast/describe.h>
#include <litecast/save.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <functional>

#include "arguments.h"
#include "lock.h"
#include "progress.h"
#include "results.h"

namespace nb = nanobind;

namespace litecast::python {
namespace {

// Bytes that Python reads in place.
struct Bytes {
  std::vector<std::byte> data;
};

int fill_buffer(PyObject* self, Py_buffer* view, int flags) {
  auto& data = nb::inst_ptr<Bytes>(nb::handle(self))->data;
  if (data.empty()) {
    PyErr_SetString(PyExc_BufferError, "the model lies in a file, not in memory");
    return -1;
  }
  return PyBuffer_FillInfo(view, self, data.data(), static_cast<Py_ssize_t>(data.size()),
                           /*readonly=*/1, flags);
}

PyType_Slot kBufferSlots[] = {{Py_bf_getbuffer, reinterpret_cast<void*>(fill_buffer)},
                              {0, nullptr}};

// Paths come as bytes: file names need not be text.
std::string path_of(const nb::bytes& bytes) {
  std::string path(bytes.c_str(), bytes.size());
  if (path.find('\0') != path.npos) throw UsageError("a path with a zero byte in it");
  return path;
}

// `source` is a path or the tuple of a MemoryModel; `output` a path or None. Returns (Bytes or
// None, report).
nb::tuple convert_source(const nb::object& source, const nb::object& output,
                         const nb::dict& arguments, nb::object progress) {
  ConvertOptions options = options_of(arguments);
  options.progress = ProgressCallback(std::move(progress));
  const bool is_path = nb::isinstance<nb::bytes>(source);
  const std::string path = is_path ? path_of(nb::cast<nb::bytes>(source)) : std::string();
  const MemoryModel model = is_path ? MemoryModel{} : memory_model_of(nb::cast<nb::tuple>(source));
  if (!output.is_none()) {
    const std::string target = path_of(nb::cast<nb::bytes>(output));
    Report report;
    {
      const Unlocked unlocked;
      report = is_path ? convert(path, target, options) : convert(model, target, options);
    }
    return nb::make_tuple(nb::none(), report_dict(report));
  }
  Conversion conversion;
  {
    const Unlocked unlocked;
    conversion = is_path ? convert_to_memory(path, options) : convert_to_memory(model, options);
  }
  return nb::make_tuple(Bytes{std::move(conversion.model)}, report_dict(conversion.report));
}

// `model` is a Bytes, or the path of a file.
void save_model(const nb::object& model, const nb::bytes& target) {
  const std::string path = path_of(target);
  // Made here: to copy it takes the interpreter's lock.
  const std::function<bool(const Progress&)> progress = ProgressCallback(nb::none());
  if (nb::isinstance<Bytes>(model)) {
    const Bytes& bytes = nb::cast<const Bytes&>(model);
    const Unlocked unlocked;
    save(bytes.data, path, progress);
  } else {
    const std::string source = path_of(nb::cast<nb::bytes>(model));
    const Unlocked unlocked;
    save_copy(source, path, progress);
  }
}

nb::object describe_model(const nb::bytes& path) {
  const std::string text_path = path_of(path);
  std::string description;
  {
    const Unlocked unlocked;
    description = describe(text_path);
  }
  return text_of(description);
}

Bytes copy_of(const nb::bytes& bytes) {
  const auto* begin = reinterpret_cast<const std::byte*>(bytes.c_str());
  return {std::vector<std::byte>(begin, begin + bytes.size())};
}

}  // namespace
}  // namespace litecast::python

NB_MODULE(litecast_native, module) {
  using namespace litecast::python;
  register_exceptions();
  module.doc() = "The native half of the package; convert() in _convert.py is the way to use it.";
  // A program may end while threads still convert, or with models that nobody has let go.
  nb::set_leak_warnings(false);
  // The package's stub is made of what is said here (scripts/stub).
  nb::class_<Bytes>(module, "Bytes", nb::type_slots(kBufferSlots),
                    nb::sig("class Bytes(typing_extensions.Buffer)"),
                    "Memory that holds a model, read in place through the buffer protocol.")
      .def(nb::init<>())
      .def(
          "take", [](Bytes& self, Bytes& other) { self.data = std::move(other.data); },
          nb::arg("other"), "Takes over what `other` holds, which is empty then.")
      .def_static("copy_of", &copy_of, nb::arg("data"))
      .def("__len__", [](const Bytes& self) { return self.data.size(); });
  module.def(
      "convert", &convert_source, nb::arg("source"), nb::arg("output").none(), nb::arg("options"),
      nb::arg("progress").none(),
      nb::sig("def convert(source: bytes | tuple[str, typing.Any, list[tuple[str, list[int], "
              "typing.Any]]], output: bytes | None, options: dict[str, typing.Any], "
              "progress: typing.Any) -> tuple[Bytes | None, dict[str, typing.Any]]"));
  module.def("save", &save_model, nb::arg("model"), nb::arg("target"),
             nb::sig("def save(model: Bytes | bytes, target: bytes) -> None"),
             "Writes a model, or a copy of the file at a path; it appears whole or not at all.");
  module.def("describe", &describe_model, nb::arg("path"),
             nb::sig("def describe(path: bytes) -> str"));
  module.def("version", &litecast::version);
}

// What the module keeps, such as its types, belongs to the interpreter that imported it: another
// one is turned away before anything of that is made anew.
extern "C" NB_EXPORT PyObject* PyInit__native() {
  constexpr std::int64_t kMain = 0;
  if (PyInterpreterState_GetID(PyInterpreterState_Get()) == kMain) return PyInit_litecast_native();
  PyErr_SetString(PyExc_ImportError,
                  "litecast does not run in a sub-interpreter; import it in the main one, or use a "
                  "process (multiprocessing)");
  return nullptr;
}
