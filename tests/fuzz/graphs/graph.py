"""Values of a random graph and their sizes, as far as they are known while it is being built."""

import dataclasses

import numpy as np
import tensorflow as tf

# What a free size is in each of the runs.
FREE = {"a": (2, 1, 5), "b": (3, 7, 4)}
RUNS = 3


@dataclasses.dataclass(frozen=True)
class Value:
    tensor: object
    shape: tuple  # of each axis an int, the name of a free size, or None: free in its own way
    kind: str  # "float", "int" or "bool"

    @property
    def rank(self):
        return len(self.shape)

    def fixed(self, axis):
        return isinstance(self.shape[axis], int)

    def elements(self):
        """About how many."""
        return int(np.prod([s if isinstance(s, int) else 5 for s in self.shape]))


class Graph:
    """The graph under construction: what there is to choose from, and constants."""

    def __init__(self, seed, float_type):
        self.chance = np.random.default_rng(seed)
        self.float_type = float_type
        self.pool = []
        self.inputs = {}  # placeholder name: (shape, kind)
        self.given = {}  # placeholder name: its arrays, one a run
        self.used = set()  # op names, as the generator calls them

    def pick(self, choices):
        return choices[int(self.chance.integers(len(choices)))]

    def number(self, low, high):
        return int(self.chance.integers(low, high + 1))

    def often(self, probability):
        return self.chance.random() < probability

    def some(self, kind="float", where=lambda v: True):
        """A value of the pool, late ones preferred; None where none is fit."""
        fit = [v for v in self.pool if v.kind == kind and where(v)]
        if not fit:
            return None
        return fit[-1 - min(int(self.chance.exponential(3)), len(fit) - 1)]

    def constant(self, shape, low=-1.0, high=1.0):
        return tf.constant(self.chance.uniform(low, high, shape), self.float_type)

    def whole(self, shape, low, high):
        return tf.constant(self.chance.integers(low, high + 1, shape), tf.int32)

    def placeholder(self):
        kind = "float" if self.often(0.5) or not self.inputs else "int"
        shape = self.pick(
            [
                ("a", 8, 8, 4), ("a", "b", 6), ("a", 12), (4, 6), ("a", "b", "b", 3), (1, 9, 9, 2),
                (6,), ("a", 5, 7), (2, 3, 4, 5), ("b", 6),
            ]
        )  # fmt: skip
        name = f"in_{len(self.inputs)}"
        dtype = self.float_type if kind == "float" else tf.int32
        sizes = [s if isinstance(s, int) else None for s in shape]
        tensor = tf.compat.v1.placeholder(dtype, sizes, name)
        self.inputs[name] = (shape, kind)
        self.pool.append(Value(tensor, shape, kind))

    def feed(self, run, seed):
        """Arrays for the placeholders."""
        chance = np.random.default_rng([seed, run])
        fed = {}
        for name, (shape, kind) in self.inputs.items():
            sizes = [s if isinstance(s, int) else FREE[s][run] for s in shape]
            if kind == "float":
                fed[name] = chance.normal(size=sizes)
            else:
                fed[name] = chance.integers(-9, 10, sizes).astype(np.int32)
        return fed | {name: arrays[run] for name, arrays in self.given.items()}


def joined(a, b):
    """The shape to which two values broadcast, or None."""
    if len(a) < len(b):
        a, b = b, a
    b = (1,) * (len(a) - len(b)) + tuple(b)
    out = []
    for x, y in zip(a, b):
        if x == y and x is not None:
            out.append(x)
        elif x == 1 or y == 1:
            out.append(y if x == 1 else x)
        else:
            return None
    return tuple(out)
