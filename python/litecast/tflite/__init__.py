"""The classes of tf.lite, by litecast: `import litecast.tflite as tflite` in place of tf.lite.

What litecast does not have yet raises NotYetSupported, which names the option; nothing is ignored
silently. docs/migrating.md lists what differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._errors import NotYetSupported
from . import experimental, v1
from .converter import TFLiteConverter
from .errors import ConverterError
from .options import OpsSet, Optimize, RepresentativeDataset, TargetSpec

if TYPE_CHECKING:
    Interpreter: Any

__all__ = [
    "ConverterError",
    "Interpreter",
    "NotYetSupported",
    "OpsSet",
    "Optimize",
    "RepresentativeDataset",
    "TFLiteConverter",
    "TargetSpec",
    "experimental",
    "v1",
]


def __getattr__(name: str) -> Any:
    # The runtime takes long to import, and conversion does not need it.
    if name == "Interpreter":
        from .runtime import interpreter_module

        return interpreter_module().Interpreter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
