"""Compares litecast's files with the reference converter's: ops, bytes, latency on LiteRT.

compare_reference.py [--filter REGEX] [--cache DIR] [--litecast BINARY | --converter COMMAND]
                     [--rounds N] [--jobs N] [--record]

Every model of the zoo that the reference converts to something right is compared. Latency is
measured in three runs, in each of which both files are invoked in turn for N rounds. --record
writes what tests of interface, ops and bytes need of the reference into reference/FAMILY.json,
and measures nothing. The last line is `N passed, N failed`.
"""

import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import judge
import reference
import run
import tflite_file
from cases import CachedModel
from check import convert, wrong_answers

RUNS = 3
SLOWEST = 1.03  # in each of the three runs
SHORTEST = 2e-3  # seconds in a round; small models are invoked many times in it


def is_right(folder, data):
    return not any(wrong_answers(CachedModel(folder), data))


def describe(folder):
    """What is recorded of the reference converter's answer to a model."""
    file = folder / "reference.tflite"
    if not file.exists():
        return {"error": last_reason((folder / "reference.error").read_text())}
    data = file.read_bytes()
    return {
        "interface": tflite_file.interface(data),
        "ops": sum(tflite_file.count_ops(data).values()),
        "bytes": len(data),
        "right": judged_apart(folder),
    }


def judged_apart(folder):
    """Whether the reference's file is right; it may take its process down."""
    command = [sys.executable, __file__, "--judge", folder]
    return subprocess.run(command, capture_output=True).returncode == 0


def last_reason(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kinds = [line for line in lines if line.startswith(("TF Select ops", "Custom ops"))]
    return " ".join(kinds) or (lines[0][:160] if lines else "unknown")


def record(names, models, options):
    families = {}
    for name in names:
        folder = options.cache / name
        if (folder / "model.json").exists():
            families.setdefault(models[name]["family"], {})[name] = describe(folder)
            print(f"recorded {name}", flush=True)
    for family, records in families.items():
        merged = {**reference.records(family), **records}
        listed = {name: merged[name] for name in sorted(merged) if name in models}
        rows = ",\n".join(f"{json.dumps(n)}: {json.dumps(r)}" for n, r in listed.items())
        (reference.FOLDER / f"{family}.json").write_text("{\n" + rows + "\n}\n")


class Timer:
    """One interpreter, ready to be invoked again and again on the same input."""

    def __init__(self, data, inputs, signature):
        runtime = judge.Runtime(data, "XNNPACK")
        runtime(inputs, signature)
        runner = runtime.runner(signature)
        # Without the copies of inputs and outputs that a call makes, and in the signature's graph,
        # which need not be the file's first.
        self.invoke = lambda: runner._interpreter_wrapper.Invoke(runner._subgraph_index)
        self.repeat = max(1, math.ceil(SHORTEST / max(self.once(1), 1e-6)))

    def once(self, repeat=None):
        repeat = repeat or self.repeat
        started = time.perf_counter()
        for _ in range(repeat):
            self.invoke()
        return (time.perf_counter() - started) / repeat


def latency_ratio(ours, theirs, rounds):
    """Median of litecast's time over the reference's, invoked in turn."""
    pairs = []
    for i in range(rounds):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        times = {first: first.once(), second: second.once()}
        pairs.append(times[ours] / times[theirs])
    return statistics.median(pairs)


def run_in_turn(model, ours, theirs, rounds):
    """One run. Its interpreters are new: where their memory lies is worth some percent to small models."""
    timers = [Timer(data, model.inputs(0), model.signature(0)) for data in (ours, theirs)]
    return latency_ratio(*timers, rounds)


def compare(name, options, outputs):
    """(row, failures) of one model."""
    folder = options.cache / name
    model = CachedModel(folder)
    out = pathlib.Path(outputs) / f"{name}.tflite"
    told = convert(options.converter, model.saved_model, out)
    if told:
        return None, [told]
    ours, theirs = out.read_bytes(), (folder / "reference.tflite").read_bytes()
    out.unlink()
    ops = [sum(tflite_file.count_ops(data).values()) for data in (ours, theirs)]
    ratios = [run_in_turn(model, ours, theirs, options.rounds) for _ in range(RUNS)]
    row = {"name": name, "ops": ops, "bytes": [len(ours), len(theirs)], "latency": ratios}
    failures = list(reference.excess(name, *zip(ops, row["bytes"])))
    if min(ratios) > SLOWEST and name not in reference.EXCEEDING:
        failures.append(f"latency {min(ratios):.3f} times the reference's in the best of three runs")
    return row, failures


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else float("nan")


def summarise(rows):
    """Failures of the whole: the means of the latency ratios."""
    latency = {row["name"]: statistics.median(row["latency"]) for row in rows}
    fewer = [latency[row["name"]] for row in rows if row["ops"][0] <= 0.9 * row["ops"][1]]
    everything, reduced = geometric_mean(list(latency.values())), geometric_mean(fewer)
    print(f"latency, geometric mean over {len(rows)} models: {everything:.3f}")
    print(f"latency, geometric mean over the {len(fewer)} with a tenth fewer ops: {reduced:.3f}")
    for title, key in (("ops", "ops"), ("bytes", "bytes")):
        ratios = [max(row[key][0], 1) / max(row[key][1], 1) for row in rows]
        print(f"{title}, geometric mean: {geometric_mean(ratios):.3f}")
    return [m > limit for m, limit in ((everything, 0.99), (reduced, 0.97)) if not math.isnan(m)]


def main():
    if sys.argv[1:2] == ["--judge"]:
        folder = pathlib.Path(sys.argv[2])
        return 0 if is_right(folder, (folder / "reference.tflite").read_bytes()) else 1
    parser = run.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--table", action="store_true", help="print a row of numbers a model")
    options = run.parse(parser)
    models = run.load_manifest(options.cache)
    names = run.selected(models, options)
    run.build(names, models, options, reference=True)
    if options.record:
        record(names, models, options)
        return 0

    names = [n for n in names if reference.records(models[n]["family"]).get(n, {}).get("right")]
    rows, failed = [], 0
    with tempfile.TemporaryDirectory(dir=options.cache) as outputs:
        for name in names:
            row, failures = compare(name, options, outputs)
            failed += bool(failures)
            if row:
                rows.append(row)
                numbers = "{:5}/{:<5} ops {:9}/{:<9} bytes".format(*row["ops"], *row["bytes"])
                print(f"{name:40} {numbers} latency " + " ".join(f"{r:.3f}" for r in row["latency"]), flush=True)
            for failure in failures:
                print(f"  FAIL {failure}", flush=True)
    means = summarise(rows)
    print(f"{len(names) - failed + means.count(False)} passed, {failed + means.count(True)} failed")
    return 1 if failed or any(means) else 0


if __name__ == "__main__":
    sys.exit(main())
