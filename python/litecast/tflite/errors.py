"""ConverterError, as scripts for tf.lite expect it."""

from __future__ import annotations

from .._errors import ConversionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._diagnostic import Diagnostic


class ConverterError(ConversionError):
    """A model that cannot be converted.

    Attributes:
        errors: a ConverterErrorData for each kind of operation that stands in the way.
        diagnostics: the same as litecast says it.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, diagnostics)
        from .error_data import error_data

        self.errors = [error_data(diagnostic) for diagnostic in diagnostics]


def converter_error(error: ConversionError) -> ConverterError:
    """The same in the words that scripts for tf.lite look for."""
    from .error_data import ErrorCode, code_of

    lines = [str(error)]
    for title, code in (
        ("TF Select ops", ErrorCode.ERROR_NEEDS_FLEX_OPS),
        ("Custom ops", ErrorCode.ERROR_NEEDS_CUSTOM_OPS),
    ):
        ops = [d.op for d in error.diagnostics if code_of(d) == code]
        if ops:
            lines.append(f"{title}: {', '.join(sorted(set(ops)))}")
    return ConverterError("\n".join(lines), error.diagnostics)
