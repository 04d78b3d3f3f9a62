"""serialize_debug_metadata: where operators come from, as the reference writes it and as we do."""

import numpy as np
import pytest
import tensorflow as tf

import debug_metadata
import file_facts
import models
from litecast import tflite


class Layers(tf.Module):
    """Two layers, one of them behind a branch."""

    def __init__(self):
        super().__init__()
        values = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
        self.w = tf.Variable(values)

    @tf.function(input_signature=[tf.TensorSpec([2, 3], tf.float32, "x")])
    def run(self, x):
        with tf.name_scope("first"):
            y = tf.nn.relu(x @ self.w + 1.0)
        with tf.name_scope("second"):
            y = tf.cond(y[0, 0] > 0.0, lambda: tf.sin(y), lambda: tf.cos(y) * 2.0)
        return {"y": y + 1.0}


@pytest.fixture(scope="module")
def layers():
    return Layers()


def convert(lite, model, wanted=True):
    converter = lite.TFLiteConverter.from_concrete_functions([model.run.get_concrete_function()], model)
    converter.serialize_debug_metadata = wanted
    return converter.convert()


def test_the_entry_stands_between_the_others(lite, layers):
    facts = file_facts.read(convert(lite, layers))
    assert list(facts.metadata) == ["min_runtime_version", "debug_metadata", "CONVERSION_METADATA"]
    assert "debug_metadata" not in file_facts.read(convert(lite, layers, wanted=False)).metadata


def test_places_refer_to_each_other(lite, layers):
    places, graphs = debug_metadata.read(convert(lite, layers))
    assert len(graphs) == 3
    assert places[0] == ("UnknownLoc",)
    assert len(set(places)) == len(places)
    assert {len(operator) for graph in graphs for operator in graph} == {1}
    assert all(place[2] < len(places) for place in places if place[0] == "NameLoc")


def test_names_are_of_nodes_functions_and_calls(lite, layers):
    places, graphs = debug_metadata.read(convert(lite, layers))
    found = set().union(*(debug_metadata.names(places, op[0]) for graph in graphs for op in graph))
    assert {"StatefulPartitionedCall:", "StatefulPartitionedCall", "MatMul:", "Sin:"} <= found
    for node in ("first/matmul@__inference_run_", "second/cond/Sin@second_cond_true_"):
        assert any(name.startswith(node) for name in found)
    assert any(name.startswith("StatefulPartitionedCall@__inference_signature_wrapper") for name in found)


def test_names_are_those_of_the_operator_itself(layers):
    """The reference counts constants among the operators, so that its places are those of others."""
    data = convert(tflite, layers)
    places, graphs = debug_metadata.read(data)
    assert [len(graph) for graph in graphs] == file_facts.operator_counts(data)
    nodes = [
        {name for name in debug_metadata.names(places, op[0]) if "/" in name or name.startswith("add")}
        for op in graphs[0]
    ]
    names = [sorted(name.split("@")[0] for name in node) for node in nodes]
    assert names == [
        ["first/Relu", "first/add", "first/matmul"],
        ["second/strided_slice"],
        ["second/Greater"],
        ["second/cond"],
        ["add"],
    ]


def test_answers_stay_the_same(lite, layers):
    x = np.random.default_rng(1).normal(size=(2, 3)).astype(np.float32)
    models.close(models.run(convert(lite, layers), x=x)["y"], layers.run(x)["y"])


def test_the_same_bytes_always(layers):
    assert convert(tflite, layers) == convert(tflite, layers)


def test_converters_of_version_1_name_the_graphs_nodes(lite_v1):
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder(tf.float32, [2, 3], "x")
        y = tf.nn.relu(x @ (tf.ones([3, 3]) * 2.0), name="out")
        converter = lite_v1.TFLiteConverter.from_session(session, [x], [y])
        converter.serialize_debug_metadata = True
        data = converter.convert()
    places, graphs = debug_metadata.read(data)
    assert {"MatMul:", "matmul"} <= debug_metadata.names(places, graphs[0][0][0])
