"""What the reference converter made of each model, recorded in reference/FAMILY.json:
{name: {"interface": ..., "ops": n, "bytes": n, "right": bool} or {"error": text}}.
"""

import functools
import json
import pathlib

import tflite_file

FOLDER = pathlib.Path(__file__).parent / "reference"


@functools.cache
def records(family):
    file = FOLDER / f"{family}.json"
    return json.loads(file.read_text()) if file.exists() else {}


def record(model):
    return records(model.description["family"]).get(model.name)


# Ops and bytes by which a model may exceed the reference's, where its own lose what ours keep.
EXCEEDING = {
    # log1p, expm1, asinh, acosh and atanh keep their digits near zero.
    "functions_of_positive_numbers": (12, 1164),
    # The floor and the remainder of a division of floats, also by zero and of large numbers.
    "binary_functions": (2, 0),
    # Branches and bodies make their own handles of variables; the reference hands them in.
    "assigned_in_branches": (4, 0),
    "assigned_in_loops": (4, 0),
    "tf1_resources_assigned_in_branches": (6, 0),
    # Lists in blocks are loops of loops, and many times as fast (docs/rnn.md).
    "a_list_of_many_rows": (24, 0),
    "lists_of_a_prime_number_of_rows": (31, 0),
    "lists_of_any_number_of_rows": (51, 4500),
    "lists_that_end_early": (22, 1200),
    "lists_that_end_when_data_say": (26, 0),
    "lists_from_the_second_row_on": (25, 0),
    "lists_that_had_other_rows": (14, 2000),
    "lists_of_blocks_of_blocks": (41, 0),
}


def differences(model, data):
    """In words, where this file falls behind the reference's."""
    recorded = record(model)
    if not recorded or "error" in recorded:
        return
    yield from interface_differences(recorded["interface"], tflite_file.interface(data))
    if not recorded["right"]:
        return
    ops = sum(tflite_file.count_ops(data).values())
    yield from excess(model.name, (ops, len(data)), (recorded["ops"], recorded["bytes"]))


def excess(name, ours, theirs):
    """In words, where (ops, bytes) of a model are more than the reference's by more than they may be."""
    more_ops, more_bytes = EXCEEDING.get(name, (0, 0))
    if ours[0] > theirs[0] + more_ops:
        yield f"{ours[0]} ops, the reference has {theirs[0]}"
    if ours[1] > theirs[1] + 512 + more_bytes:
        yield f"{ours[1]} bytes, the reference has {theirs[1]}"


def interface_differences(expected, got):
    if sorted(expected) != sorted(got):
        yield f"signatures {sorted(got)}, the reference has {sorted(expected)}"
        return
    for key, sides in expected.items():
        for side, theirs in sides.items():
            ours = got[key][side]
            if ours["order"] != theirs["order"]:
                yield f"{key} {side} in order {ours['order']}, the reference has {theirs['order']}"
            told = _row_difference(theirs["signature"], ours["signature"])
            if told:
                yield f"{key} {side}: {told}"


def _row_difference(expected, got):
    if len(expected) != len(got):
        return f"{len(got)}, the reference has {len(expected)}"
    for theirs, ours in zip(expected, got):
        if theirs[:3] != ours[:3] or not _fits(theirs[3], ours[3]):
            return f"{ours}, the reference has {theirs}"
    return None


def _fits(expected, got):
    """Equal, or fixed where the reference leaves open what is always the same."""
    return len(expected) == len(got) and all(e in (-1, g) for e, g in zip(expected, got))
