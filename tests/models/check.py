"""Converts one model of the cache and judges the result.

check.py --folder DIR/NAME --converter COMMAND --out FILE

Prints a line of JSON: {"failures": [text...], "ops": n, "bytes": n}. A model has its own process,
since a bad .tflite can take the runtime down.
"""

import argparse
import json
import pathlib
import shlex
import subprocess
import sys

import judge
import reference
import tflite_file
from cases import CachedModel

MUTATIONS = 3  # at most, for each model


def convert(command, saved_model, out, options=""):
    """None, or what the converter said."""
    places = {"saved_model": str(saved_model), "out": str(out)}
    command = command.replace("{options}", options)
    arguments = [part.format(**places) for part in shlex.split(command)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
    if done.returncode == 0:
        return None
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return f"convert: exit {done.returncode}: " + " | ".join(lines[:6])


def wrong_answers(model, data):
    for resolver in judge.RESOLVERS:
        runtime = None
        for case in range(len(model)):
            try:
                runtime = runtime or judge.Runtime(data, resolver)
                got = runtime(model.inputs(case), model.signature(case))
            except (RuntimeError, ValueError, TypeError) as error:
                yield f"case {case}, {resolver}: {' '.join(str(error).split())[:300]}"
                break
            told = judge.first_difference(model.outputs(case), got, model.tolerance)
            if told:
                yield f"case {case}, {resolver}: {told}"
                break


def unseen_mutations(model, data):
    """The test of the test: a file with a layer dropped must be found wrong, wherever the layer
    is. Without a layer that has weights, one of several small damages must show."""
    mutations = list(tflite_file.mutations(data, judge.SIGNATURE))
    layers = [mutation for mutation in mutations if mutation.certain]
    for mutation in evenly(layers, MUTATIONS):
        if not is_wrong(model, mutation.apply()):
            yield f"a dropped layer goes unseen: {mutation.what}"
    others = mutations[:MUTATIONS]
    if not layers and not any(is_wrong(model, mutation.apply()) for mutation in others):
        yield f"goes unseen: {', '.join(m.what for m in others) or 'no layer to drop'}"


def evenly(items, count):
    """At most so many of the items: the first, the last, and some between."""
    if len(items) <= count:
        return items
    return [items[i * (len(items) - 1) // (count - 1)] for i in range(count)]


def is_wrong(model, data):
    try:
        got = judge.Runtime(data, "built-in kernels")(model.inputs(0))
    except (RuntimeError, ValueError):
        return True
    return judge.first_difference(model.outputs(0), got, model.tolerance) is not None


def recurrent_forms(model, command, out):
    """What is wrong with each form of the recurrent layers."""
    fused = model.description["fused"]
    if fused is None or "{options}" not in command:
        return
    for form, expected in (("fused", fused), ("loop", 0)):
        told = convert(command, model.saved_model, out, f"--recurrent {form}")
        if told:
            yield told
            continue
        data = out.read_bytes()
        count = sum(n for op, n in tflite_file.count_ops(data).items() if "SEQUENCE" in op)
        if count != expected:
            yield f"--recurrent {form}: {count} recurrent ops, expected {expected}"
        yield from (f"--recurrent {form}: {told}" for told in wrong_answers(model, data))


def check(folder, command, out):
    model = CachedModel(folder)
    told = convert(command, model.saved_model, out)
    if told:
        return {"failures": [told]}
    data = out.read_bytes()
    failures = list(wrong_answers(model, data))
    failures += reference.differences(model, data)
    if not failures and model.description["mutate"]:
        failures += unseen_mutations(model, data)
    failures += recurrent_forms(model, command, out)
    ops = tflite_file.count_ops(data)
    return {"failures": failures, "ops": sum(ops.values()), "bytes": len(data)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--converter", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    print(json.dumps(check(options.folder, options.converter, options.out)))


if __name__ == "__main__":
    sys.exit(main())
