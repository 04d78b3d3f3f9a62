"""Judges random ops, whose numbers nobody can foretell, by what holds of all that they draw."""

import dataclasses
import pathlib
import sys

import numpy as np

import saved_graph

sys.path.append(str(pathlib.Path(__file__).parent.parent / "models"))
import judge  # noqa: E402

# From how many numbers on their mean says something, and how many standard errors off it may be.
ENOUGH = 1000
ERRORS = 5


@dataclasses.dataclass
class Distribution:
    low: float
    high: float  # nothing that is drawn reaches it
    mean: float
    deviation: float
    seeded: bool


def first_difference(case, model, expected):
    for resolver in judge.RESOLVERS:
        told = _difference(case, model, resolver, expected[0])
        if told:
            return f"{resolver}: {told}"
    return None


def _drawn(runtime, case):
    return runtime(saved_graph.inputs(case, 0))[saved_graph.output_key(0)]


def _difference(case, model, resolver, expected):
    runtime = judge.Runtime(model, resolver)
    first, second = _drawn(runtime, case), _drawn(runtime, case)
    again = _drawn(judge.Runtime(model, resolver), case)
    if first.shape != expected.shape or first.dtype != expected.dtype:
        return f"{first.dtype}{list(first.shape)}, expected {expected.dtype}{list(expected.shape)}"
    told = _misfit(first.astype(np.float64), case.distribution)
    if told or first.size < ENOUGH:
        return told
    if np.array_equal(first, second):
        return "the second run draws the same numbers as the first"
    if np.array_equal(first, again) != case.distribution.seeded:
        return "equal seeds do not repeat" if case.distribution.seeded else "no seed, but it repeats"
    return None


def _misfit(numbers, wanted):
    if not np.isfinite(numbers).all() or (numbers < wanted.low).any() or (numbers >= wanted.high).any():
        return f"numbers from {numbers.min()} to {numbers.max()}, not within [{wanted.low}, {wanted.high})"
    if numbers.size < ENOUGH:
        return None
    allowed = ERRORS * wanted.deviation / np.sqrt(numbers.size)
    for name, got, expected in [
        ("mean", numbers.mean(), wanted.mean),
        ("standard deviation", numbers.std(), wanted.deviation),
    ]:
        if abs(got - expected) > allowed:
            return f"the {name} is {got:.4g}, expected {expected:.4g}"
    return None
