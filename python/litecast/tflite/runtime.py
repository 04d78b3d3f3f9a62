"""The runtime that runs models; litecast itself only makes them."""

from __future__ import annotations

import functools
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@functools.cache
def interpreter_module() -> Any:
    """The module that has Interpreter, OpResolverType and load_delegate."""
    for name in ("ai_edge_litert.interpreter", "tensorflow.lite.python.interpreter"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise ImportError(
        "there is no runtime to run models with: pip install ai-edge-litert (or tensorflow)"
    )
