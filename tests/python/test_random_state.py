"""Random loops and branches within each other as TensorFlow 2 writes them, with lists that they fill
and variables that they assign, called again and again beside TensorFlow."""

import random

import litecast
import numpy as np
import pytest
import tensorflow as tf

import models

CALLS = [(1, 0), (2, 3), (3, 1), (2, 2)]  # samples, and the number that conditions and loops see


class Program(tf.Module):
    """`serve` gives the newest values and what the variables hold; the seed alone decides what it does."""

    def __init__(self, seed):
        super().__init__()
        self.seed = seed
        self.row = tf.Variable([0.5, -0.25, 0.125])
        self.total = tf.Variable(0.25)
        self.steps = tf.Variable(0)

    @tf.function(
        input_signature=[tf.TensorSpec([None, 3], tf.float32, "x"), tf.TensorSpec([], tf.int32, "n")],
        autograph=False,
    )
    def serve(self, x, n):
        self.chance = random.Random(self.seed)
        self.n = n
        values = [x]
        for _ in range(self.chance.randint(3, 6)):
            self.add(values, depth=3)
        kept = {"row": self.row + 0.0, "total": self.total + 0.0, "steps": self.steps + 0}
        return {"last": values[-1], "before": values[-2]} | kept

    def add(self, values, depth):
        """Appends a value, or several, computed from some of them and from the variables."""
        kinds = [self.plain, self.plain, self.read, self.assign]
        if depth:
            kinds += [self.branches, self.branches, self.loop, self.loop, self.listed]
        values.extend(self.chance.choice(kinds)(values, depth - 1))

    def plain(self, values, _):
        a, b = self.chance.choice(values), self.chance.choice(values)
        return [
            self.chance.choice(
                [
                    lambda: tf.tanh(a),
                    lambda: a + b * 0.5,
                    lambda: tf.nn.relu(a) - 0.3,
                    lambda: a * tf.constant([0.5, -1.0, 0.7]),
                ]
            )()
        ]

    def read(self, values, _):
        return [self.chance.choice(values) * 0.5 + self.chance.choice([self.row, self.total])]

    def assign(self, values, _):
        value = self.chance.choice(values)
        row = tf.clip_by_value(tf.reduce_mean(value, 0), -3.0, 3.0)
        self.chance.choice(
            [
                lambda: self.row.assign(row),
                lambda: self.row.assign(self.row * 0.5 + row),
                lambda: self.row.scatter_nd_update([[1]], row[:1]),
                lambda: self.row[1:].assign(row[:2]),
                lambda: self.total.assign(tf.clip_by_value(self.total - row[0], -3.0, 3.0)),
            ]
        )()
        self.steps.assign_add(1)
        return [value + self.row] if self.chance.random() < 0.5 else []

    def block(self, values, depth, count):
        values = list(values)
        for _ in range(self.chance.randint(0, 3)):
            self.add(values, depth)
        newest = values[::-1]
        return [newest[min(i, len(newest) - 1)] for i in range(count)]

    def condition(self, values):
        return self.chance.choice(
            [
                lambda: tf.reduce_sum(self.chance.choice(values)) > 0.0,
                lambda: self.n > 1,
                lambda: self.total > 0.0,
                lambda: tf.equal(self.steps % 2, 0),
            ]
        )()

    def branches(self, values, depth):
        condition, count = self.condition(values), self.chance.randint(1, 2)
        block = lambda: self.block(values, depth, count)  # noqa: E731
        if self.chance.random() < 0.3:
            chosen = tf.switch_case(tf.cast(condition, tf.int32) + self.n, [block, block, block])
        else:
            chosen = tf.cond(condition, block, block)
        return chosen if isinstance(chosen, list) else [chosen]

    def loop(self, values, depth):
        start = [self.chance.choice(values) for _ in range(self.chance.randint(1, 2))]
        rounds = self.chance.randint(0, 3)
        goes_on = self.chance.choice(
            [
                lambda i, *_: i < rounds,
                lambda i, *_: tf.logical_and(i < rounds, self.total < 1.0),
                lambda i, *_: i < self.n,
            ]
        )

        def body(i, *carried):
            results = self.block([*values, *carried], depth, len(carried))
            return i + 1, *(tf.clip_by_value(result, -5.0, 5.0) for result in results)

        return list(tf.while_loop(goes_on, body, [tf.constant(0), *start]))[1:]

    def listed(self, values, depth):
        """A list that a loop writes, and another reads in its own order."""
        free = self.chance.random() < 0.5
        rounds = self.n + 1 if free else tf.constant(self.chance.randint(1, 4))
        growing = self.chance.random() < 0.5
        array = tf.TensorArray(
            tf.float32, 0 if growing else rounds, dynamic_size=growing, element_shape=[None, 3],
            clear_after_read=False,
        )  # fmt: skip

        def write(i, array):
            (value,) = self.block(values, depth, 1)
            return i + 1, array.write(i, value + tf.cast(i, tf.float32))

        array = tf.while_loop(lambda i, _: i < rounds, write, [0, array])[1]
        start = self.chance.choice(values)
        total = tf.while_loop(
            lambda i, _: i < rounds,
            lambda i, total: (i + 1, total * 0.5 + array.read(rounds - 1 - i)),
            [0, start],
        )[1]
        return [total, tf.reduce_mean(array.stack(), 0)]


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(s, marks=pytest.mark.long) for s in range(8, 150))]
)
def test_random_programs_with_state(seed):
    program = Program(seed)
    run = models.interpreter(litecast.convert(program.serve)).get_signature_runner("serving_default")
    for case, (batch, n) in enumerate(CALLS):
        x = np.random.default_rng(case).standard_normal((batch, 3)).astype(np.float32)
        expected = program.serve(x, np.int32(n))
        got = run(x=x, n=np.int32(n))
        for name, value in expected.items():
            np.testing.assert_allclose(got[name], value.numpy(), rtol=1e-3, atol=1e-3, err_msg=f"call {case}, {name}")
