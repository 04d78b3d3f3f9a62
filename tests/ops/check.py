"""Converts one case and compares LiteRT's answers with TensorFlow's."""

import dataclasses
import pathlib
import re
import subprocess
import sys

import numpy as np

import saved_graph
import truth
import values

sys.path.append(str(pathlib.Path(__file__).parent.parent / "models"))
import distribution  # noqa: E402
import judge  # noqa: E402
import tflite_file  # noqa: E402

NOT_CONVERTIBLE = 1  # exit status
TIMEOUT = 60
TOLERANCES = {np.dtype(np.float16): 2e-3, values.BFLOAT16: 8e-3}
SINGLE = 1e-5


@dataclasses.dataclass
class Result:
    case: str
    kind: str  # right, wrong, refused, no kernel, broken (the case itself)
    told: str = ""
    # Of a right one: what it became, and what that needs.
    ops: tuple = ()
    runtime: str = ""


def check(case, folder, litecast):
    try:
        expected = [truth.answers(case, run) for run in range(case.run_count)]
    except truth.NoKernel as error:
        return Result(case.name, "no kernel", _first_line(error))
    except Exception as error:
        return Result(case.name, "broken", f"TensorFlow: {type(error).__name__}: {error}")
    saved_graph.write(folder, case, expected[0])
    model = folder / "model.tflite"
    command = [litecast, "convert", folder, "-o", model, "-q", "--force"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return Result(case.name, "wrong", f"litecast took longer than {TIMEOUT} s")
    if done.returncode == NOT_CONVERTIBLE:
        return Result(case.name, "refused", _reason(done.stderr))
    if done.returncode != 0:
        return Result(case.name, "wrong", f"status {done.returncode}: {done.stderr.strip()}")
    data = model.read_bytes()
    compare = distribution.first_difference if case.distribution else _first_difference
    wrong = compare(case, data, expected[0] if case.distribution else expected)
    if wrong:
        return Result(case.name, "wrong", wrong)
    ops, runtime = tuple(tflite_file.count_ops(data)), tflite_file.min_runtime_version(data)
    return Result(case.name, "right", "", ops, runtime)


def _first_line(error):
    return str(error).strip().splitlines()[0][:200]


def _reason(said):
    return re.sub(r"\s+", " ", said.strip())[:400]


def _resolvers(case):
    """XNNPACK promises nothing for what is not finite."""
    special = case.row["values"] == "corners"
    return [r for r in judge.RESOLVERS if r != "XNNPACK" or not special or not _has_floats(case)]


def _has_floats(case):
    return any(values.is_float(operand.runs[0].dtype) for operand in case.operands)


def _first_difference(case, model, expected):
    for resolver in _resolvers(case):
        try:
            runtime = judge.Runtime(model, resolver)
        except Exception as error:
            return f"{resolver}: cannot be loaded: {_reason(str(error))}"
        for run in range(case.run_count):
            told = _run_difference(case, runtime, run, expected[run])
            if told:
                return f"{resolver}, run {run}: {told}"
    return None


def _run_difference(case, runtime, run, expected):
    try:
        got = runtime(saved_graph.inputs(case, run))
    except Exception as error:
        # The runtime's interface cannot hand out a tensor that never had a byte.
        if "Invalid tensor size" in str(error) and any(value.size == 0 for value in expected):
            return None
        return f"cannot be run: {_reason(str(error))}"
    for index, value in enumerate(expected):
        told = _difference(case, value, got[saved_graph.output_key(index)])
        if told:
            return f"output {index}: {told}"
    return None


def _tolerance(case, dtype):
    single = TOLERANCES.get(dtype, SINGLE)
    # TensorFlow itself sums some ops in the narrow type.
    narrow = 4 * single if case.tolerance and dtype in TOLERANCES else single
    return max(case.tolerance or 0, narrow)


def _comparable(array):
    return array.astype(np.float32) if array.dtype == values.BFLOAT16 else array


def _difference(case, expected, got):
    if (expected.dtype == values.BFLOAT16) != (got.dtype == values.BFLOAT16):
        return f"type {got.dtype}, expected {expected.dtype}"
    tolerance = _tolerance(case, expected.dtype)
    expected, got = _comparable(expected), _comparable(got)
    if case.row["values"] == "tiny" and expected.shape == got.shape and expected.dtype == got.dtype:
        # Each number for itself: the largest does not excuse what is wrong with the smallest.
        scale = np.where(expected == 0, 1, np.abs(expected))
        expected, got = expected / scale, got / scale
    return judge.difference(expected, got, tolerance)
