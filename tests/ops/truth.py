"""TensorFlow's own answers."""

import re

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context, execute
from tensorflow.python.framework import op_def_library, op_def_registry

import layout
import saved_graph


ONLY_COMPILED = {
    "XlaBroadcastHelper", "XlaConv", "XlaConvV2", "XlaDot", "XlaDotV2", "XlaDynamicSlice", "XlaEinsum",
    "XlaKeyValueSort", "XlaPad", "XlaReducePrecision",
}  # fmt: skip


# These have kernels on graphics cards alone.
BY_NUMPY = {"FFTND": np.fft.fftn, "IFFTND": np.fft.ifftn, "IRFFTND": np.fft.irfftn, "RFFTND": np.fft.rfftn}


class NoKernel(Exception):
    """TensorFlow has the op but no kernel for these types or attributes."""


def _eager_value(kind, value):
    if kind == "type":
        return saved_graph.tensorflow_type(value).as_datatype_enum
    if kind == "shape":
        return tf.TensorShape(value).as_list()
    return value


def _output_count(definition, case):
    count = 0
    for argument in definition.output_arg:
        count += case.attributes[argument.number_attr] if argument.number_attr else 1
    return count


def answers(case, run):
    """The op's outputs as arrays."""
    operands = {
        o.name: tf.Variable(o.runs[run]) if o.variable == "VarHandleOp" else o.runs[run]
        for o in case.operands
    }
    if not layout.channels_first(case.attributes):
        return _execute(case, operands, case.attributes)
    # On a processor TensorFlow has few kernels of this layout.
    operands, attributes = layout.to_channels_last(case.op, operands, case.attributes)
    return layout.to_channels_first(case.op, _execute(case, operands, attributes))


def _tensor(value):
    return value.handle if isinstance(value, tf.Variable) else tf.constant(value)


def _compiled(op, operands, attributes):
    """Of an op that has no kernel: XLA compiles it."""
    definition = op_def_registry.get(op)
    inferred = {argument.type_attr for argument in definition.input_arg}
    kinds = {a.name: a.type for a in definition.attr if a.name not in inferred}
    given = {key: _eager_value(kind, attributes[key]) for key, kind in kinds.items() if key in attributes}

    @tf.function(jit_compile=True)
    def run():
        tensors = {key: tf.constant(array) for key, array in operands.items()}
        return op_def_library.apply_op(op, **tensors, **given)

    made = run()
    return [np.asarray(m.numpy()) for m in (made if isinstance(made, (list, tuple)) else [made])]


def _by_numpy(case, operands):
    made = BY_NUMPY[case.op](*operands.values())
    return [np.asarray(made).astype(np.float32 if made.dtype.kind == "f" else np.complex64)]


def _execute(case, operands, attributes):
    if case.op in BY_NUMPY:
        return _by_numpy(case, operands)
    if case.op in ONLY_COMPILED:
        return _compiled(case.op, operands, attributes)
    definition = op_def_registry.get(case.op)
    tensors = [_tensor(value) for value in operands.values()]
    given = []
    for attribute in definition.attr:
        if attribute.name in attributes:
            given += [attribute.name, _eager_value(attribute.type, attributes[attribute.name])]
    count = _output_count(definition, case)
    try:
        made = execute.execute(case.op, count, tensors, tuple(given), context.context())
    except (tf.errors.NotFoundError, tf.errors.UnimplementedError) as error:
        raise NoKernel(str(error)) from None
    except (tf.errors.InvalidArgumentError, tf.errors.AbortedError) as error:
        # The last is said by oneDNN, which TensorFlow uses on some processors.
        if not re.search("only support|has constraint on attr|Input dims must be", str(error)):
            raise
        raise NoKernel(str(error)) from None
    return [np.asarray(output.numpy()) for output in made[: case.outputs]]
