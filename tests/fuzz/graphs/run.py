#!/usr/bin/env python3
"""Converts random graphs and compares them on LiteRT with TensorFlow.

    run.py [--count N] [--seed S] [--rewrites] [--jobs N] [--litecast BINARY]

Graph i is made from seed S + i, so `--seed K --count 1` makes the K-th again; --keep leaves it in a
folder. How exact the answers must be a run of the same graph in float64 says. With --rewrites each
graph is converted once more for some rewrites of the optimizer, which are left out. The last line is
`N passed, N failed`.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent.parent
sys.path += [str(ROOT / "tests/ops"), str(ROOT / "tests/models")]  # both have cases

import case_ops  # noqa: E402
import graph  # noqa: E402
import judge  # noqa: E402
import operations  # noqa: E402
import saved_graph  # noqa: E402

STEPS = (4, 22)
CASE_OPS = 4
REWRITES_TRIED = 4
NOT_CONVERTIBLE = 1


class Built:
    """The graph of a seed in one float type."""

    def __init__(self, seed, float_type):
        self.tf_graph = tf.Graph()
        with self.tf_graph.as_default():
            g = graph.Graph(seed, float_type)
            for _ in range(g.number(1, 3)):
                g.placeholder()
            kinds, weights = zip(*operations.OPERATIONS.items())
            shares = np.array(weights) / sum(weights)
            steps = g.number(*STEPS)
            of_suite = [int(i) for i in g.chance.integers(0, steps, CASE_OPS)]
            for step in range(steps):
                for i in range(CASE_OPS):
                    if of_suite[i] == step:
                        g.pool += case_ops.case_op(g, seed * CASE_OPS + i) or []
                made = kinds[int(g.chance.choice(len(kinds), p=shares))](g)
                g.pool += [v for v in made or [] if v.elements() <= 20000 and v.rank <= 5]
            chosen = list(dict.fromkeys([g.pool[-1], *(g.pick(g.pool) for _ in range(2))]))
            self.outputs = {f"out_{i}": tf.identity(v.tensor, f"out_{i}") for i, v in enumerate(chosen)}
        self.g = g

    def answers(self, feeds):
        fed = {f"{n}:0": x for n, x in feeds.items()}
        # Its optimizer dies on some of the ops, and truth is what the graph says.
        config = tf.compat.v1.ConfigProto()
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        with tf.compat.v1.Session(graph=self.tf_graph, config=config) as session:
            return session.run(self.outputs, fed)

    def save(self, folder):
        saved, graph_def, signature = saved_graph.new_model()
        graph_def.CopyFrom(self.tf_graph.as_graph_def())
        inputs = {name: self.tf_graph.get_tensor_by_name(f"{name}:0") for name in (*self.g.inputs, *self.g.given)}
        for side, tensors in ((signature.inputs, inputs), (signature.outputs, self.outputs)):
            for name, tensor in tensors.items():
                saved_graph.declare(side, name, tensor.name, tensor.dtype, tensor.shape)
        (folder / "saved_model.pb").write_bytes(saved.SerializeToString())


def tolerated(exact, single):
    """Per output: how far float32 may be from it, or None where it says nothing."""
    if single.dtype.kind != "f":
        return 0.0
    exact = exact.astype(np.float64)
    if not (np.isfinite(exact).all() and np.isfinite(single).all()):
        return None
    noise = np.abs(exact - single).max(initial=0.0)
    scale = np.abs(exact).max(initial=0.0)
    return None if noise > 1e-2 * scale + 1e-6 else 20 * noise + 1e-5 * scale + 1e-6


def first_difference(model, feeds, expected, bounds):
    for resolver in judge.RESOLVERS:
        runtime = judge.Runtime(model, resolver)
        for run, (feed, answer, bound) in enumerate(zip(feeds, expected, bounds)):
            got = runtime(feed)
            for name, value in answer.items():
                told = _difference(value, got[name], bound[name])
                if told:
                    return f"{resolver}, run {run}, {name}: {told}"
    return None


def _difference(expected, got, bound):
    if expected.shape != got.shape or expected.dtype != got.dtype:
        return f"{got.dtype}{list(got.shape)}, expected {expected.dtype}{list(expected.shape)}"
    if bound is None:
        return None
    if expected.dtype.kind != "f":
        return None if np.array_equal(expected, got) else "values differ"
    error = np.abs(expected.astype(np.float64) - got).max(initial=0.0)
    return None if error <= bound else f"off by {error:.3g}, at most {bound:.3g} is float noise"


def check(seed, options, rewrites):
    """(kind, told, names of ops) of one graph: right, wrong or skipped."""
    with tempfile.TemporaryDirectory(prefix="litecast-graphs-") as folder:
        folder = options.keep or pathlib.Path(folder)
        single = Built(seed, tf.float32)
        used = sorted(single.g.used)
        single.save(folder)
        feeds = [single.g.feed(run, seed) for run in range(graph.RUNS)]
        feeds = [{n: x.astype(np.float32) if x.dtype == np.float64 else x for n, x in f.items()} for f in feeds]
        try:
            expected = [single.answers(feed) for feed in feeds]
        except tf.errors.OpError as error:
            return "skipped", str(error).splitlines()[0][:160], used
        double = Built(seed, tf.float64)
        exact = [double.answers(feed) for feed in feeds]
        bounds = [{n: tolerated(e[n], s[n]) for n in s} for e, s in zip(exact, expected)]

        def converted(*more):
            command = [
                options.litecast,
                "convert",
                folder,
                "-o",
                folder / "model.tflite",
                "-q",
                "--force",
                *more,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            if done.returncode:
                return done.returncode, " ".join(done.stderr.split())[:300]
            try:
                return 0, first_difference((folder / "model.tflite").read_bytes(), feeds, expected, bounds)
            except Exception as error:
                return 0, f"cannot be run: {' '.join(str(error).split())[:200]}"

        status, told = converted()
        if status == NOT_CONVERTIBLE:
            return "skipped", told, used
        if told:
            return "wrong", told, used
        for name in (
            single.g.chance.choice(rewrites, min(REWRITES_TRIED, len(rewrites)), replace=False)
            if rewrites
            else ()
        ):
            _, told = converted("--skip-rewrite", str(name))
            if told:
                return "wrong", f"without {name}: {told}", used
        silent = all(b is None for bound in bounds for b in bound.values())
        return ("skipped", "only float noise", used) if silent else ("right", "", used)


def where(error):
    """The functions of the generator that an error came from."""
    return " > ".join(frame.name for frame in traceback.extract_tb(error.__traceback__)[-5:])


def work(arguments):
    seeds, options, rewrites = arguments
    results = []
    for seed in seeds:
        try:
            results.append((seed, *check(seed, options, rewrites)))
        except Exception as error:
            results.append((seed, "wrong", f"{type(error).__name__}: {str(error)[:300]} in {where(error)}", []))
    return results


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, help="default: another one each time")
    parser.add_argument("--rewrites", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    return parser.parse_args()


def main():
    options = parse()
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    rewrites = []
    if options.rewrites:
        command = [options.litecast, "opt", "--print-pipeline"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rewrites = sorted({line.strip() for line in told.splitlines() if line.startswith(" ")})
    shares = [range(seed + j, seed + options.count, options.jobs) for j in range(options.jobs)]
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        parts = pool.map(work, [(share, options, rewrites) for share in shares if share])
        results = sorted(r for part in parts for r in part)
    kinds = collections.Counter(kind for _, kind, _, _ in results)
    ops = collections.Counter(op for *_, used in results for op in used)
    for number, kind, told, _ in results:
        if kind != "right":
            print(f"{kind.upper()} --seed {number} --count 1: {told}")
    rare = ", ".join(f"{op} {count}" for op, count in ops.most_common()[:-6:-1])
    print(f"{len(ops)} ops; the rarest: {rare}")
    print(f"{kinds['skipped']} skipped")
    print(f"{kinds['right']} passed, {kinds['wrong']} failed")
    return 1 if kinds["wrong"] or kinds["skipped"] > max(2, options.count * 0.02) else 0


if __name__ == "__main__":
    sys.exit(main())
