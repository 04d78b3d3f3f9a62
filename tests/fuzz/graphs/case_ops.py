"""Ops of the op suite as parts of a random graph, so that every op that converts meets the optimizer.
A case brings placeholders and constants of its own; what it gives goes into the pool."""

import functools

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.framework import op_def_library, op_def_registry

import cases
import layout
import refused
import saved_graph
import truth
from graph import RUNS, Value

TOLERANCE = 1e-5
# Beyond it, floats are scaled down: what follows expects moderate ones.
MODERATE = 3.0
NARROW = {"half", "bfloat16", "double", "complex64", "complex128", "string"}
ROWS_TRIED = 40
CASES_TRIED = 12
# Sizes that leave elements, so that there is something to compare.
SIZES = {"static", "batch", "all"}


@functools.lru_cache(None)
def _ops():
    # TensorFlow dies while it infers the shapes of a SplitV with small types of sizes; the ops that
    # work in place change what they are fed with.
    excluded = {"SplitV", "InplaceAdd", "InplaceSub", "InplaceUpdate", *truth.ONLY_COMPILED, *truth.BY_NUMPY}
    return [op for op in cases.all_ops() if not op.distribution and not op.variables and op.name not in excluded]


@functools.lru_cache(None)
def _rows(number):
    return _ops()[number].rows()


def _fits(row):
    return row["sizes"] in SIZES and row["values"] == "ordinary" and not NARROW & set(map(str, row.values()))


def _case(g, number):
    """A case of an op, or None where none that was tried can be part of a graph."""
    rows = _rows(number)
    for _ in range(ROWS_TRIED):
        index = g.number(0, len(rows) - 1)
        if not _fits(rows[index]):
            continue
        case = _ops()[number].case(index, rows[index])
        known = any(refused.reason(case.name, kind, case.described()) for kind in refused.LISTS)
        constant = all(operand.constant for operand in case.operands)
        if not known and not constant and not layout.channels_first(case.attributes):
            return case
    return None


def _answers(case):
    """TensorFlow's outputs, run by run; None where it has no kernel."""
    try:
        answers = [truth.answers(case, run) for run in range(case.run_count)]
    except (truth.NoKernel, tf.errors.OpError):
        return None
    return answers if all(o.size for outputs in answers for o in outputs) else None


def _placed(g, operand, name):
    """A placeholder, whose axes another op puts in order in half of the cases."""
    runs = operand.runs if len(operand.runs) == RUNS else operand.runs[:1] * RUNS
    order = list(range(runs[0].ndim))
    if len(order) > 1 and g.often(0.5):
        order = [int(i) for i in g.chance.permutation(order)]
    shape = [operand.shape[i] for i in order]
    tensor = tf.compat.v1.placeholder(runs[0].dtype, shape, name)
    g.given[name] = [np.transpose(run, order) for run in runs]
    back = np.argsort(order).tolist()
    return tensor if back == sorted(back) else tf.transpose(tensor, back)


def _operands(g, case):
    placed = []
    for operand in case.operands:
        name = f"case_{len(g.given)}_{operand.name}"
        placed.append(tf.constant(operand.runs[0]) if operand.constant else _placed(g, operand, name))
    named, definition = {}, op_def_registry.get(case.op)
    for argument in definition.input_arg:
        count = case.attributes[argument.number_attr] if argument.number_attr else 1
        named[argument.name] = placed[:count] if argument.number_attr else placed[0]
        placed = placed[count:]
    return named


def _given_attributes(case):
    definition = op_def_registry.get(case.op)
    inferred = {n for argument in definition.input_arg for n in (argument.type_attr, argument.number_attr)}
    values = {}
    for attribute in definition.attr:
        if attribute.name in case.attributes and attribute.name not in inferred:
            value = case.attributes[attribute.name]
            values[attribute.name] = saved_graph.tensorflow_type(value) if attribute.type == "type" else value
    return values


def _value(g, tensor, runs, tolerance):
    """What the pool gets of an output, or None."""
    if tensor.shape.rank is None or tensor.shape.rank > 5:
        return None
    shape = tuple(tensor.shape.as_list())
    kind = runs[0].dtype.kind
    largest = max(np.abs(run.astype(np.float64)).max() for run in runs)
    if not np.isfinite(largest):
        return None
    if kind == "b":
        return Value(tensor, shape, "bool")
    if kind in "iu":
        # Unsigned numbers of so many bits that a signed one may not hold them.
        signed = {"uint32": tf.int32, "uint64": tf.int64}.get(runs[0].dtype.name)
        wide = tf.bitcast(tensor, signed) if signed else tensor
        wide = wide if wide.dtype in (tf.int32, tf.int64) else tf.cast(wide, tf.int32)
        return Value(tf.cast(tf.math.floormod(wide, 10), tf.int32), shape, "int")
    scaled = tf.cast(tensor, g.float_type) / max(1.0, largest / MODERATE)
    # The float64 graph computes the op in its own type: that it is not exact stands in for its noise.
    exact = g.float_type != tf.float64
    return Value(scaled if exact else scaled * (1 + tolerance) + tolerance, shape, "float")


def case_op(g, number):
    """The values of an op; `number` counts through all of them, round and round."""
    answers = None
    with context.eager_mode():
        for _ in range(CASES_TRIED):
            case = _case(g, number % len(_ops()))
            answers = case and _answers(case)
            if answers or not case:
                break
    if not answers:
        return None
    try:
        made = op_def_library.apply_op(case.op, **_operands(g, case), **_given_attributes(case))
    except (TypeError, ValueError):  # a graph is made of less than eager execution takes
        return None
    made = tf.nest.flatten(made)
    values = []
    for index, runs in enumerate(zip(*answers)):
        value = _value(g, made[index], runs, max(case.tolerance or 0, TOLERANCE))
        if value:
            values.append(value)
    if values:
        g.used.add(case.op)
    return values
