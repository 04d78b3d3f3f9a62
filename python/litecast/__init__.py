"""litecast converts trained models to the .tflite format.

>>> import litecast
>>> model = litecast.convert("path/to/saved_model", "model.tflite")  # doctest: +SKIP

`litecast.tflite` has the classes of tf.lite, for scripts that use those.
"""

from ._convert import convert
from ._errors import (
    Cancelled,
    ConversionError,
    Diagnostic,
    Error,
    IoError,
    MalformedInput,
    NotYetSupported,
    UsageError,
)
from ._model import Model
from ._native import version as _version
from ._report import Report, Signature, Tensor

__version__: str = _version()

__all__ = [
    "Cancelled",
    "ConversionError",
    "Diagnostic",
    "Error",
    "IoError",
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
