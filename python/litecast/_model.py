"""A converted model."""

from __future__ import annotations

import os

from . import _native
from ._errors import IoError
from ._native import Bytes
from ._typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._report import Kernel, Report, Tensor


def size_text(size: float) -> str:
    """A size for a person: "13.3 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            break
        size /= 1000
    else:
        unit = "GB"
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def time_text(seconds: float) -> str:
    """A time for a person: "7 ms", "2.1 s"."""
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


class Model(Bytes):
    """The .tflite model that a conversion made, and the report about it.

    A model that was converted in memory holds its bytes: `bytes(model)` copies them,
    `memoryview(model)` shows them in place, `model.save(path)` writes them. One that was written
    with `output=` is in the file `path`, and bytes(model) reads it from there.

    >>> model = litecast.convert("path/to/saved_model")
    >>> bytes(model)[4:8]
    b'TFL3'
    >>> model.size == len(model) == len(bytes(model)) == memoryview(model).nbytes
    True
    """

    def __init__(self, data: Bytes | None, report: Report, path: str | None = None) -> None:
        super().__init__()
        if data is not None:
            self.take(data)
        self._report = report
        self._path = path

    @property
    def report(self) -> Report:
        """The Report about the conversion."""
        return self._report

    @property
    def path(self) -> str | None:
        """The file that was written, or None for a model that holds its bytes."""
        return self._path

    @property
    def size(self) -> int:
        """The size of the file, in bytes."""
        return self.report.bytes

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        if self.path is None:
            return bytes(memoryview(self))
        try:
            with open(self.path, "rb") as file:
                return file.read()
        except OSError as error:
            raise IoError(error.errno, error.strerror, self.path) from None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (bytes(self) if self.path is None else None, self.report, self.path)

    def save(self, path: str | bytes | os.PathLike[str]) -> None:
        """Writes the model to a file, which appears whole or not at all.

        >>> litecast.convert("path/to/saved_model").save("model.tflite")

        Raises:
            IoError: the operating system refused.
            UsageError: the path is a folder.
        """
        _native.save(self if self.path is None else os.fsencode(self.path), os.fsencode(path))

    def summary(self) -> str:
        """What a person wants to know: inputs, outputs, operators, what it runs on.

        >>> print(litecast.convert("path/to/saved_model").summary())
        1.1 kB, 1 ops, converted in ...
        signature serving_default
          in   x: float32[?,4]
          out  y: float32[?,3]
        ops  1 FULLY_CONNECTED
        runs on the standard runtime: yes
        runs on Google Play services: yes
        minimal runtime version ...
        """
        report = self.report
        count = sum(report.ops.values())
        lines = [f"{size_text(self.size)}, {count} ops, converted in {time_text(report.seconds)}"]
        for signature in report.signatures:
            if signature.key:
                lines.append(f"signature {signature.key}")
            lines += [f"  in   {tensor}" for tensor in signature.inputs]
            lines += [f"  out  {tensor}" for tensor in signature.outputs]
        lines.append("ops  " + ", ".join(f"{n} {op}" for op, n in report.ops.items()))
        lines.append(f"runs on the standard runtime: {_yes_no(report.runs_on_standard_runtime)}")
        lines.append(f"runs on Google Play services: {_yes_no(report.runs_on_play_services)}")
        if report.min_runtime_version:
            lines.append(f"minimal runtime version {report.min_runtime_version}")
        if report.kernels:
            lines.append("needs kernels that are no part of the runtime:")
            lines += [f"  {kernel_text(kernel)}" for kernel in report.kernels]
        lines += [f"note: {warning}" for warning in report.warnings]
        return "\n".join(lines)

    def __repr__(self) -> str:
        where = f" in {self.path}" if self.path else ""
        return f"<litecast.Model of {size_text(self.size)}{where}>"

    def _repr_html_(self) -> str:
        """The tables that a notebook shows."""
        from ._html import model_html

        return model_html(self)


def _restored(data: bytes | None, report: Report, path: str | None) -> Model:
    """What a pickled Model was; one in a file is still in that file."""
    return Model(None if data is None else Bytes.copy_of(data), report, path)


def _yes_no(yes: bool) -> str:
    return "yes" if yes else "no"


def kernel_text(kernel: Kernel) -> str:
    """ "2 StringJoin (TensorFlow's) at a, b"."""
    whose = "TensorFlow's" if kernel.kind == "select_tf" else "yours"
    places = ", ".join(kernel.places[:3])
    more = f", and {len(kernel.places) - 3} more" if len(kernel.places) > 3 else ""
    return f"{kernel.count} {kernel.op} ({whose}) at {places}{more}"


def tensor_text(tensor: Tensor) -> str:
    """The type of a tensor: "float32[?,224,224,3]"."""
    return str(tensor).partition(": ")[2]
