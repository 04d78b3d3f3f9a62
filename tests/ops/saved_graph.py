"""Writes a case as a SavedModel of one op, without tracing anything."""

import shutil

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.framework import op_def_registry


DTYPE_NAMES = {"float": "float32", "double": "float64", "half": "float16"}


def tensorflow_type(name):
    return tf.as_dtype(DTYPE_NAMES.get(name, name))


def type_of(array):
    return tf.string if array.dtype == object else tf.as_dtype(array.dtype)


def set_attribute(message, kind, value):
    """`kind`: the attribute's type in the op's definition."""
    if kind.startswith("list("):
        message.list.SetInParent()
        for part in value:
            _set_scalar(message.list, kind[5:-1], part, repeated=True)
    else:
        _set_scalar(message, kind, value)


def _set_scalar(message, kind, value, repeated=False):
    field = {"int": "i", "float": "f", "bool": "b", "string": "s"}.get(kind, kind)
    if kind == "string" and isinstance(value, str):
        value = value.encode()
    if kind == "type":
        value = tensorflow_type(value).as_datatype_enum
    if kind == "shape":
        message.shape.CopyFrom(tf.TensorShape(value).as_proto())
    elif repeated:
        getattr(message, field).append(value)
    else:
        setattr(message, field, value)


def _placeholder(graph, signature, key, dtype, shape):
    node = graph.node.add(name=key, op="Placeholder")
    node.attr["dtype"].type = dtype.as_datatype_enum
    node.attr["shape"].shape.CopyFrom(tf.TensorShape(shape).as_proto())
    declare(signature.inputs, key, f"{key}:0", dtype, shape)


def declare(side, key, tensor, dtype, shape):
    side[key].name = tensor
    side[key].dtype = dtype.as_datatype_enum
    side[key].tensor_shape.CopyFrom(tf.TensorShape(shape).as_proto())


def _constant(graph, key, array):
    node = graph.node.add(name=key, op="Const")
    node.attr["dtype"].type = type_of(array).as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(array))


def _variable(graph, operand):
    node = graph.node.add(name=operand.name, op=operand.variable)
    node.attr["dtype"].type = type_of(operand.runs[0]).as_datatype_enum
    node.attr["shape"].shape.CopyFrom(tf.TensorShape(operand.shape).as_proto())


def _write_variables(folder, variables):
    """A checkpoint whose keys are the names of the variables, as TensorFlow 1 writes it."""
    folder = folder / "variables"
    shutil.rmtree(folder, ignore_errors=True)
    if not variables:
        return
    folder.mkdir()
    tf.raw_ops.SaveV2(
        prefix=str(folder / "variables"),
        tensor_names=[v.name for v in variables],
        shape_and_slices=[""] * len(variables),
        tensors=[tf.constant(v.runs[0]) for v in variables],
    )


def new_model():
    """An empty SavedModel, its graph and its one signature."""
    saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta = saved.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = tf.__version__
    signature = meta.signature_def["serving_default"]
    signature.method_name = "tensorflow/serving/predict"
    return saved, meta.graph_def, signature


def output_key(index):
    return f"output_{index}"


def write(folder, case, outputs):
    """`outputs`: TensorFlow's answers of the first run; their types are declared."""
    saved, graph, signature = new_model()
    graph.versions.producer = 2000
    for operand in case.operands:
        if operand.variable:
            _variable(graph, operand)
        elif operand.constant:
            _constant(graph, operand.name, operand.runs[0])
        else:
            _placeholder(graph, signature, operand.name, type_of(operand.runs[0]), operand.shape)
    if not signature.inputs:
        _placeholder(graph, signature, "unused", tf.float32, (1,))
    node = graph.node.add(name="op", op=case.op, input=[o.name for o in case.operands])
    kinds = {a.name: a.type for a in op_def_registry.get(case.op).attr}
    for name, value in case.attributes.items():
        set_attribute(node.attr[name], kinds[name], value)
    for index, output in enumerate(outputs):
        declare(signature.outputs, output_key(index), f"op:{index}", type_of(output), None)
    _write_variables(folder, [operand for operand in case.operands if operand.variable])
    (folder / "saved_model.pb").write_bytes(saved.SerializeToString())


def inputs(case, run):
    """What the signature is fed with in a run."""
    fed = {o.name: o.runs[run] for o in case.operands if not o.constant and not o.variable}
    return fed or {"unused": np.zeros(1, np.float32)}
