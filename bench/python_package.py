"""Measures the Python package beside TensorFlow and prints the table of docs/benchmarks.md.

bench/python_package.py [--rounds N]

The package is the one that PYTHONPATH leads to, or else the one in build/python. Times are of the
processor, user and system, so that what else the machine does counts less. `bench/run.py --only
python` is the same.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure

ROOT = pathlib.Path(__file__).parent.parent

MODEL = """
import os, sys, time
import keras
import tensorflow as tf
import litecast
from litecast._sources.keras import concrete_function
model = keras.applications.MobileNetV2(weights=None)
"""
# Both converters on the same object, in turn, after one round that is not counted.
TIMES = (
    MODEL
    + """
import json, statistics
def seconds(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun
traced = concrete_function(model)
works = {
    "reference": lambda: tf.lite.TFLiteConverter.from_keras_model(model).convert(),
    "litecast": lambda: litecast.convert(model),
    "tracing": lambda: concrete_function(model),
    "traced": lambda: litecast.convert(traced),
}
times = {name: [] for name in works}
for i in range(1 + int(sys.argv[1])):
    for name, work in works.items():
        times[name].append(seconds(work))
print(json.dumps({name: statistics.median(all[1:]) for name, all in times.items()}))
"""
)
# What tracing needs, and the first conversion of a process, which traces too.
TRACE = MODEL + "concrete_function(model)\n"
CONVERT = MODEL + "litecast.convert(model, sys.argv[1])\n"


class Table:
    def __init__(self):
        self.failed = 0
        print("| | measured | demanded | met |\n|---|---|---|---|")

    def row(self, what, measured, demanded, met):
        self.failed += not met
        print(f"| {what} | {measured} | {demanded} | {'yes' if met else '**no**'} |", flush=True)


def python(code, *arguments):
    return [sys.executable, "-c", code, *map(str, arguments)]


def import_times(table, rounds):
    commands = [python("pass"), python("import litecast"), python("import litecast.tflite")]
    bare, ours, classes = (measure.median(usages, "cpu") for usages in measure.in_turn(commands, 5 * rounds))
    (tensorflow,) = measure.in_turn([python("import tensorflow")], rounds)
    theirs = measure.median(tensorflow, "cpu") - bare
    table.row(
        "`import litecast` above bare Python", f"{1000 * (ours - bare):.1f} ms", "30 ms", ours - bare <= 0.030
    )
    table.row(
        "`import litecast.tflite` above bare Python",
        f"{1000 * (classes - bare):.1f} ms",
        "30 ms",
        classes - bare <= 0.030,
    )
    ratio = theirs / (classes - bare)
    table.row(
        "`import litecast.tflite` to `import tensorflow`",
        f"1/{ratio:.0f} of {theirs:.2f} s",
        "1/15",
        ratio >= 15,
    )


def conversion_times(table, rounds):
    done = subprocess.run(python(TIMES, rounds), check=True, capture_output=True, text=True)
    times = json.loads(done.stdout.splitlines()[-1])
    ratio = times["reference"] / times["litecast"]
    table.row(
        f"MobileNetV2 in memory, tracing ({times['tracing']:.2f} s) included",
        f"{times['litecast']:.2f} s, 1/{ratio:.1f} of the reference's {times['reference']:.2f} s",
        "1/12",
        ratio >= 12,
    )
    table.row(
        "the same, traced before", f"{1000 * times['traced']:.0f} ms", "80 ms", times["traced"] <= 0.080
    )


def memory(table, rounds):
    with tempfile.TemporaryDirectory() as folder:
        commands = [python(TRACE), python(CONVERT, pathlib.Path(folder) / "m.tflite")]
        traced, converted = (
            statistics.median(usage.peak for usage in usages) / 1e6
            for usages in measure.in_turn(commands, rounds)
        )
    added = converted - traced
    table.row(
        "peak memory added by the first conversion, with `output`",
        f"{added:.0f} MB to {traced:.0f} MB",
        "40 MB",
        added <= 40,
    )


def measure_all(rounds):
    """Prints the table; how many rows do not meet what is demanded."""
    os.environ.setdefault("PYTHONPATH", str(ROOT / "build/python"))
    os.environ.update({"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"})
    table = Table()
    for measurement in (import_times, conversion_times, memory):
        measurement(table, rounds)
    return table.failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    return 1 if measure_all(parser.parse_args().rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
