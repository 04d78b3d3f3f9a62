"""The exceptions of litecast; all derive from Error."""

from __future__ import annotations

from typing import Any, NamedTuple


class Error(Exception):
    """Whatever litecast raises on its own account."""


class MalformedInput(Error, ValueError):
    """The source is not what its format demands; the message names the place."""


class UsageError(Error, ValueError):
    """An argument names what does not exist or does not fit; the message lists what exists."""


class IoError(Error, OSError):
    """The operating system refused to read or write; the message names the path."""


class Cancelled(Error):
    """The progress callback returned False; nothing was left on disk."""


class NotYetSupported(Error, NotImplementedError):
    """An option or source that litecast does not have yet.

    Attributes:
        option: the option's name, such as "optimizations".
    """

    def __init__(self, option: str, remedy: str = "") -> None:
        super().__init__(option, remedy)
        self.option = option
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.option} is not supported by litecast yet"
        return f"{text}; {self.remedy}" if self.remedy else text


class Diagnostic(NamedTuple):
    """Why one kind of operation cannot be converted.

    Attributes:
        op: the operation's name in the model's framework, such as "DecodeJpeg".
        reason: a sentence that says what about it cannot be expressed.
        remedy: what can be done about it; empty where nothing is known.
        places: the layers that use it, in execution order, each once.
    """

    op: str
    reason: str
    remedy: str
    places: tuple[str, ...]


class ConversionError(Error):
    """The model is well-formed, but some of its operations have no counterpart.

    Attributes:
        diagnostics: one Diagnostic for each kind of operation that stands in the way.
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> Any:
        return type(self), (self.args[0], self.diagnostics)
