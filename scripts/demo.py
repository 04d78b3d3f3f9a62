"""Converts a SavedModel with litecast, runs it on LiteRT and shows what a person wants to see.

demo.py SAVED_MODEL [--recorded FILE.npz] [--litecast BINARY]

FILE.npz holds TensorFlow's outputs for one second of a chord; every second time step of each.
scripts/demo builds litecast and calls this.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests/models"))

import judge  # noqa: E402
import tflite_file  # noqa: E402


def chord(samples, rate=22050):
    """Three saw teeth with a decay, in arithmetic that gives the same bits everywhere."""
    n = np.arange(samples)
    waves = sum((n * tone % rate) / rate - 0.5 for tone in (220, 277, 330))
    return (waves * (1.0 - n / (2 * samples)) / 3).astype(np.float32)


def convert(litecast, saved_model, out):
    """Converts and returns (seconds, peak memory in KiB)."""
    with tempfile.NamedTemporaryFile("r") as measured:
        command = ["/usr/bin/time", "-f", "%e %M", "-o", measured.name]
        command += [litecast, "convert", saved_model, "-o", out, "--force"]
        done = subprocess.run(command)
        if done.returncode != 0:
            sys.exit(done.returncode)
        seconds, kib = measured.read().split()[-2:]
    return float(seconds), int(kib)


def example_inputs(details):
    """Values for each input; free axes become 1."""
    generator = np.random.default_rng(1)
    values = {}
    for name, detail in details.items():
        shape = [1 if size < 0 else int(size) for size in detail["shape_signature"]]
        dtype = np.dtype(detail["dtype"])
        if dtype.kind == "f":
            length = int(np.prod(shape))
            values[name] = chord(length).reshape(shape).astype(dtype)
        elif dtype.kind in "biu":
            values[name] = generator.integers(0, 2, shape).astype(dtype)
        else:
            values[name] = np.full(shape, b"text", object)
    return values


def print_table(title, rows):
    print(f"\n{title}")
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))] if rows else []
    for row in rows:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def print_interface(data, got):
    for key, sides in tflite_file.interface(data).items():
        for side, tensors in sides.items():
            rows = []
            for name, _, dtype, shape in tensors["signature"]:
                row = [name, dtype.lower(), "x".join("?" if n < 0 else str(n) for n in shape)]
                if side == "outputs" and key == judge.SIGNATURE and got[name].dtype.kind == "f":
                    row.append(f"from {got[name].min():.4f} to {got[name].max():.4f}")
                rows.append(row)
            print_table(f"{key}: {side}", rows)


def largest_difference(recorded, got):
    """Of all outputs, relative to the largest magnitude of each."""
    worst = 0.0
    for name in recorded.files:
        expected, value = recorded[name], got[name][:, ::2]
        worst = max(worst, float(np.abs(expected - value).max() / np.abs(expected).max()))
    return worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("saved_model", type=pathlib.Path)
    parser.add_argument("--recorded", type=pathlib.Path)
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    options = parser.parse_args()

    out = ROOT / ".cache" / f"{options.saved_model.resolve().name}.tflite"
    out.parent.mkdir(exist_ok=True)
    seconds, kib = convert(options.litecast, options.saved_model, out)
    data = out.read_bytes()

    runtime = judge.Runtime(data, "XNNPACK")
    inputs = example_inputs(runtime.runner().get_input_details())
    got = runtime(inputs)
    started = time.perf_counter()
    got = runtime(inputs)
    invoked = time.perf_counter() - started

    print_interface(data, got)
    ops = sorted(tflite_file.count_ops(data).items(), key=lambda item: -item[1])
    print_table(f"ops: {sum(n for _, n in ops)}", [(n, name) for name, n in ops])
    print(f"\nconverted in     {seconds * 1000:.0f} ms, {kib / 1024:.1f} MB of memory at most")
    print(f"size             {len(data):,} bytes")
    print(f"one run          {invoked * 1000:.1f} ms on LiteRT, one thread")
    if options.recorded:
        worst = largest_difference(np.load(options.recorded), got)
        print(f"from TensorFlow  {worst:.2g} of the largest magnitude, at most")
        if worst > 1e-4:
            sys.exit("That is more than 1e-4: the converted model is wrong.")
    print(f"model            {out}")
    print(f"litecast         {options.litecast}")


if __name__ == "__main__":
    main()
