"""A file with a GraphDef: enough of it to say which nodes it has, without TensorFlow."""

from __future__ import annotations

from .._errors import IoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = ("VarHandleOp", "VariableV2", "Variable", "VarIsInitializedOp")


def read(path: str) -> bytes:
    """The serialized graph. A graph in text form is read by TensorFlow, where it is installed."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise IoError(f"File '{path}' does not exist.") from None
    try:
        nodes(data)
        return data
    except ValueError:
        return _from_text(path, data)


def nodes(graph: bytes) -> dict[str, str]:
    """The op of each node, by the node's name. Raises ValueError when it is no GraphDef."""
    ops = {}
    for tag, node in _fields(memoryview(graph)):
        if tag != 1:
            continue
        fields = dict(_fields(node))
        if not isinstance(fields.get(1), memoryview) or not isinstance(fields.get(2), memoryview):
            raise ValueError("a node without name or op")
        ops[bytes(fields[1]).decode()] = bytes(fields[2]).decode()
    return ops


def _from_text(path: str, data: bytes) -> bytes:
    problem = IoError(f"Unable to parse input file '{path}'.")
    try:
        from google.protobuf import text_format
        from tensorflow.core.framework import graph_pb2
    except ImportError:
        raise problem from None
    graph = graph_pb2.GraphDef()
    try:
        text_format.Merge(data.decode(), graph)
    except (UnicodeDecodeError, text_format.ParseError):
        raise problem from None
    return bytes(graph.SerializeToString())


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number that does not end")


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The tag and the bytes of each field of a protobuf message."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        begin = at
        if kind == 0:
            _, at = _varint(message, at)
        elif kind == 2:
            size, begin = _varint(message, at)
            at = begin + size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError("an unknown wire type")
        if at > len(message) or key >> 3 == 0:
            raise ValueError("a field that ends beyond the message")
        yield key >> 3, message[begin:at]
