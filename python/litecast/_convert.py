"""convert(): from any source to a Model."""

from __future__ import annotations

import os

from . import _native
from ._errors import UsageError
from ._model import Model
from ._progress import ProgressBar, ProgressFunction, is_watched
from ._typing import Any, Mapping, Sequence

Shape = Sequence[int | None]


def convert(
    source: Any,
    output: str | bytes | os.PathLike[str] | None = None,
    *,
    signatures: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
    input_shapes: Mapping[str, Shape] | None = None,
    io_order: str = "reference",
    recurrent: str = "auto",
    input_arrays: Sequence[str] | None = None,
    output_arrays: Sequence[str] | None = None,
    metadata: bool = True,
    target: str = "runtime",
    select_tf_ops: bool | str = False,
    select_user_tf_ops: Sequence[str] | None = None,
    select_all_tf_ops: bool = False,
    custom_ops: bool | Sequence[str] = False,
    debug_metadata: bool = False,
    preserve_asserts: bool = False,
    reduce_type_precision: bool = False,
    supported_backends: Sequence[str] | None = None,
    progress: ProgressFunction | bool | None = None,
) -> Model:
    """Converts a model to the .tflite format.

    >>> litecast.convert("path/to/saved_model", "model.tflite")
    <litecast.Model of ... in model.tflite>
    >>> model = litecast.convert("path/to/saved_model", input_shapes={"x": (1, 4)})
    >>> model.report.inputs[0].shape
    (1, 4)

    Args:
        source: the path of a SavedModel folder or of a frozen graph (.pb); or an object of
            TensorFlow: a ConcreteFunction, a tf.function with an input signature, a tf.Module with
            such functions, a model of Keras 3 or tf-keras that has been built. Objects are read
            where they lie in memory; nothing but the output is written.
        output: the file to write, in pieces, so that the model never lies in memory as a whole. It
            appears whole or not at all. None: the Model holds the bytes.
        signatures: keys of the signatures to convert; all by default.
        tags: tags of the SavedModel's graph; "serve" by default.
        input_shapes: sizes for inputs that leave them free, {"x": (1, 224, 224, 3)}; None for a
            size that remains free.
        io_order: "reference", the order that TensorFlow's converter gives inputs and outputs, or
            "declared", that of the model's own function. Callers should go by names.
        recurrent: what recurrent layers become: "auto", for each the form that is the faster one on
            a CPU; "fused", the runtime's recurrent ops wherever they compute the same, as
            microcontrollers and some delegates want them; "loop", loops. Where "fused" cannot be
            had, the report's warnings say why.
        input_arrays: tensors ("path/of/node" or "path/of/node:1") at which the graph begins,
            instead of at the signature's inputs.
        output_arrays: tensors at which it ends.
        metadata: whether the file says how it was made.
        target: "runtime", the runtime's builtin operators, or "stablehlo", the format's StableHLO
            operators alone, for compilers that read them: the runtime has no kernel for most. All
            sizes must then be known, and `select_tf_ops` and `custom_ops` are not to be had.
        select_tf_ops: True has TensorFlow's own kernels run what no builtin operator does; "always"
            has them run whatever they can. The runtime must bring them.
        select_user_tf_ops: operations of yours that your runtime registers with these kernels.
        select_all_tf_ops: whether these kernels may also be ones that TensorFlow's library for mobile
            devices lacks: your runtime has to bring them.
        custom_ops: operations that kernels of yours run where nothing else does: their names, or
            True for all.
        debug_metadata: whether the file says of each operator where it comes from.
        preserve_asserts: whether tf.Assert is kept, which otherwise vanishes; it needs
            `select_tf_ops` or `custom_ops`.
        reduce_type_precision: whether tables of int8 that are gathered from, and whose values are
            from -8 to 7, become int4 where the rows are converted to another type; the report's
            warnings say where they do not.
        supported_backends: backends that are to run the whole model: ["gpu"], the runtime's GPU
            delegate. What one of them would leave to the CPU is a ConversionError that names all of
            it; the file is the same as without.
        progress: a function of (step, fraction of the whole), which may return False to stop. It is
            called when a step begins, and every few hundredths of a second. True for a bar, False
            for none; None shows a bar where a person is watching and the conversion takes longer
            than half a second.

    Raises:
        ConversionError: the model uses what the format cannot express, or what one of
            `supported_backends` does not run.
        MalformedInput: the source is broken.
        UsageError: the source is of another kind, or an argument does not fit it.
        IoError: reading or writing failed.
        NotYetSupported: the option or source is not built yet.
        Cancelled: `progress` returned False.

    Threads may convert at the same time: the interpreter's lock is not held meanwhile.
    """
    options = {
        "target": _choice("target", target, ("runtime", "stablehlo")),
        "select_tf_ops": _select_tf_ops(select_tf_ops),
        "select_user_tf_ops": _strings("select_user_tf_ops", select_user_tf_ops),
        "select_all_tf_ops": bool(select_all_tf_ops),
        "allow_custom_ops": bool(custom_ops),
        "custom_ops": [] if isinstance(custom_ops, bool) else _strings("custom_ops", custom_ops),
        "supported_backends": _backends(supported_backends),
        "signatures": _strings("signatures", signatures),
        "tags": _strings("tags", tags),
        "input_shapes": _shapes(input_shapes),
        "io_order": _choice("io_order", io_order, ("reference", "declared")),
        "recurrent": _choice("recurrent", recurrent, ("auto", "fused", "loop")),
        "input_arrays": _strings("input_arrays", input_arrays),
        "output_arrays": _strings("output_arrays", output_arrays),
        "metadata": bool(metadata),
        "debug_metadata": bool(debug_metadata),
        "preserve_asserts": bool(preserve_asserts),
        "reduce_type_precision": bool(reduce_type_precision),
    }
    path = None if output is None else os.fsencode(output)
    bar = ProgressBar() if progress is True or (progress is None and is_watched()) else None
    function = bar or _function(progress)
    try:
        data, report = _native.convert(native_source(source, options), path, options, function)
    finally:
        if bar is not None:
            bar.close()
    from ._report import report_of

    return Model(data, report_of(report), None if path is None else os.fsdecode(path))


def native_source(source: Any, options: dict[str, Any]) -> Any:
    """A path as bytes, or the tuple that the native module takes for a model in memory."""
    if isinstance(source, (str, bytes, os.PathLike)):
        return os.fsencode(source)
    from ._sources import memory_model

    return memory_model(source, options)


def _function(progress: ProgressFunction | bool | None) -> ProgressFunction | None:
    if progress is None or isinstance(progress, bool):
        return None
    if not callable(progress):
        raise TypeError(f"progress is a function of (step, fraction), True or False, not {progress!r}")
    return progress


def _strings(name: str, values: Sequence[str] | None) -> list[str]:
    if values is None:
        return []
    if isinstance(values, str):
        raise TypeError(f"{name} is a list of strings, such as [{values!r}], not a string")
    try:
        strings = list(values)
    except TypeError:
        raise TypeError(f"{name} is a list of strings, not {values!r}") from None
    if not all(isinstance(value, str) for value in strings):
        raise TypeError(f"{name} is a list of strings, not {values!r}")
    return strings


def _backends(values: Sequence[str] | None) -> list[str]:
    names = _strings("supported_backends", values)
    for name in names:
        if name != "gpu":
            raise UsageError(f"supported_backends: there is 'gpu', not {name!r}")
    return names


def _select_tf_ops(value: bool | str) -> str:
    if isinstance(value, bool):
        return "where_needed" if value else "never"
    return _choice("select_tf_ops", value, ("never", "where_needed", "always"))


def _shapes(shapes: Mapping[str, Shape] | None) -> dict[str, list[int]]:
    if shapes is None:
        return {}
    if not hasattr(shapes, "items"):
        raise TypeError('input_shapes maps names to sizes, such as {"x": (1, 224, 224, 3)}')
    return {str(name): _sizes(name, sizes) for name, sizes in shapes.items()}


def _sizes(name: str, sizes: Shape) -> list[int]:
    try:
        return [-1 if size is None else size.__index__() for size in sizes]
    except (TypeError, AttributeError):
        raise TypeError(
            f"input_shapes: the sizes of '{name}' are a sequence of whole numbers and None, such as "
            f"(None, 224, 224, 3), not {sizes!r}"
        ) from None


def _choice(name: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise UsageError(f"{name} is one of {', '.join(choices)}, not {value!r}")
    return value
