"""A converted model."""

from __future__ import annotations

import os

from ._errors import IoError
from ._native import Bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._report import Report, Tensor


def size_text(size: float) -> str:
    """A size for a person: "13.3 MB"."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            break
        size /= 1000
    else:
        unit = "GB"
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


class Model(Bytes):
    """The .tflite model that a conversion made, and the report about it.

    A model that was converted in memory holds its bytes: `bytes(model)` copies them,
    `memoryview(model)` shows them in place, `model.save(path)` writes them. One that was written
    with `output=` is in the file `path`, and bytes(model) reads it from there.

    Attributes:
        report: the Report about the conversion.
        path: the file that was written, or None.
    """

    report: Report
    path: str | None

    def __init__(self, data: Bytes | None, report: Report, path: str | None = None) -> None:
        super().__init__()
        if data is not None:
            self.take(data)
        self.report = report
        self.path = path

    @property
    def size(self) -> int:
        """The size of the file, in bytes."""
        return self.report.bytes

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        if self.path is None:
            return bytes(memoryview(self))
        with open(self.path, "rb") as file:
            return file.read()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model to a file, which appears whole or not at all."""
        target = os.fspath(path)
        partial = f"{target}.{os.getpid()}.part"
        try:
            with open(partial, "wb") as file:
                file.write(memoryview(self) if self.path is None else bytes(self))
            os.replace(partial, target)
        except OSError as error:
            if os.path.exists(partial):
                os.unlink(partial)
            raise IoError(error.errno, error.strerror, target) from None

    def summary(self) -> str:
        """What a person wants to know: inputs, outputs, operators, what it runs on."""
        report = self.report
        count = sum(report.ops.values())
        lines = [f"{size_text(self.size)}, {count} ops, converted in {report.seconds:.2f} s"]
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
        lines += [f"note: {warning}" for warning in report.warnings]
        return "\n".join(lines)

    def __repr__(self) -> str:
        where = f" in {self.path}" if self.path else ""
        return f"<litecast.Model of {size_text(self.size)}{where}>"

    def _repr_html_(self) -> str:
        """The tables that a notebook shows."""
        from ._html import model_html

        return model_html(self)


def _yes_no(yes: bool) -> str:
    return "yes" if yes else "no"


def tensor_text(tensor: Tensor) -> str:
    """The type of a tensor: "float32[?,224,224,3]"."""
    return str(tensor).partition(": ")[2]
