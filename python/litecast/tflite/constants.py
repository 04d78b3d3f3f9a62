"""The constants of tf.compat.v1.lite: element types, and formats of the output."""

from __future__ import annotations

from .types import TYPES, dtype

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    FLOAT: Any
    FLOAT16: Any
    INT8: Any
    INT16: Any
    INT32: Any
    INT64: Any
    QUANTIZED_UINT8: Any
    STRING: Any

__all__ = ["GRAPHVIZ_DOT", "TFLITE", *TYPES]

TFLITE = 2
GRAPHVIZ_DOT = 3


def __getattr__(name: str) -> Any:
    # Those of TensorFlow where it is in use, which it need not be when this module is imported.
    if name in TYPES:
        return dtype(TYPES[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
