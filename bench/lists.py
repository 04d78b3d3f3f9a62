"""Measures loops that write and read lists on LiteRT and prints the tables of docs/rnn.md.

bench/lists.py [--litecast BINARY] [--seconds N] [--rows N...] [--columns N...] [--free] [--read]

For each length and row size: microseconds a round, of a loop that writes each round's state into a
list, as one loop (`--skip-rewrite block_lists`) and as litecast writes it. --free leaves the length
free until the model runs; --read measures a loop that only reads a list. The interpreters run in
turn; of each the fastest run is told. The last line is `N passed, N failed`: passed is where the
answers are the same, and blocks no slower than a tenth, or 20 µs a run, above one loop.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from timer import Timer, run_in_turn

ROOT = pathlib.Path(__file__).parent.parent
FORMS = {"one loop": ["--skip-rewrite", "block_lists"], "litecast": []}
TOLERANCE = 1.10
OVERHEAD = 20e-6  # of a short loop whose length is free


def save(options, rows, columns, folder):
    def serve(x):
        length = tf.shape(x)[0] if options.free else rows

        def step(i, h, array):
            h = tf.tanh(tf.gather(x, i)) + h * 0.5
            return i + 1, h, array if options.read else array.write(i, h)

        array = tf.TensorArray(tf.float32, size=0 if options.read else length, element_shape=[columns])
        start = (tf.constant(0), tf.zeros([columns]), array)
        _, h, array = tf.while_loop(lambda i, *_: i < length, step, start)
        return {"y": h if options.read else array.stack()}

    module = tf.Module()
    spec = tf.TensorSpec([None if options.free else rows, columns], tf.float32, name="x")
    module.serve = tf.function(serve, input_signature=[spec])
    tf.saved_model.save(module, str(folder), signatures=module.serve)


def measure(options, rows, columns):
    timers = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        save(options, rows, columns, folder)
        x = np.random.default_rng(0).standard_normal((rows, columns)).astype("float32")
        for form, flags in FORMS.items():
            out = folder / "out.tflite"
            subprocess.run([options.litecast, "convert", folder, "-o", out, "-q", *flags], check=True)
            timers[form] = Timer(out.read_bytes(), x)
    run_in_turn(timers.values(), options.seconds)
    return timers


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--free", action="store_true")
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--rows", type=int, nargs="+", default=[20, 100, 300, 1000, 3000, 10000])
    parser.add_argument("--columns", type=int, nargs="+", default=[32, 128, 1024])
    options = parser.parse_args()
    failed = count = 0
    print("| rounds | floats a row | one loop, µs a round | litecast, µs a round |")
    print("|---|---|---|---|")
    for columns in options.columns:
        for rows in options.rows:
            timers = measure(options, rows, columns)
            one, blocks = (timers[form] for form in FORMS)
            is_fast = blocks.best <= TOLERANCE * one.best + OVERHEAD
            is_right = is_fast and np.array_equal(one.answer, blocks.answer)
            count += 1
            failed += not is_right
            told = [f"{timer.best * 1e6 / rows:.2f}" for timer in (one, blocks)]
            print(f"| {rows} | {columns} | {' | '.join(told)} |{'' if is_right else ' (!)'}", flush=True)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
