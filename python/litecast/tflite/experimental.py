"""The names of tf.lite.experimental."""

from __future__ import annotations

from .._errors import NotYetSupported
from .._typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    OpResolverType: Any
    load_delegate: Any

__all__ = [
    "Analyzer",
    "OpResolverType",
    "QuantizationDebugOptions",
    "QuantizationDebugger",
    "authoring",
    "load_delegate",
]


class Analyzer:
    """Says what is in a model; see `litecast show`."""

    @staticmethod
    def analyze(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotYetSupported("experimental.Analyzer", "`litecast show MODEL` says what is in it")


class QuantizationDebugOptions:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotYetSupported("experimental.QuantizationDebugOptions")


class QuantizationDebugger:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotYetSupported("experimental.QuantizationDebugger")


class authoring:  # noqa: N801 - a namespace of tf.lite
    @staticmethod
    def compatible(*args: Any, **kwargs: Any) -> NoReturn:
        raise NotYetSupported(
            "experimental.authoring", "convert the function: the error lists what stands in the way"
        )


def __getattr__(name: str) -> Any:
    if name in ("OpResolverType", "load_delegate"):
        from .runtime import interpreter_module

        return getattr(interpreter_module(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
