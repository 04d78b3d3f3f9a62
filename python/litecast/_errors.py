"""The exceptions of litecast; all derive from Error."""

from __future__ import annotations

from ._typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._diagnostic import Diagnostic


class Error(Exception):
    """Whatever litecast raises on its own account."""


class MalformedInput(Error, ValueError):
    """The source is not what its format demands; the message names the place.

    >>> litecast.convert("path/to/broken")
    Traceback (most recent call last):
    litecast.MalformedInput: path/to/broken/saved_model.pb, byte 0: ...
    """


class UsageError(Error, ValueError):
    """An argument names what does not exist or does not fit; the message lists what exists.

    >>> litecast.convert("path/to/saved_model", signatures=["predict"])
    Traceback (most recent call last):
    litecast.UsageError: there is no signature 'predict'; ...serving_default...
    """


class IoError(Error, OSError):
    """The operating system refused to read or write; the message names the path.

    >>> litecast.convert("no/such/folder")
    Traceback (most recent call last):
    litecast.IoError: no/such/folder: ...
    """


class Cancelled(Error):
    """The progress callback returned False; nothing was left on disk.

    >>> litecast.convert("path/to/saved_model", "m.tflite", progress=lambda step, fraction: False)
    Traceback (most recent call last):
    litecast.Cancelled: the conversion was cancelled
    """


class NotYetSupported(Error, NotImplementedError):
    """An option or source that litecast does not have yet.

    Attributes:
        option: the option's name, such as "optimizations".
        remedy: what works instead; empty where nothing does.

    >>> converter = tflite.TFLiteConverter.from_saved_model("path/to/saved_model")
    >>> converter.optimizations = [tflite.Optimize.DEFAULT]
    >>> converter.convert()
    Traceback (most recent call last):
    litecast.NotYetSupported: optimizations=['DEFAULT'] is not supported by litecast yet; convert without it
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

    >>> try:
    ...     litecast.convert("path/to/decoder")
    ... except litecast.ConversionError as error:
    ...     print([problem.op for problem in error.diagnostics])
    ['DecodeJpeg']
    """

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        # Not super(): a class may derive from this one and from another library's exception.
        Exception.__init__(self, message, diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> Any:
        return type(self), (self.args[0], self.diagnostics)


# Tracebacks show where a program finds them.
for _class in (
    Error,
    MalformedInput,
    UsageError,
    IoError,
    Cancelled,
    NotYetSupported,
    ConversionError,
):
    _class.__module__ = "litecast"
