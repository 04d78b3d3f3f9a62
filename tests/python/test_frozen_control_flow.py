"""Frozen graphs with loops and branches of TensorFlow 1, from `litecast convert`: written by old
programs, lowered by TensorFlow 2, and rewritten by its optimizer."""

import os
import pathlib
import subprocess

import numpy as np
import pytest
import tensorflow as tf

import models

v1 = tf.compat.v1
LITECAST = os.environ.get("LITECAST", pathlib.Path(__file__).parents[2] / "build/litecast")


def loops(x, n):
    weight = tf.constant(np.linspace(-0.6, 0.7, 9, dtype=np.float32).reshape(3, 3))
    rows = tf.TensorArray(tf.float32, size=n, element_shape=[None, 3])

    def step(i, y, rows):
        inner = v1.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z * 0.5 + x), [0, y])[1]
        return i + 1, tf.tanh(inner @ weight), rows.write(i, y)

    _, y, rows = v1.while_loop(lambda i, y, rows: i < n, step, [0, x, rows])
    never = v1.while_loop(lambda i, z: i < 0, lambda i, z: (i + 1, z * 2.0), [0, x])[1]
    return y, rows.stack(), never + 1.0


def branches(x, n):
    positive = tf.reduce_sum(x) > 0.0
    a, b = tf.cond(positive, lambda: (x * 2.0, tf.constant(3)), lambda: (x - 1.0, n))
    nested = tf.cond(n > 2, lambda: tf.cond(positive, lambda: a + x, lambda: a * x), lambda: -a)
    within = tf.cond(
        positive, lambda: v1.while_loop(lambda i, y: i < b, lambda i, y: (i + 1, y * 0.9 + a), [0, x])[1], lambda: x
    )  # fmt: skip
    return nested, within, b + n


def chosen_among_many(x, n):
    choices = [lambda: x * 2.0, lambda: tf.exp(x), lambda: x - 3.0, lambda: tf.tanh(x)]
    return tf.switch_case(n - 1, choices), tf.switch_case(n, choices) + x


def of_a_session(function):
    """(GraphDef, outputs) as TensorFlow 1 writes it."""
    v1.disable_control_flow_v2()
    try:
        with tf.Graph().as_default() as graph:
            x, n = v1.placeholder(tf.float32, [None, 3], "x"), v1.placeholder(tf.int32, [], "n")
            outputs = [tf.identity(y, f"y{i}").name for i, y in enumerate(function(x, n))]
    finally:
        v1.enable_control_flow_v2()
    return graph.as_graph_def(), outputs


def lowered(function):
    """What TensorFlow 2 makes of While and If when it freezes a function."""
    from tensorflow.python.framework import convert_to_constants

    specs = [tf.TensorSpec([None, 3], tf.float32, "x"), tf.TensorSpec([], tf.int32, "n")]
    concrete = tf.function(function, input_signature=specs).get_concrete_function()
    frozen = convert_to_constants.convert_variables_to_constants_v2(concrete, lower_control_flow=True)
    return frozen.graph.as_graph_def(), [tensor.name for tensor in frozen.outputs]


def optimized(graph, outputs):
    """What TensorFlow's own optimizer makes of a graph before it runs it."""
    from tensorflow.core.protobuf import config_pb2
    from tensorflow.python.grappler import tf_optimizer

    config = config_pb2.ConfigProto()
    rewrites = config.graph_options.rewrite_options
    rewrites.min_graph_nodes = -1
    rewrites.optimizers.extend(["pruning", "constfold", "arithmetic", "dependency", "loop"])
    with tf.Graph().as_default() as whole:
        tf.import_graph_def(graph, name="")
    meta_graph = v1.train.export_meta_graph(graph_def=graph, graph=whole)
    kept = meta_graph.collection_def["train_op"].node_list.value
    kept.extend(["x", "n", *(output.split(":")[0] for output in outputs)])
    return tf_optimizer.OptimizeGraph(config, meta_graph)


def convert(graph, outputs, folder):
    (folder / "frozen.pb").write_bytes(graph.SerializeToString())
    names = [output.removesuffix(":0") for output in outputs]
    command = [LITECAST, "convert", folder / "frozen.pb", "-o", folder / "m.tflite", "-q"]
    for name in ("x", "n"):
        command += ["--input-arrays", name]
    for name in names:
        command += ["--output-arrays", name]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (folder / "m.tflite").read_bytes()


@pytest.mark.parametrize("rewritten", [False, True], ids=["as written", "optimized"])
@pytest.mark.parametrize(
    "function, form",
    [
        (loops, of_a_session),
        (loops, lowered),
        (branches, of_a_session),
        (branches, lowered),
        (chosen_among_many, lowered),  # TensorFlow 1 has tf.case, which is tf.cond within tf.cond.
    ],
)
def test_frozen_graphs(function, form, rewritten, tmp_path):
    graph, outputs = form(function)
    if rewritten:
        graph = optimized(graph, outputs)
    ops = {node.op for node in graph.node}
    assert "Merge" in ops and not ops & {"While", "StatelessWhile", "If", "StatelessIf", "Case"}
    data = convert(graph, outputs, tmp_path)
    with tf.Graph().as_default(), v1.Session() as session:
        tf.import_graph_def(graph, name="")
        for seed, (batch, n) in enumerate([(1, 3), (2, 1), (5, 4), (2, 2)]):
            x = np.random.default_rng(seed).standard_normal((batch, 3)).astype(np.float32)
            expected = session.run(outputs, {"x:0": x, "n:0": np.int32(n)})
            got = models.run_positional(data, x, np.int32(n))
            assert len(got) == len(expected)
            for ours, theirs in zip(got, expected):
                models.close(ours, theirs)
