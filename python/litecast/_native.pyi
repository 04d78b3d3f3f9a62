"""
The native half of the package; convert() in _convert.py is the way to use it.
"""

from typing import Any

from typing_extensions import Buffer


class Bytes(Buffer):
    """Memory that holds a model, read in place through the buffer protocol."""

    def __init__(self) -> None: ...

    def take(self, other: Bytes) -> None:
        """Takes over what `other` holds, which is empty then."""

    @staticmethod
    def copy_of(data: bytes) -> Bytes: ...

    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

def convert(source: bytes | tuple[str, Any, list[tuple[str, list[int], Any]]], output: bytes | None, options: dict[str, Any], progress: Any) -> tuple[Bytes | None, dict[str, Any]]: ...

def save(model: Bytes | bytes, target: bytes) -> None:
    """
    Writes a model, or a copy of the file at a path; it appears whole or not at all.
    """

def describe(path: bytes) -> str: ...

def version() -> str: ...
