"""The exceptions of litecast; all derive from Error."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._diagnostic import Diagnostic



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
