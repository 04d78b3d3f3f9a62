"""Measures loops of a few rounds on LiteRT, and the same rounds written out; the table of docs/rnn.md.

bench/rounds.py [--litecast BINARY] [--seconds N] [--rounds N...] [--units N...]

For each body, size and number of rounds: the loop (`--skip-rewrite unroll_loops`), the rounds as
Python writes them out, and which of them litecast makes of the loop. The last line is
`N passed, N failed`: passed is where that is within 15 % of the faster one, or where the rounds
written out are too many operators.
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
BATCH = 4
TOLERANCE = 1.15
MOST_NODES = 32  # src/optimize/unroll_loops.cc
INVOCATIONS = 20  # a turn


def body_of(kind, units):
    generator = np.random.default_rng(0)
    weights = tf.constant(generator.standard_normal((units, units)).astype("float32") * 0.1)
    scale = tf.constant(generator.standard_normal(units).astype("float32"))
    if kind == "elementwise":
        return 3, lambda h, x: tf.tanh(h) * scale + x
    return 3, lambda h, x: tf.tanh(tf.matmul(h, weights) + x)


def save(body, rounds, units, is_loop, folder):
    def serve(x):
        h = x * 0.5
        if is_loop:
            h = tf.while_loop(lambda i, h: i < rounds, lambda i, h: (i + 1, body(h, x)), (0, h))[1]
        else:
            for _ in range(rounds):
                h = body(h, x)
        return {"y": h}

    module = tf.Module()
    spec = tf.TensorSpec([BATCH, units], tf.float32, name="x")
    module.serve = tf.function(serve, input_signature=[spec])
    tf.saved_model.save(module, str(folder), signatures=module.serve)


def convert(options, folder, *flags):
    out = folder / "out.tflite"
    subprocess.run([options.litecast, "convert", folder, "-o", out, "-q", *flags], check=True)
    return out.read_bytes()


def measure(options, body, rounds, units):
    with tempfile.TemporaryDirectory() as name:
        looped, written = pathlib.Path(name) / "looped", pathlib.Path(name) / "written"
        save(body, rounds, units, True, looped)
        save(body, rounds, units, False, written)
        x = np.random.default_rng(1).standard_normal((BATCH, units)).astype("float32")
        timers = {
            "loop": Timer(convert(options, looped, "--skip-rewrite", "unroll_loops"), x),
            "written": Timer(convert(options, written), x),
            "auto": Timer(convert(options, looped), x),
        }
    run_in_turn(timers.values(), options.seconds, INVOCATIONS)
    return timers


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--rounds", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--units", type=int, nargs="+", default=[8, 64, 256])
    options = parser.parse_args()
    failed = count = 0
    print(
        "| body | units | rounds | loop, µs | written out, µs | loop, bytes | written out, bytes | litecast |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for kind in ("elementwise", "product"):
        for units in options.units:
            nodes, body = body_of(kind, units)
            for rounds in options.rounds:
                timers = measure(options, body, rounds, units)
                loop, written, auto = timers["loop"], timers["written"], timers["auto"]
                fastest = min(loop.best, written.best)
                is_right = auto.best <= TOLERANCE * fastest or nodes * rounds > MOST_NODES
                count += 1
                failed += not is_right
                print(
                    f"| {kind} | {units} | {rounds} | {loop.best * 1e6:.1f} | {written.best * 1e6:.1f} "
                    f"| {loop.bytes} | {written.bytes} | {'loop' if 'WHILE' in auto.ops() else 'written out'} |"
                    f"{'' if is_right else ' (!)'}",
                    flush=True,
                )
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
