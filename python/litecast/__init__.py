"""litecast converts trained models to the .tflite format.

>>> import litecast
>>> litecast.convert("path/to/saved_model", "model.tflite")
<litecast.Model of ... in model.tflite>

`litecast.tflite` has the classes of tf.lite, for scripts that use those.
"""

from __future__ import annotations

try:
    from . import _native
except ImportError as _error:
    # Python 3.13 says so itself, before the module can.
    if "does not support loading in subinterpreters" not in str(_error):
        raise
    raise ImportError(
        "litecast does not run in a sub-interpreter; import it in the main one, or use a process "
        "(multiprocessing)"
    ) from None
from ._convert import convert
from ._errors import (
    Cancelled,
    ConversionError,
    Error,
    IoError,
    MalformedInput,
    NotYetSupported,
    UsageError,
)
from ._model import Model
from ._typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._diagnostic import Diagnostic
    from ._report import Kernel, Layer, Report, Signature, Tensor

__version__: str = _native.version()

__all__ = [
    "Cancelled",
    "ConversionError",
    "Diagnostic",
    "Error",
    "IoError",
    "Kernel",
    "Layer",
    "MalformedInput",
    "Model",
    "NotYetSupported",
    "Report",
    "Signature",
    "Tensor",
    "UsageError",
    "__version__",
    "convert",
]


def __getattr__(name: str) -> Any:
    # What they are made with takes longer to import than the rest; a conversion brings them.
    if name in ("Kernel", "Layer", "Report", "Signature", "Tensor"):
        from . import _report

        return getattr(_report, name)
    if name == "Diagnostic":
        from ._diagnostic import Diagnostic

        return Diagnostic
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
