"""What the annotations of public functions name, so that typing.get_type_hints finds it.

The modules `typing` and `collections` take longer to import than this package: what the abstract
classes are defined in, every interpreter has loaded already.
"""

from __future__ import annotations

from _collections_abc import Callable, Iterable, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
else:
    Any = object

__all__ = ["Any", "Callable", "Iterable", "Mapping", "Sequence"]
