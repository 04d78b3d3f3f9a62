"""What functions capture: variables and tensors, whose contents are read where they lie."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from .tables import define_table


class Capture:
    """A tensor from outside of a function: a variable's handle, or a value."""

    def __init__(self, external: Any) -> None:
        self.external = external

    @property
    def is_handle(self) -> bool:
        return bool(self.external.dtype == tf.resource)

    def value(self) -> Any:
        """The tensor itself, or the variable's current value, which shares its memory."""
        if not self.is_handle:
            return self.external
        return tf.raw_ops.ReadVariableOp(resource=self.external, dtype=self._variable_dtype())

    def is_variable(self) -> bool:
        return self.is_handle and self._variable_dtype() is not None

    def declared_shape(self) -> Any:
        """What shapes the variable may have, which its value has one of."""
        return self._variable().shape

    def _variable_dtype(self) -> Any:
        variable = self._variable()
        return variable and tf.dtypes.as_dtype(variable.dtype)

    def _variable(self) -> Any:
        data = getattr(self.external, "_handle_data", None)
        if data is None or not data.is_set or len(data.shape_and_type) != 1:
            return None
        return data.shape_and_type[0]


class Values:
    """Defines nodes for captures and collects the contents of variables."""

    def __init__(self) -> None:
        self.tensors: list[tuple[str, list[int], Any]] = []
        # Nodes that fill the tables, to be run when the model is loaded.
        self.fills: list[str] = []
        self.tables_may_change = False

    def define(self, capture: Capture, node: Any, nodes: Any, lookups: list[tuple[int, int]]) -> None:
        """Makes `node` the one that stands for a capture; `nodes` is where others may be added, and
        `lookups` are the types of the tables in which the function looks something up.
        """
        if capture.is_handle and not capture.is_variable():
            fill = define_table(
                capture.external, lookups, node, nodes, may_change=self.tables_may_change
            )
            if fill:
                self.fills.append(fill)
            return
        value = capture.value()
        if value.dtype == tf.string and not capture.is_handle:
            _define_constant(node, value)
            return
        if capture.is_handle:
            handle = node
        else:
            # A value of any size, which stays where it is: what reads a variable.
            handle = nodes.add(name=f"{node.name}/variable")
            _clear(node, "ReadVariableOp")
            node.input.append(handle.name)
            node.attr["dtype"].type = value.dtype.as_datatype_enum
        _clear(handle, "VarHandleOp")
        handle.attr["dtype"].type = value.dtype.as_datatype_enum
        shape = capture.declared_shape() if capture.is_handle else value.shape.as_proto()
        handle.attr["shape"].shape.CopyFrom(shape)
        buffer = _text(value) if value.dtype == tf.string else _buffer(value)
        self.tensors.append((handle.name, value.shape.as_list(), buffer))


def _clear(node: Any, op: str) -> None:
    node.op = op
    node.attr.clear()


def _define_constant(node: Any, value: Any) -> None:
    _clear(node, "Const")
    node.attr["dtype"].type = value.dtype.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))


def _text(tensor: Any) -> bytes:
    """Strings as a .tflite holds them: how many, where each begins and the last ends, letters."""
    import numpy as np

    texts = [bytes(text) for text in np.asarray(tensor.numpy(), object).reshape(-1)]
    header = 4 * (len(texts) + 2)
    ends = np.cumsum([header, *map(len, texts)])
    return np.array([len(texts), *ends], "<i4").tobytes() + b"".join(texts)


def _buffer(tensor: Any) -> Any:
    """A view of a tensor's memory."""
    try:
        return memoryview(tensor)
    except (BufferError, ValueError, TypeError):
        # NumPy shows no buffer of types that it got from elsewhere, such as bfloat16.
        import numpy as np

        return np.asarray(tensor).reshape(-1).view(np.uint8)
