"""Lookup tables that functions capture: their contents are constants that fill them again."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from tensorflow.core.framework import types_pb2

_USE = ("LookupTableFind", "LookupTableFindV2", "LookupTableInsert", "LookupTableInsertV2")
_CHANGE = ("LookupTableImportV2", "LookupTableInsertV2", "LookupTableRemoveV2")


def lookup_types(function: Any) -> list[tuple[int, int]]:
    """The types of keys and values with which a function, and what it calls, uses tables."""
    uses = [node for node in _nodes(function) if node.op in _USE]
    return sorted({(node.attr["Tin"].type, node.attr["Tout"].type) for node in uses})


def changes_tables(function: Any) -> bool:
    """Whether it, or what it calls, puts something into a table or takes it out."""
    return any(node.op in _CHANGE for node in _nodes(function))


def _nodes(function: Any) -> list[Any]:
    graph = function.graph.as_graph_def()
    bodies = [graph.node, *(definition.node_def for definition in graph.library.function)]
    return [node for body in bodies for node in body]


def define_table(
    handle: Any, types: list[tuple[int, int]], node: Any, nodes: Any, *, may_change: bool
) -> str | None:
    """Makes `node` the table of that handle. The name of the node that fills it, or None where it is
    no table of such types, or an empty one; `nodes` is where others may be added. A table that no
    function changes is one that cannot change.
    """
    node.op = "HashTableV2"
    node.attr.clear()
    for key_type, value_type in types:
        contents = _contents(handle, key_type, value_type)
        if contents is not None:
            if may_change and _can_change(handle, key_type, value_type):
                node.op = "MutableHashTableV2"
            _set_types(node, key_type, value_type)
            return _add_fill(node, contents, key_type, value_type, nodes)
    # Whatever it is: where it is used, the conversion says so.
    _set_types(node, types_pb2.DT_STRING, types_pb2.DT_INT64)
    return None


def _can_change(handle: Any, key_type: int, value_type: int) -> bool:
    keys, values = (tf.zeros([0], tf.as_dtype(dtype)) for dtype in (key_type, value_type))
    try:
        tf.raw_ops.LookupTableInsertV2(table_handle=handle, keys=keys, values=values)
    except tf.errors.OpError:
        return False
    return True


def _contents(handle: Any, key_type: int, value_type: int) -> Any:
    """Keys and values; None where they have other types, of which a handle does not tell."""
    keys, values = tf.as_dtype(key_type), tf.as_dtype(value_type)
    try:
        # Compares the types; to export with wrong ones ends the process.
        tf.raw_ops.LookupTableFindV2(
            table_handle=handle, keys=tf.zeros([0], keys), default_value=tf.zeros([], values)
        )
        return tf.raw_ops.LookupTableExportV2(table_handle=handle, Tkeys=keys, Tvalues=values)
    except tf.errors.OpError:
        return None


def _set_types(node: Any, key_type: int, value_type: int) -> None:
    node.attr["key_dtype"].type = key_type
    node.attr["value_dtype"].type = value_type


def _add_fill(table: Any, contents: Any, key_type: int, value_type: int, nodes: Any) -> str:
    fill = nodes.add(name=f"{table.name}/fill", op="LookupTableImportV2")
    fill.input.append(table.name)
    fill.attr["Tin"].type = key_type
    fill.attr["Tout"].type = value_type
    for name, tensor in (("keys", contents.keys), ("values", contents.values)):
        constant = nodes.add(name=f"{table.name}/{name}", op="Const")
        constant.attr["dtype"].type = tensor.dtype.as_datatype_enum
        constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(tensor))
        fill.input.append(constant.name)
    return str(fill.name)
