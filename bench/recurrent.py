"""Measures the forms of recurrent layers on LiteRT and prints the table of docs/rnn.md.

bench/recurrent.py [--litecast BINARY] [--seconds N] [--layer LSTM|SimpleRNN|GRU] [--free-batch]
                   [--last] [--no-reference] [--batch N...] [--units N...] [--features N...] [--steps N]

For each size: the fused op, the loop, what `--recurrent auto` takes, and the reference converter's
file where it makes one, for a tf_keras layer with all outputs (--last: the last), on one thread. The interpreters run
in turn; of each the fastest run is told, which others on the machine disturb least. The last line
is `N passed, N failed`: passed is where auto is within a tenth of the faster form, and no slower
than the reference.
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
import tf_keras
from timer import Timer, run_in_turn

ROOT = pathlib.Path(__file__).parent.parent
FORMS = ("fused", "loop", "auto")
TOLERANCE = 1.10  # of the faster form
NOISE = 1.03


def save(options, batch, units, features, folder):
    x = tf_keras.Input((options.steps, features), None if options.free_batch else batch, name="x")
    layer = getattr(tf_keras.layers, options.layer)(units, return_sequences=not options.last)
    tf.saved_model.save(tf_keras.Model(x, layer(x)), str(folder))


def reference(folder):
    """The reference converter's file, or None."""
    try:
        return tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert()
    except Exception:  # noqa: BLE001: it has no file for this model
        return None


def files(options, folder):
    out = folder / "out.tflite"
    for form in FORMS:
        command = [options.litecast, "convert", folder, "-o", out, "-q", "--recurrent", form]
        subprocess.run(command, check=True)
        yield form, out.read_bytes()
    data = None if options.no_reference else reference(folder)
    if data:
        yield "reference", data


def measure(options, batch, units, features):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        save(options, batch, units, features, folder)
        shape = (batch, options.steps, features)
        x = np.random.default_rng(0).standard_normal(shape).astype("float32")
        timers, by_file = {}, {}
        for form, data in files(options, folder):
            if data not in by_file:  # auto is one of the others, and is measured with it
                by_file[data] = Timer(data, x)
            timers[form] = by_file[data]
    run_in_turn(by_file.values(), options.seconds)
    return timers


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--layer", default="LSTM")
    parser.add_argument("--free-batch", action="store_true")
    parser.add_argument("--last", action="store_true")
    parser.add_argument("--no-reference", action="store_true")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4, 32])
    parser.add_argument("--units", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--features", type=int, nargs="+", help="default: as many as units")
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    failed = count = 0
    print("| batch | features | units | fused, ms | loop, ms | auto | reference, ms |")
    print("|---|---|---|---|---|---|---|")
    for batch in options.batch:
        for units in options.units:
            for features in options.features or [units]:
                timers = measure(options, batch, units, features)
                best = {form: timer.best * 1e3 for form, timer in timers.items()}
                theirs = best.get("reference")
                bound = min(TOLERANCE * min(best["fused"], best["loop"]), NOISE * (theirs or 1e9))
                told = f"{theirs:.2f}" if theirs else "–"
                form = "fused" if any("SEQUENCE" in op for op in timers["auto"].ops()) else "loop"
                count += 1
                failed += best["auto"] > bound
                mark = " (!)" if best["auto"] > bound else ""
                print(
                    f"| {batch} | {features} | {units} | {best['fused']:.2f} | {best['loop']:.2f} "
                    f"| {form}{mark} | {told} |",
                    flush=True,
                )
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
