#!/usr/bin/env python3
"""Converts models with Select TF ops and custom ops and runs the files node by node, beside TensorFlow.

    run.py [--filter REGEX] [--litecast BINARY] [--reference]

Prints what is wrong and at the end `N passed, N failed`. A file must not have more Select TF ops than
the reference converter's, whose numbers stand in reference.json; --reference counts them anew.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "models"))

import executor  # noqa: E402
import models  # noqa: E402
from judge import difference  # noqa: E402

RECORDS = HERE / "reference.json"


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--filter", default="", help="regular expression on the models' names")
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--reference", action="store_true", help="count the reference's ops anew")
    return parser.parse_args()


def flex_count(names):
    return sum(count for name, count in names.items() if name.startswith("Flex"))


def count_of_reference(case, folder):
    """How many Select TF ops the reference's file has; None where it makes none."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    ops = tf.lite.OpsSet
    converter.target_spec.supported_ops = {
        ("--select-tf-ops",): [ops.TFLITE_BUILTINS, ops.SELECT_TF_OPS],
        ("--force-select-tf-ops",): [ops.SELECT_TF_OPS],
    }.get(case.options, [ops.TFLITE_BUILTINS])
    converter.allow_custom_ops = any("custom" in option for option in case.options)
    try:
        return flex_count(executor.Model(converter.convert()).names())
    except Exception as error:  # noqa: BLE001
        print(f"{case.name}: the reference does not convert it: {str(error).splitlines()[-1][:200]}")
        return None


def answers(folder, calls):
    """TensorFlow's own, of the model as it was saved."""
    loaded = tf.saved_model.load(str(folder))
    for signature, inputs in calls:
        given = {name: tf.convert_to_tensor(value) for name, value in inputs.items()}
        results = loaded.signatures[signature](**given)
        yield {name: value.numpy() for name, value in results.items()}


def told(case, expected, got):
    if sorted(expected) != sorted(got):
        return f"outputs {sorted(got)}, expected {sorted(expected)}"
    for name, value in expected.items():
        value, result = np.asarray(value), np.asarray(got[name])
        if case.is_random:
            problem = value.shape != result.shape or value.dtype != result.dtype
            problem = f"{result.dtype}{result.shape}" if problem else None
        else:
            problem = difference(value, result, case.tolerance)
        if problem:
            return f"{name}: {problem}"
    return None


def failures(case, folder, options, records):
    tf.saved_model.save(case.module, str(folder), signatures=case.signatures)
    if options.reference:
        records[case.name] = count_of_reference(case, folder)
    out = folder / "model.tflite"
    command = [options.litecast.resolve(), "convert", folder, "-o", out, "-q", *case.options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return [f"convert: {done.stderr.strip()}"]
    model = executor.Model(out.read_bytes(), case.kernels)
    problems = []
    expected = list(answers(folder, case.calls))
    try:
        got = [model(inputs, signature) for signature, inputs in case.calls]
    except Exception as error:  # noqa: BLE001
        return [f"{type(error).__name__}: {error}"]
    for i, (ours, theirs) in enumerate(zip(got, expected, strict=True)):
        problem = told(case, theirs, ours)
        if problem:
            problems.append(f"call {i}: {problem}")
    if not case.is_random and not told(case, expected[0], expected[-1]):
        problems.append("the answers are the same for all inputs")
    count = flex_count(model.names())
    if not (model.names().get(case.wanted) if case.wanted else count):
        problems.append(f"there is no {case.wanted or 'Select TF op'} in it: {model.names()}")
    theirs = records.get(case.name)
    if theirs is not None and count > theirs + case.more:
        problems.append(f"{count} Select TF ops, the reference has {theirs}: {model.names()}")
    return problems


def main():
    options = parse()
    records = json.loads(RECORDS.read_text()) if RECORDS.exists() else {}
    failed = 0
    chosen = [make for name, make in models.CASES.items() if re.search(options.filter, name)]
    for make in chosen:
        case = make()
        with tempfile.TemporaryDirectory() as folder:
            problems = failures(case, pathlib.Path(folder) / "model", options, records)
        for problem in problems:
            print(f"{case.name}: {problem}", flush=True)
        failed += bool(problems)
    if options.reference:
        RECORDS.write_text(json.dumps(dict(sorted(records.items())), indent=1) + "\n")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
