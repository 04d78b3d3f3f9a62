"""Random loops and branches within each other, as TensorFlow 1 writes them and as its optimizer
rewrites them, beside TensorFlow's own session."""

import random

import numpy as np
import pytest
import tensorflow as tf

import models
from test_frozen_control_flow import convert, of_a_session, optimized

v1 = tf.compat.v1


class Program:
    """Outputs of `x` and `n`; everything depends on the seed alone."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def __call__(self, x, n):
        self.n = n
        self.conditions = [tf.reduce_sum(x) > 0.0, n > 1]
        values = [x]
        for _ in range(self.chance.randint(2, 5)):
            self.add(values, depth=3)
        return values[-2:]

    def add(self, values, depth):
        """Appends a value, or several, computed from some of them."""
        a, b = self.chance.choice(values), self.chance.choice(values)
        simple = [
            lambda: tf.tanh(a),
            lambda: a + b * 0.5,
            lambda: a * b,
            lambda: tf.nn.relu(a) - 0.3,
            lambda: a * tf.constant([0.5, -1.0, 0.7]),
            lambda: a + tf.constant(0.25),
        ]
        kind = self.chance.randrange(len(simple) + (3 if depth else 0))
        if kind < len(simple):
            values.append(simple[kind]())
        elif kind < len(simple) + 2:
            values.extend(self.branches(values, depth - 1))
        else:
            values.extend(self.loop(values, depth - 1))

    def block(self, values, depth, count):
        values = list(values)
        for _ in range(self.chance.randint(0, 3)):
            self.add(values, depth)
        newest = values[::-1]
        return [newest[min(i, len(newest) - 1)] for i in range(count)]

    def branches(self, values, depth):
        condition = tf.reduce_sum(self.chance.choice(values)) > self.chance.choice([-1.0, 0.0, 1.0])
        if self.chance.random() < 0.5:
            condition = self.chance.choice(self.conditions)
        count = self.chance.randint(1, 3)
        results = tf.cond(
            condition, lambda: self.block(values, depth, count), lambda: self.block(values, depth, count)
        )
        return results if isinstance(results, list) else [results]

    def loop(self, values, depth):
        start = [self.chance.choice(values) for _ in range(self.chance.randint(1, 2))]
        rounds = self.chance.randint(0, 3)
        goes_on = self.chance.choice(
            [
                lambda i, *carried: i < rounds,
                lambda i, *carried: tf.logical_and(i < rounds, tf.reduce_sum(carried[0]) < 4.0),
                lambda i, *carried: tf.logical_and(i < self.n, i < 3),
            ]
        )

        def body(i, *carried):
            results = self.block([*values, *carried], depth, len(carried))
            return i + 1, *(tf.clip_by_value(result, -5.0, 5.0) for result in results)

        return list(v1.while_loop(goes_on, body, [tf.constant(0), *start]))[1:]


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(s, marks=pytest.mark.long) for s in range(12, 200))]
)
def test_random_loops_and_branches(seed, tmp_path):
    graph, outputs = of_a_session(Program(seed))
    if seed % 2:
        graph = optimized(graph, outputs)
    data = convert(graph, outputs, tmp_path)
    with tf.Graph().as_default(), v1.Session() as session:
        tf.import_graph_def(graph, name="")
        for case, (batch, n) in enumerate([(1, 0), (2, 3), (3, 1)]):
            x = np.random.default_rng(case).standard_normal((batch, 3)).astype(np.float32)
            expected = session.run(outputs, {"x:0": x, "n:0": np.int32(n)})
            for got, value in zip(models.run_positional(data, x, np.int32(n)), expected, strict=True):
                np.testing.assert_allclose(got, value, rtol=1e-3, atol=1e-3)
