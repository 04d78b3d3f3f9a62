"""Why a conversion failed, as data."""

from __future__ import annotations

from typing import NamedTuple

from ._errors import ConversionError
from ._words import in_python


class Diagnostic(NamedTuple):
    """Why one kind of operation cannot be converted.

    Attributes:
        op: the operation's name in the model's framework, such as "DecodeJpeg".
        reason: a sentence that says what about it cannot be expressed.
        remedy: what can be done about it; empty where nothing is known.
        places: the layers that use it, in execution order, each once.

    >>> try:
    ...     litecast.convert("path/to/decoder")
    ... except litecast.ConversionError as error:
    ...     for problem in error.diagnostics:
    ...         print(problem.op, problem.places)
    DecodeJpeg ('DecodeJpeg',)
    """

    op: str
    reason: str
    remedy: str
    places: tuple[str, ...]


def conversion_error(
    message: str, rows: list[tuple[str, str, str, tuple[str, ...]]]
) -> ConversionError:
    """The exception for what the native module raises."""
    diagnostics = tuple(
        Diagnostic(op, reason, in_python(remedy), places) for op, reason, remedy, places in rows
    )
    return ConversionError(in_python(message), diagnostics)
