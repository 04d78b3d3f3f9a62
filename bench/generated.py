"""Models for the benchmarks that nobody trained: two gigabytes of weights, very many nodes."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests/cli"))

import crafted  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

_WIDTH = 4096  # a matrix of 64 MiB


class _Tower(tf.Module):
    def __init__(self, matrices):
        super().__init__()
        generator = np.random.default_rng(0)
        self.kernels = []
        for i in range(matrices):
            values = generator.standard_normal((_WIDTH, _WIDTH), "float32")
            self.kernels.append(tf.Variable(values, name=f"kernel{i}"))

    @tf.function(input_signature=[tf.TensorSpec([None, _WIDTH], name="x")])
    def serve(self, x):
        for kernel in self.kernels:
            x = tf.tanh(tf.matmul(x, kernel) * 0.01)
        return {"y": x}


def save_weights(folder, matrices=32):
    """2 GiB of random numbers, all different."""
    module = _Tower(matrices)
    tf.saved_model.save(module, str(folder), signatures=module.serve.get_concrete_function())


def save_nodes(folder, count):
    """A net of `count` ops that nothing can fold, merge or fuse."""

    def build(graph):
        names = ["x"]
        for i in range(count - 1):
            if i % 3 == 2:
                crafted.node(graph, f"n{i}", "AddV2", [names[-1], names[max(0, len(names) - 7)]])
            else:
                crafted.node(graph, f"n{i}", ("Sin", "Cos")[i % 3], [names[-1]])
            names.append(f"n{i}")
        crafted.node(graph, "y", "Sin", [names[-1]])

    crafted.write_graph(folder, build)


def save_one_op(folder):
    crafted.write_graph(folder, lambda graph: crafted.node(graph, "y", "Relu", ["x"]))


if __name__ == "__main__":
    kind, folder, *size = sys.argv[1:]
    {"weights": save_weights, "nodes": save_nodes, "one-op": save_one_op}[kind](
        folder, *map(int, size)
    )
