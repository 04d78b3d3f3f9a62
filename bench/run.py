"""Measures litecast beside TensorFlow and prints the tables of docs/benchmarks.md.

bench/run.py [--litecast BINARY] [--cache DIR] [--rounds N] [--only TABLE...]

Tables: models, growth, one-op, disk, latency, python. Models are built into the cache when they are not
there yet. CPU time and peak memory are those of the whole process, loading included; the two
converters run in turn.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import measure
import python_package

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
ZOO = ROOT / "tests/models"

# Name: largest share of TensorFlow's CPU time, largest peak in MB.
MODELS = {
    "MobileNetV2": (1 / 150, 40),
    "NASNetMobile": (1 / 200, 60),
    "ResNet50": (1 / 50, 64),
    "VGG16": (1 / 20, 100),
}
REFERENCE = (
    "import sys, tensorflow as tf;"
    "c = tf.lite.TFLiteConverter.from_saved_model(sys.argv[1]);"
    "open(sys.argv[2], 'wb').write(c.convert())"
)


class Benchmark:
    def __init__(self, options, folder):
        self.options = options
        self.out = pathlib.Path(folder) / "out.tflite"
        self.failed = 0

    def litecast(self, saved_model):
        return [self.options.litecast, "convert", saved_model, "-o", self.out, "-q"]

    def tensorflow(self, saved_model):
        return [sys.executable, "-c", REFERENCE, saved_model, self.out]

    def verdict(self, good):
        self.failed += not good
        return "yes" if good else "**no**"

    def zoo_model(self, name):
        folder = self.options.cache / name
        if not (folder / "model.json").exists():
            command = [sys.executable, ZOO / "build.py", "--cache", self.options.cache, name]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return folder / "saved_model"

    def generated(self, kind, *size):
        folder = self.options.cache / "-".join([kind, *map(str, size)])
        if not (folder / "saved_model.pb").exists():
            command = [sys.executable, HERE / "generated.py", kind, folder, *map(str, size)]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        return folder

    def models(self):
        print("\n| model | TensorFlow CPU | litecast CPU | ratio | demanded | TensorFlow peak "
              "| litecast peak | demanded | met |\n|---|---|---|---|---|---|---|---|---|")  # fmt: skip
        for name, (share, megabytes) in MODELS.items():
            saved_model = self.zoo_model(name)
            measure.run(self.litecast(saved_model))
            ours, theirs = measure.in_turn(
                [self.litecast(saved_model), self.tensorflow(saved_model)], self.options.rounds
            )
            cpu = measure.median(ours, "cpu"), measure.median(theirs, "cpu")
            peak = measure.median(ours, "peak") / 1e6, measure.median(theirs, "peak") / 1e6
            ratio = cpu[1] / cpu[0]
            met = self.verdict(ratio >= 1 / share and peak[0] <= megabytes)
            print(f"| {name} | {cpu[1]:.2f} s | {cpu[0]:.3f} s | 1/{ratio:.0f} | 1/{1 / share:.0f} "
                  f"| {peak[1]:.0f} MB | {peak[0]:.1f} MB | {megabytes} MB | {met} |", flush=True)  # fmt: skip

    def growth(self):
        print("\n| generated model | CPU | wall | peak | met |\n|---|---|---|---|---|")
        usage = measure.run(self.litecast(self.generated("weights", 32)))
        met = self.verdict(usage.peak <= 100e6)
        self.growth_row("2 GiB of weights", usage, met)
        per_node = []
        for count in (25_000, 50_000, 100_000, 200_000):
            usages = [measure.run(self.litecast(self.generated("nodes", count))) for _ in range(3)]
            usage = min(usages, key=lambda u: u.cpu)
            per_node.append(usage.cpu / count)
            met = self.verdict(per_node[-1] <= 1.5 * per_node[0])
            self.growth_row(f"{count:,} nodes", usage, met)

    def growth_row(self, title, usage, met):
        peak = usage.peak / 1e6
        print(f"| {title} | {usage.cpu:.2f} s | {usage.wall:.2f} s | {peak:.0f} MB | {met} |", flush=True)

    def one_op(self):
        seconds = measure.wall_of_short_runs(self.litecast(self.generated("one-op")))
        met = self.verdict(seconds <= 0.008)
        print(f"\nA model of one op: {seconds * 1000:.1f} ms wall, median of 50 (demanded 8 ms: {met})")

    def disk(self):
        saved_model = self.zoo_model("VGG16")
        (shard,) = saved_model.glob("variables/variables.data-*")
        ratios = []
        for _ in range(3):
            copied = measure.copy_time(shard, self.out.parent)
            ratios.append(measure.run(self.litecast(saved_model)).wall / copied)
        ratio = sorted(ratios)[1]
        print(f"\nVGG16: {ratio:.2f} times the wall time of copying its weights to the disk "
              f"(demanded 3: {self.verdict(ratio <= 3)})")  # fmt: skip

    def latency(self):
        print("\nOps, bytes and latency on LiteRT against the reference converter's files:\n", flush=True)
        command = [sys.executable, ZOO / "compare_reference.py", "--cache", self.options.cache]
        done = subprocess.run([*command, "--litecast", self.options.litecast])
        self.failed += done.returncode != 0

    def python(self):
        print("\nThe Python package:\n", flush=True)
        self.failed += python_package.measure_all(self.options.rounds)


def main():
    tables = ("models", "growth", "one-op", "disk", "latency", "python")
    parser = argparse.ArgumentParser()
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".cache/models")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=tables, default=tables)
    options = parser.parse_args()

    print(f"On {measure.machine()}; TensorFlow 2.21.0.")
    with tempfile.TemporaryDirectory(dir=options.cache) as folder:
        benchmark = Benchmark(options, folder)
        for table in options.only:
            getattr(benchmark, table.replace("-", "_"))()
    return 1 if benchmark.failed else 0


if __name__ == "__main__":
    sys.exit(main())
