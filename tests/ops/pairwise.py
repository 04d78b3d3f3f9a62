"""Combinations of factors in which each two values of two factors meet at least once."""

import itertools
import random


def all_pairs(factors, valid=lambda row: True, seed=0, least=0):
    """Rows {factor: value}, greedily few, but at least so many where there are as many. `valid` says
    which whole rows may be; pairs that stand in no valid row are left out. The same arguments give
    the same rows."""
    names = list(factors)
    if len(names) < 2:
        return [row for row in _product(factors) if valid(row)]
    chance = random.Random(seed)
    rows = _paired(factors, valid, chance)
    if len(rows) < least:
        others = [row for row in _product(factors) if row not in rows and valid(row)]
        chance.shuffle(others)
        rows += others[: least - len(rows)]
    return rows


def _paired(factors, valid, chance):
    names = list(factors)
    missing = {
        ((a, i), (b, j))
        for a, b in itertools.combinations(names, 2)
        for i in range(len(factors[a]))
        for j in range(len(factors[b]))
    }
    # In a mixed order the first rows alone already hold each value, and most pairs.
    order = sorted(missing)
    chance.shuffle(order)
    rows = []
    for pair in order:
        if pair not in missing:
            continue
        chosen = _complete(factors, dict(pair), missing, valid, chance)
        if chosen is None:
            continue
        missing -= set(_pairs_of(names, chosen))
        rows.append({name: factors[name][chosen[name]] for name in names})
    return rows


def _product(factors):
    for values in itertools.product(*factors.values()):
        yield dict(zip(factors, values))


def _pairs_of(names, chosen):
    for a, b in itertools.combinations([n for n in names if n in chosen], 2):
        yield (a, chosen[a]), (b, chosen[b])


def _gain(names, chosen, name, index, missing):
    """How many missing pairs the value brings beside those that are chosen."""
    order = names.index(name)
    gain = 0
    for other, value in chosen.items():
        pair = ((other, value), (name, index))
        gain += (pair if names.index(other) < order else pair[::-1]) in missing
    return gain


def _complete(factors, start, missing, valid, chance, attempts=30):
    """Chooses values for the other factors: first those that bring most, then any that are valid."""
    names = list(factors)
    for attempt in range(attempts):
        chosen = dict(start)
        for name in names:
            if name in chosen:
                continue
            indices = list(range(len(factors[name])))
            chance.shuffle(indices)
            if attempt < attempts // 2:
                indices.sort(key=lambda i: -_gain(names, chosen, name, i, missing))
            chosen[name] = indices[min(attempt % 3, len(indices) - 1) if attempt else 0]
        if valid({name: factors[name][chosen[name]] for name in names}):
            return chosen
    return None
