"""One op of TensorFlow, its operands in each run, and how the cases of an op are made."""

import dataclasses
import types
import zlib

import numpy as np
from tensorflow.python.framework import op_def_registry

import pairwise
import values
from tensorflow.core.framework import types_pb2

# Types that no file can hold, or that are not values.
LEFT_OUT = {"qint8", "quint8", "qint16", "quint16", "qint32", "variant", "resource"}
SOME_TYPES = ["float", "int32", "int64", "half", "double", "int8", "uint8", "int16", "uint16",
              "uint32", "uint64", "bool", "bfloat16", "complex64", "string"]  # fmt: skip

# An op that has as many forms has as many cases.
LEAST_CASES = 12


@dataclasses.dataclass
class Always:
    """An operand that is a constant of the graph in every case."""

    value: object


@dataclasses.dataclass
class Operand:
    name: str
    runs: list  # an array a run
    constant: bool
    variable: str | None = None  # the op that makes the variable whose value it is

    @property
    def shape(self):
        """With None where runs differ."""
        shapes = [run.shape for run in self.runs]
        return tuple(s[0] if len(set(s)) == 1 else None for s in zip(*shapes))


@dataclasses.dataclass
class Case:
    name: str
    op: str
    row: dict
    attributes: dict
    operands: list  # of Operand, in the order of the op's inputs
    tolerance: float | None
    outputs: int | None
    distribution: object = None

    @property
    def run_count(self):
        return max([len(operand.runs) for operand in self.operands], default=1)

    def described(self):
        return ", ".join(f"{key}={value}" for key, value in self.row.items())

    def facts(self):
        """What a list of the ops wants to know of a case."""
        runs = [run for operand in self.operands for run in operand.runs]
        variable = any(not operand.constant for operand in self.operands)
        return {
            "row": self.described(),
            "dtype": values.type_name(runs[0].dtype) if runs else "",
            "rank": max((run.ndim for run in runs), default=0),
            "computed": variable or not runs,  # else it is a constant in the end
            "free_sizes": variable and any(None in operand.shape for operand in self.operands),
        }


@dataclasses.dataclass
class Op:
    """The cases of one op: `make(row, sizes, values)` gives operands and attributes by the names
    of its definition. Attributes with listed values and types are factors by themselves."""

    name: str
    make: object
    factors: dict = dataclasses.field(default_factory=dict)
    valid: object = lambda row: True
    tolerance: float | None = None
    outputs: int | None = None  # how many of them mean something
    # Of a random op: what is drawn for a row, a Distribution.
    distribution: object = None
    # Inputs that are variables, and the op that makes each.
    variables: dict = dataclasses.field(default_factory=dict)

    @property
    def definition(self):
        return op_def_registry.get(self.name)

    def all_factors(self):
        made = {}
        for attribute in self.definition.attr:
            choices = _choices(attribute)
            if choices and attribute.name not in self.factors:
                made[attribute.name] = choices
        made |= self.factors
        made.setdefault("sizes", ("static", "batch", "all"))
        made.setdefault("constant", ("none", "all"))
        made.setdefault("values", ("ordinary",))
        return {name: tuple(choices) for name, choices in made.items()}

    def rows(self):
        seed = zlib.crc32(self.name.encode())
        return pairwise.all_pairs(self.all_factors(), self._valid, seed, LEAST_CASES)

    def first_rows(self, count):
        """At least as many as the factor with most values has."""
        return self.rows()[: max(count, *map(len, self.all_factors().values()))]

    def _valid(self, row):
        # The runtime's interface cannot hand out a constant without elements.
        if row["constant"] == "all" and row["sizes"] == "empty":
            return False
        return self.valid(types.SimpleNamespace(**row))

    def case(self, number, row):
        name = f"{self.name}-{number}"
        seed = zlib.crc32(name.encode())
        made = [
            self.make(types.SimpleNamespace(**row), sizes, values.Values(seed, row["values"]))
            for sizes in SIZES[row["sizes"]]
        ]
        operands = []
        for argument in self.definition.input_arg:
            parts = made[0][argument.name]
            several = isinstance(parts, list)
            for i in range(len(parts) if several else 1):
                given = [m[argument.name][i] if several else m[argument.name] for m in made]
                key = f"{argument.name}_{i}" if several else argument.name
                operand = _operand(key, given, row["constant"])
                operand.variable = self.variables.get(argument.name)
                operands.append(operand)
        attributes = self._attributes(row, made[0])
        drawn = self.distribution and self.distribution(types.SimpleNamespace(**row))
        return Case(name, self.name, row, attributes, operands, self.tolerance, self.outputs, drawn)

    def _attributes(self, row, made):
        found = {}
        for attribute in self.definition.attr:
            if attribute.name in made:
                found[attribute.name] = made[attribute.name]
            elif attribute.name in row:
                found[attribute.name] = row[attribute.name]
        for argument in self.definition.input_arg:
            if argument.number_attr:
                found[argument.number_attr] = len(made[argument.name])
        return found


def _choices(attribute):
    if attribute.type == "bool":
        return [False, True]
    if attribute.type == "type":
        allowed = attribute.allowed_values.list.type
        names = [types_pb2.DataType.Name(t)[3:].lower() for t in allowed] or SOME_TYPES
        return [n for n in dict.fromkeys(names) if n not in LEFT_OUT]
    return [s.decode() for s in attribute.allowed_values.list.s]


def _operand(name, given, constant):
    always = isinstance(given[0], Always)
    runs = [np.asarray(g.value if always else g) for g in given]
    same = all(r.shape == runs[0].shape and _equal(r, runs[0]) for r in runs)
    wanted = always or constant in ("all", name)
    return Operand(name, runs, wanted and same)


def _equal(a, b):
    return a.dtype == b.dtype and (a.tobytes() == b.tobytes() if a.dtype != object else (a == b).all())


class Sizes:
    """Sizes for one run: `n` and `m` may be free, `k` is 1 or n, so that it broadcasts."""

    def __init__(self, n, m, k):
        self.n, self.m, self.k = n, m, k

    def shape(self, rank):
        """Free in its first two axes; that of rank 0 is ()."""
        return (self.n, self.m, 2, 3, 2, 1, 2, 1)[:rank]


SIZES = {
    "static": [Sizes(3, 4, 3)],
    "batch": [Sizes(3, 4, 3), Sizes(1, 4, 1), Sizes(5, 4, 1)],
    "all": [Sizes(3, 4, 3), Sizes(1, 5, 1), Sizes(5, 2, 1)],
    "empty": [Sizes(0, 4, 0)],
    "to empty": [Sizes(2, 4, 1), Sizes(0, 4, 1), Sizes(3, 4, 3)],
}
