"""The classes of tf.lite, by litecast: `import litecast.tflite as tflite` in place of tf.lite.

What litecast does not have yet raises NotYetSupported, which names the option; nothing is ignored
silently. docs/migrating.md lists what differs.
"""

from __future__ import annotations

from .._errors import NotYetSupported
from . import experimental
from .converter import TFLiteConverter
from .errors import ConverterError
from .options import OpsSet, Optimize, RepresentativeDataset, TargetSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import v1

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
    if name == "v1":
        from importlib import import_module

        return import_module("litecast.tflite.v1")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
