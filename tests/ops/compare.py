#!/usr/bin/env python3
"""Compares the op table with the real runtime, one op at a time, by hand.

    tests/ops/compare.py build/tests/litecast_op_cases [OP...]

Every case is one op over constants. The table's limits, inferred types and folded bytes are put
beside what LiteRT's kernels do. What differs is printed; a summary by op comes at the end.
"""

import collections
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

import numpy as np

import op_cases

DTYPES = {
    "f32": np.float32, "f16": np.float16, "f64": np.float64, "i8": np.int8, "i16": np.int16,
    "i32": np.int32, "i64": np.int64, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32,
    "u64": np.uint64, "bool": np.bool_, "c64": np.complex64, "c128": np.complex128,
}  # fmt: skip


def run_here(path):
    """The shapes and values of the outputs of a model without inputs, or the runtime's refusal."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        interpreter = Interpreter(
            model_path=str(path),
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
        interpreter.invoke()
    except (RuntimeError, ValueError) as error:
        return None, str(error).replace("\n", " ")[:300]
    outputs = []
    try:
        details = interpreter.get_output_details()
    except ValueError:  # of a type that numpy lacks
        return "unread", None
    for detail in details:
        try:
            value = interpreter.get_tensor(detail["index"])
        except ValueError:  # empty
            value = None
        outputs.append((list(detail["shape"]), value))
    return outputs, None


def run_on_runtime(path):
    """The same in a process of its own: some kernels crash."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(run_here(path), pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(data) if data else (None, "it crashes")


def differences(case, line, outputs):
    """What the table says wrongly of an op that both take."""
    types = line.get("types") or []
    if len(types) != len(outputs):
        yield f"{len(types)} results, not {len(outputs)}"
        return
    for i, (type_, (shape, output)) in enumerate(zip(types, outputs)):
        if type_["shape"] is not None:
            known = [d for d in zip(type_["shape"], shape) if isinstance(d[0], int)]
            if len(type_["shape"]) != len(shape) or any(a != b for a, b in known):
                yield f"result {i} has shape {shape}, not {type_['shape']}"
                continue
        dtype = DTYPES.get(type_["dtype"])
        if dtype is None or output is None:
            continue
        if output.dtype != dtype:
            yield f"result {i} is {output.dtype}, not {type_['dtype']}"
            continue
        if not line["folded"]:
            continue
        folded = np.frombuffer(bytes.fromhex(line["folded"][i]), dtype)
        actual = output.reshape(-1)
        if folded.shape != actual.shape:
            yield f"result {i} has {actual.size} elements, not {folded.size}"
        elif not equal(folded, actual):
            yield f"result {i} is {actual[:12]}, not {folded[:12]}"


def equal(folded, actual):
    if not np.issubdtype(folded.dtype, np.inexact):
        return np.array_equal(folded, actual)
    scale = np.max(np.abs(actual), initial=1e-6, where=np.isfinite(actual))
    return np.allclose(folded, actual, rtol=0, atol=1e-5 * scale, equal_nan=True)


def main():
    tool, *wanted = sys.argv[1:]
    cases = [c for c in op_cases.all_cases() if not wanted or c.op in wanted]
    counts = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder, "cases.txt")
        text.write_text("".join(c.text + "---\n" for c in cases))
        result = subprocess.run([tool, text, folder], capture_output=True, text=True, check=True)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        for number, (case, line) in enumerate(zip(cases, lines, strict=True)):
            kind, detail = judge(case, line, pathlib.Path(folder, f"{number}.tflite"))
            counts[case.op][kind] += 1
            if kind not in ("same", "same types", "both refuse", "unread"):
                print(f"{case.op} {case.name}: {kind}: {detail}", flush=True)
    for op, counter in sorted(counts.items()):
        print(f"{op}: " + ", ".join(f"{n} {kind}" for kind, n in sorted(counter.items())))


def judge(case, line, path):
    if "error" in line:
        return "error", line["error"]
    outputs, refusal = run_on_runtime(path)
    if "refused" in line:
        return ("both refuse", "") if outputs is None else ("table refuses", line["refused"])
    if outputs is None:
        return "runtime refuses", refusal
    if outputs == "unread":
        return "unread", ""
    for difference in differences(case, line, outputs):
        return "differs", difference
    return ("same" if line["folded"] else "same types"), ""


if __name__ == "__main__":
    main()
