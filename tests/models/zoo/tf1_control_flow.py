"""Loops and branches as TensorFlow 1 writes them: Switch, Merge, Enter, Exit, NextIteration."""

import contextlib
import tempfile

import numpy as np
import tensorflow as tf
import tf_keras

from .calls import call, stateful
from .older_saves import save_v1
from .registry import constant, floats, integers, model

v1 = tf.compat.v1


@contextlib.contextmanager
def _old_control_flow():
    """The switch is one of the whole process."""
    v1.disable_control_flow_v2()
    try:
        yield
    finally:
        v1.enable_control_flow_v2()


def old_graph(**inputs):
    """Registers the decorated function, which makes a dictionary of outputs of placeholders."""
    options = {k: inputs.pop(k) for k in ("sizes", "constant_outputs", "tolerance") if k in inputs}

    def register(function):
        def build(folder):
            placeholders = {n: (tf.dtypes.as_dtype(i.dtype), i.spec_shape()) for n, i in inputs.items()}
            with _old_control_flow():
                save_v1(folder, function, placeholders)

        build.__module__, build.__name__ = function.__module__, function.__name__
        model(**options, **inputs)(build)
        return function

    return register


def _weight(name, *shape, scale=0.4):
    return v1.get_variable(name, initializer=constant(name, *shape) * np.float32(scale))


@old_graph(x=floats("batch", 6), n=integers(low=1, high=9))
def tf1_counted_loops(x, n):
    weight = _weight("w", 6, 6)

    def step(i, y, total):
        y = tf.tanh(tf.matmul(y, weight)) + x
        return i + 1, y, total + tf.reduce_mean(y, axis=0)

    start = (tf.constant(0), x, tf.zeros([6]))
    rounds, y, total = v1.while_loop(lambda i, y, t: i < n, step, start)
    fixed = v1.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, y * 0.5 + x), (0, x))[1]
    never = v1.while_loop(lambda i, y: i < 0, lambda i, y: (i + 1, y * 0.5), (0, x))[1]
    capped = v1.while_loop(
        lambda y: tf.reduce_sum(tf.abs(y)) > 0.0, lambda y: y * 0.5 + 0.1, [x], maximum_iterations=4
    )
    swapped = v1.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, b, a + b), (0, x, x * 2))
    return {
        "y": y, "total": total, "fixed": fixed, "never": never + 1.0, "capped": capped,
        "rounds": rounds + n, "swapped": swapped[1],
    }  # fmt: skip


@old_graph(x=floats("batch", 5))
def tf1_loops_within_loops(x):
    weight = _weight("w", 5)

    def inner(j, z):
        return j + 1, tf.cond(tf.reduce_sum(z) > 3.0, lambda: z * 0.5, lambda: z + weight)

    def outer(i, y):
        z = v1.while_loop(lambda j, z: j < i + 2, inner, (tf.constant(0), y))[1]
        again = v1.while_loop(lambda j, z: j < 2, lambda j, z: (j + 1, z * 0.9 + y), (0, z))[1]
        return i + 1, again - tf.reduce_mean(z) * 0.1

    return {"y": v1.while_loop(lambda i, y: i < 3, outer, (tf.constant(0), x))[1]}


@old_graph(x=floats("batch", 3))
def tf1_growing_shapes(x):
    def grow(i, y):
        return i + 1, tf.concat([y, x * tf.cast(i + 1, tf.float32)], 0)

    grown = v1.while_loop(
        lambda i, y: i < 4, grow, (0, x), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3]))
    )[1]  # fmt: skip
    return {"grown": grown, "sum": tf.reduce_sum(grown, 0)}


@old_graph(x=floats("batch", 4), n=integers(low=0, high=3))
def tf1_branches(x, n):
    weight = _weight("w", 4)
    positive = tf.reduce_sum(x) > 0.0
    # One branch gives another shape than the other.
    rows = tf.cond(positive, lambda: x * weight, lambda: tf.concat([x, x - 1.0], 0))
    nested = tf.cond(
        n > 0,
        lambda: tf.cond(positive, lambda: x + weight, lambda: x - weight),
        lambda: tf.nn.relu(x),
    )
    case = v1.case(
        [(tf.equal(n, 0), lambda: x * 2.0), (tf.equal(n, 1), lambda: x * weight)],
        default=lambda: tf.exp(x * 0.1),
    )
    a, b, c = tf.cond(positive, lambda: (x, tf.constant(3.0), n), lambda: (x * 0.5, x[0, 0], n + 2))
    again = tf.cond(positive, lambda: a + 1.0, lambda: rows[: tf.shape(a)[0]] - a)
    same_again = tf.cond(positive, lambda: tf.cond(positive, lambda: x * 3.0, lambda: x), lambda: -x)
    loop = tf.cond(
        positive,
        lambda: v1.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * weight), (0, x))[1],
        lambda: x - 5.0,
    )
    return {
        "rows": tf.reduce_mean(rows, 0), "nested": nested, "case": case, "a": a + 1.0, "b": b, "c": c, "again": again,
        "same_again": same_again, "loop": loop,
    }  # fmt: skip


@old_graph(x=floats("batch", 8), training=floats(low=-1.0, high=1.0))
def tf1_batch_norms_that_know_training(x, training):
    """A chain of branches on one condition, as layers with a learning phase make it, and branches
    on a condition that is known."""
    is_training = training > 0.0
    inference = v1.placeholder_with_default(False, [])
    for i in range(4):
        mean, scale = _weight(f"mean{i}", 8), _weight(f"scale{i}", 8)
        batch_mean = tf.reduce_mean(x, 0)
        chosen, momentum = tf.cond(
            is_training, lambda: (batch_mean, tf.constant(0.9)), lambda: (mean, tf.constant(1.0))
        )
        x = tf.nn.relu((x - chosen) * (scale + 1.0)) * momentum
        x = tf.cond(inference, lambda: tf.nn.dropout(x, 0.5), lambda: x)
        x = tf.cond(tf.constant(True), lambda: x + 0.1, lambda: tf.nn.dropout(x, 0.5))
    return {"x": x}


@old_graph(x=floats("batch", "steps", 4), sizes={"steps": (6, 3, 8)})
def tf1_arrays(x):
    weight = _weight("w", 4, 4)
    time_major = tf.transpose(x, [1, 0, 2])
    scanned = tf.scan(lambda h, v: tf.tanh(tf.matmul(h, weight) + v), time_major)
    mapped = tf.map_fn(lambda row: tf.reduce_sum(row, 0) * weight[0], x)
    read = tf.TensorArray(tf.float32, size=tf.shape(x)[1]).unstack(time_major)
    written = tf.TensorArray(tf.float32, size=tf.shape(x)[1], element_shape=[None, 4])

    def step(t, total, array):
        total += read.read(t)
        return t + 1, total, array.write(t, total * weight[1])

    steps = tf.shape(x)[1]
    array = v1.while_loop(
        lambda t, total, array: t < steps, step, (0, tf.zeros_like(time_major[0]), written)
    )[2]
    folded = tf.foldl(lambda a, v: a * 0.5 + v, time_major)
    return {"scanned": scanned, "mapped": mapped, "written": array.stack(), "folded": folded}


@old_graph(x=floats("batch", 4), n=integers(low=1, high=5))
def tf1_arrays_that_grow(x, n):
    """As long as what is written to them, and filled in any order."""
    growing = {"dynamic_size": True, "element_shape": [None, 4], "clear_after_read": False}
    known = tf.TensorArray(tf.float32, 1, **growing)
    for i in range(4):
        known = known.write(i, x + float(i))
    start = tf.TensorArray(tf.float32, 0, **growing)
    written = v1.while_loop(
        lambda i, _: i < n, lambda i, array: (i + 1, array.write(i, x * tf.cast(i + 1, tf.float32))), [0, start]
    )[1]
    written = written.write(n + 1, x)
    rows = tf.TensorArray(tf.float32, 0, dynamic_size=True).unstack(x)
    count = tf.shape(x)[0]
    backwards = tf.TensorArray(tf.float32, count).scatter(tf.range(count - 1, -1, -1), x)
    behind = tf.TensorArray(tf.float32, 1, dynamic_size=True).scatter(tf.range(1, count + 1), x)
    return {
        "known": known.stack(),
        "written": written.stack(),
        "rows": rows.stack(),
        "backwards": backwards.stack(),
        "behind": behind.stack(),
    }


@old_graph(x=floats("batch", "steps", 3), length=integers("batch", low=1, high=3), sizes={"steps": (6, 3, 8)})
def tf1_dynamic_rnn(x, length):
    cell = tf_keras.layers.LSTMCell(
        5,
        kernel_initializer=v1.constant_initializer(constant("kernel", 3, 20)),
        recurrent_initializer=v1.constant_initializer(constant("recurrent", 5, 20) * 0.4),
    )
    outputs, (h, c) = v1.nn.dynamic_rnn(cell, x, sequence_length=length, dtype=tf.float32)
    return {"outputs": outputs, "h": h, "c": c}


@old_graph(tokens=integers("batch", low=0, high=12), n=integers(low=3, high=7), constant_outputs=("rounds",))
def tf1_greedy_decoding(tokens, n):
    """Takes the best next token until all sequences have ended."""
    table, head = _weight("table", 12, 8, scale=1.0), _weight("head", 8, 12, scale=1.0)
    mix = _weight("mix", 8, 8)

    def step(i, token, state, ended, all_tokens):
        state = tf.tanh(tf.matmul(state, mix) + tf.gather(table, token))
        token = tf.argmax(tf.matmul(state, head), 1, output_type=tf.int32)
        token = tf.where(ended, tf.zeros_like(token), token)
        ended = tf.logical_or(ended, tf.equal(token, 3))
        return i + 1, token, state, ended, tf.concat([all_tokens, token[:, None]], 1)

    batch = tf.shape(tokens)[0]
    start = (tf.constant(0), tokens, tf.zeros([batch, 8]), tf.zeros([batch], tf.bool), tokens[:, None])
    shapes = [t.shape for t in start[:4]] + [tf.TensorShape([None, None])]
    result = v1.while_loop(
        lambda i, token, state, ended, _: tf.logical_and(i < n, tf.logical_not(tf.reduce_all(ended))),
        step,
        start,
        shape_invariants=tuple(shapes),
    )
    return {"tokens": result[4], "state": result[2], "rounds": result[0]}


def old_stateful(*calls):
    """Registers the decorated function, which makes {signature: (inputs, outputs)} in a graph."""

    def register(function):
        def build(folder):
            with _old_control_flow(), tf.Graph().as_default(), v1.Session() as session:
                signatures = {
                    key: v1.saved_model.predict_signature_def(*tensors) for key, tensors in function().items()
                }
                session.run(v1.global_variables_initializer())
                builder = v1.saved_model.Builder(folder)
                builder.add_meta_graph_and_variables(session, ["serve"], signatures)
                builder.save()

        build.__module__, build.__name__ = function.__module__, function.__name__
        stateful(*calls)(build)
        return function

    return register


_VALUES = (1.0, -2.0, 3.5, -1.0, 0.25, 2.0)
_CALLS = [call("serving_default", x=np.float32(v)) for v in _VALUES]


def _assigning_branches(use_resource):
    x = v1.placeholder(tf.float32, [], name="x")
    total = v1.get_variable("total", initializer=1.0, use_resource=use_resource)
    refused = v1.get_variable("refused", initializer=0, use_resource=use_resource)
    # Neither branch gives a tensor; what follows waits for them.
    large = tf.cond(x > 3.0, lambda: tf.group(v1.assign(total, x)), tf.no_op)
    with tf.control_dependencies([large]):
        before = tf.cond(x > -10.0, lambda: total + x, lambda: total * x)

    def accept():
        with tf.control_dependencies([v1.assign_add(total, x)]):
            return tf.identity(x * 2.0)

    def refuse():
        with tf.control_dependencies([v1.assign_add(refused, 1)]):
            return total * 3.0

    with tf.control_dependencies([before]):
        y = tf.cond(x > 0.0, accept, refuse)
    with tf.control_dependencies([y]):
        outputs = {"before": before, "y": y, "total": total + 0.0, "refused": refused + 0}
    return {"serving_default": ({"x": x}, outputs)}


@old_stateful(*_CALLS)
def tf1_resources_assigned_in_branches():
    return _assigning_branches(use_resource=True)


@old_stateful(*_CALLS)
def tf1_references_assigned_in_branches():
    return _assigning_branches(use_resource=False)


def _assigning_loops(use_resource):
    n = v1.placeholder(tf.int32, [], name="n")
    total = v1.get_variable("total", initializer=0.5, use_resource=use_resource)
    rounds = v1.get_variable("rounds", initializer=0, use_resource=use_resource)

    def body(i):
        added = v1.assign_add(total, tf.cast(i, tf.float32) + 0.25)
        with tf.control_dependencies([added]):
            even = tf.equal(i % 2, 0)
            counted = tf.cond(even, lambda: v1.assign_add(rounds, 1) + 0, lambda: rounds + 0)
        with tf.control_dependencies([counted]):
            return i + 1

    end = v1.while_loop(lambda i: i < n, body, [tf.constant(0)])
    with tf.control_dependencies([end]):
        outputs = {"total": total + 0.0, "rounds": rounds + 0, "end": end + n}
    return {"serving_default": ({"n": n}, outputs)}


_COUNTS = [call("serving_default", n=np.int32(n)) for n in (3, 0, 4, 1, 2)]


@old_stateful(*_COUNTS)
def tf1_resources_assigned_in_loops():
    return _assigning_loops(use_resource=True)


@old_stateful(*_COUNTS)
def tf1_references_assigned_in_loops():
    return _assigning_loops(use_resource=False)


@model(x=floats("batch", 4), n=integers(low=1, high=5))
def tf1_control_flow_in_functions(folder):
    """A model of TensorFlow 1 that TensorFlow 2 has loaded and saved: its graph is a function."""

    def build(x, n):
        weight = _weight("w", 4, 4)

        def step(i, y):
            grown = tf.cond(tf.reduce_sum(y) > 0.0, lambda: y @ weight + x, lambda: y @ weight - x)
            return i + 1, grown

        return {"y": v1.while_loop(lambda i, y: i < n, step, (0, x))[1]}

    with tempfile.TemporaryDirectory() as older:
        with _old_control_flow():
            save_v1(f"{older}/model", build, {"x": (tf.float32, [None, 4]), "n": (tf.int32, [])})
        loaded = tf.saved_model.load(f"{older}/model")
        tf.saved_model.save(loaded, folder, signatures=loaded.signatures)


def _conditions_of_variables(use_resource):
    """Variables that branches choose between, that are conditions, and that inner loops assign."""
    x = v1.placeholder(tf.float32, [], name="x")
    a, b, total = (
        v1.get_variable(name, initializer=value, use_resource=use_resource)
        for name, value in (("a", 1.0), ("b", 2.0), ("total", 0.0))
    )
    started = v1.get_variable("started", initializer=False, use_resource=use_resource)
    chosen = tf.cond(x > 0.0, lambda: v1.assign(a, x), lambda: v1.assign(b, x * 2.0))
    with tf.control_dependencies([chosen]):
        outputs = {"chosen": chosen * 3.0, "a": a + 0.0, "b": b + 0.0}

    def start():
        return tf.group(v1.assign(total, x), v1.assign(started, True))

    # A resource is read anew for each Switch of the branch.
    has_started = started if use_resource else tf.logical_or(started, False)
    first = tf.cond(has_started, tf.no_op, start)

    def add(i):
        with tf.control_dependencies([v1.assign_add(total, 1.0 + tf.abs(x))]):
            return i + 1

    def add_twice(i):
        twice = v1.while_loop(lambda j: j < 2, add, [tf.constant(0)], parallel_iterations=1)
        with tf.control_dependencies([twice]):
            return i + 1

    with tf.control_dependencies([first]):
        begun = total + 0.0
        with tf.control_dependencies([begun]):
            rounds = v1.while_loop(
                lambda i: (total.read_value() if use_resource else total + 0.0) < 9.0,
                add_twice,
                [tf.constant(0)],
                parallel_iterations=1,
            )
    with tf.control_dependencies([rounds]):
        outputs.update(begun=begun, rounds=rounds + 0, total=v1.assign_sub(total, 8.0) + 0.0)
    return {"serving_default": ({"x": x}, outputs)}


@old_stateful(*_CALLS)
def tf1_resources_as_conditions():
    return _conditions_of_variables(use_resource=True)


@old_stateful(*_CALLS)
def tf1_references_as_conditions():
    return _conditions_of_variables(use_resource=False)
