"""Element types as scripts for tf.lite name them, with TensorFlow or without."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The names that tf.compat.v1.lite.constants has for them.
TYPES = {
    "FLOAT": "float32",
    "FLOAT16": "float16",
    "INT8": "int8",
    "INT16": "int16",
    "INT32": "int32",
    "INT64": "int64",
    "QUANTIZED_UINT8": "uint8",
    "STRING": "string",
}


def dtype(name: str) -> Any:
    """tf.float32 for "float32", or the name itself, which equals it, where TensorFlow is not in use."""
    tensorflow = sys.modules.get("tensorflow")
    return name if tensorflow is None else getattr(tensorflow, name)


def dtype_name(dtype: Any) -> str:
    """ "float32" for tf.float32, numpy.float32 and "float32"."""
    return str(getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or dtype)
