#!/usr/bin/env python3
"""Converts the cases of single ops (tests/ops/cases) with Select TF ops and runs the files node by node.

    ops.py [--op REGEX] [--rows N] [--litecast BINARY]

All ops that TensorFlow's kernels may run are forced to be theirs, which shows that they are encoded
rightly and that the types in the file are true; a case that has no builtin form must have this one.
Prints what is wrong and at the end `N passed, N failed`.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[1:1] = [str(HERE.parent / "ops"), str(HERE.parent / "models")]

import cases  # noqa: E402
import check  # noqa: E402
import executor  # noqa: E402
import layout  # noqa: E402
import saved_graph  # noqa: E402
import truth  # noqa: E402

NOT_CONVERTIBLE = 1


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--op", default="", help="regular expression on the names of ops")
    parser.add_argument("--rows", type=int, default=2, help="the first N cases of each op")
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    return parser.parse_args()


def convert(litecast, folder, model, *options):
    command = [litecast, "convert", folder, "-o", model, "-q", "--force", *options]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)


def run(case, data, expected):
    """None, or what is wrong with the answers; whether it has Select TF ops."""
    model = executor.Model(data)
    if not any(name.startswith("Flex") for name in model.names()):
        return None, False
    for i, wanted in enumerate(expected):
        try:
            got = model(saved_graph.inputs(case, i))
        except Exception as error:  # noqa: BLE001
            return f"run {i}: {type(error).__name__}: {str(error)[:300]}", True
        for k, value in enumerate(wanted):
            result = got[saved_graph.output_key(k)]
            if case.distribution:
                same = result.shape == value.shape and result.dtype == value.dtype
                told = None if same else f"{result.dtype}{result.shape}"
            else:
                told = check._difference(case, value, result)
            if told:
                return f"run {i}, output {k}: {told}", True
    return None, True


def attempts(case, litecast, folder):
    """The ways to convert it that make Select TF ops: (option, what is wrong)."""
    expected = [truth.answers(case, i) for i in range(case.run_count)]
    saved_graph.write(folder, case, expected[0])
    model = folder / "model.tflite"
    options = ["--force-select-tf-ops"]
    refused = convert(litecast, folder, model).returncode == NOT_CONVERTIBLE
    if refused:
        options.append("--select-tf-ops")
    for option in options:
        done = convert(litecast, folder, model, option)
        if done.returncode == NOT_CONVERTIBLE and f"--allow-custom-ops={case.op}" in done.stderr:
            continue  # its kernel is not among TensorFlow's
        if done.returncode:
            yield option, done.stderr.strip()[:400]
            continue
        told, has_kernels = run(case, model.read_bytes(), expected)
        if has_kernels:
            yield option, told


def main():
    options = parse()
    passed = failed = 0
    litecast = options.litecast.resolve()
    for op in cases.all_ops():
        if not re.search(options.op, op.name):
            continue
        for number, row in enumerate(op.rows()[: options.rows]):
            case = op.case(number, row)
            # A processor has no kernels of this layout; state and graphs within are other tests'.
            if layout.channels_first(case.attributes) or any(o.variable for o in case.operands):
                continue
            with tempfile.TemporaryDirectory() as folder:
                try:
                    for option, told in attempts(case, litecast, pathlib.Path(folder)):
                        passed += not told
                        failed += bool(told)
                        if told:
                            print(f"{case.name} {option}: {told}", flush=True)
                except truth.NoKernel:
                    pass
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
