"""ConverterError, as scripts for tf.lite expect it."""

from __future__ import annotations

import sys

from .._errors import ConversionError
from .._typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._diagnostic import Diagnostic
    from .error_data import ConverterErrorData


class ConverterError(ConversionError):
    """A model that cannot be converted.

    Where TensorFlow's converter is imported too, what is raised is also its ConverterError, so that
    `except` clauses that name that one still catch it.

    >>> from litecast import tflite
    >>> try:
    ...     tflite.TFLiteConverter.from_saved_model("path/to/decoder").convert()
    ... except tflite.ConverterError as error:
    ...     print(error.errors[0].operator.name, error.errors[0].error_code.name)
    tf.DecodeJpeg ERROR_NEEDS_FLEX_OPS

    Attributes:
        errors: a ConverterErrorData for each kind of operation that stands in the way.
        diagnostics: the same as litecast says it.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, diagnostics)
        from .error_data import error_data

        self.errors: list[ConverterErrorData] = [error_data(diagnostic) for diagnostic in diagnostics]

    def append_error(self, error: Any) -> None:
        """Adds one to `errors`."""
        self.errors.append(error)

    def __reduce__(self) -> Any:
        return _made, (self.args[0], self.diagnostics)


# Tracebacks show where a program finds it.
ConverterError.__module__ = "litecast.tflite"

# By the class of TensorFlow's that they derive from.
_of_both: dict[type, type[ConverterError]] = {}


def _made(message: str, diagnostics: tuple[Diagnostic, ...]) -> ConverterError:
    phase = sys.modules.get("tensorflow.lite.python.convert_phase")
    if phase is None:
        return ConverterError(message, diagnostics)
    theirs = phase.ConverterError
    if theirs not in _of_both:
        names = {"__module__": ConverterError.__module__, "__doc__": ConverterError.__doc__}
        _of_both[theirs] = type("ConverterError", (ConverterError, theirs), names)
    return _of_both[theirs](message, diagnostics)


def made_error(message: str) -> ConverterError:
    """One that no single operation is to blame for."""
    return _made(message, ())


def converter_error(error: ConversionError) -> ConverterError:
    """The same in the words that scripts for tf.lite look for."""
    from .error_data import ErrorCode, code_of
    from .words import diagnostic_of_converter, of_converter

    lines = [of_converter(str(error))]
    for title, code in (
        ("TF Select ops", ErrorCode.ERROR_NEEDS_FLEX_OPS),
        ("Custom ops", ErrorCode.ERROR_NEEDS_CUSTOM_OPS),
    ):
        reasons = {d.op: d.reason for d in error.diagnostics if code_of(d) == code}
        if reasons:
            lines += [f"{title}: {', '.join(sorted(reasons))}", "Details:"]
            lines += [f"\ttf.{op}: {reasons[op]}" for op in sorted(reasons)]
    return _made("\n".join(lines), tuple(map(diagnostic_of_converter, error.diagnostics)))
