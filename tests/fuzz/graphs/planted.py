#!/usr/bin/env python3
"""A test of the test: plants bugs, one at a time, in a copy of the sources and looks whether random
graphs find them.

    planted.py [--build DIR] [--count N]

Prints a line a bug and at the end `N passed, N failed`.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent.parent

# What is wrong, the file, the right text, the wrong one.
BUGS = [
    ("a lost limit of an activation", "src/optimize/fuse_activation.cc",
     "return Activation::RELU6;", "return Activation::RELU;"),
    ("a constant that is added instead of subtracted", "src/optimize/simplify_arithmetic.cc",
     "try_add(builder, Op::NEG, {c});", "try_add(builder, Op::ABS, {c});"),
    ("a scale on the wrong axis of the filter", "src/optimize/fuse_input_scale.cc",
     "w.input_axis, a.constant);", "w.output_axis, a.constant);"),
    ("swapped permutations", "src/optimize/simplify_transpose.cc",
     "p = composed(*first, *p);", "p = composed(*p, *first);"),
    ("axes of a reduction that are not renamed", "src/optimize/push_transpose.cc",
     "renamed.push_back(to);", "renamed.push_back(axis);"),
    ("a lost offset of a normalisation", "src/optimize/center_before_scale.cc",
     "if (!scaled || !o.constant) return scaled;", "return scaled;"),
    ("one constant of two", "src/optimize/simplify_arithmetic.cc",
     "folded(builder, node.op(), inner.constant, outer.constant);",
     "folded(builder, node.op(), outer.constant, outer.constant);"),
    ("nodes shared that differ in their options", "src/ir/builder.cc",
     "a.options == b.options;", "true;"),
    ("swapped operands", "src/emit/arith.cc",
     "auto made = e.attempt(op, {a, b});", "auto made = e.attempt(op, {b, a});"),
    ("an axis whose stride is lost", "src/emit/strided_slice.cc",
     "strides.push_back(range.stride);", "strides.push_back(range.stride < 0 ? -1 : 1);"),
]  # fmt: skip


def plant(source, bug):
    _, file, right, wrong = bug
    path = source / file
    text = path.read_text()
    if text.count(right) != 1:
        sys.exit(f"{file} does not say once: {right}")
    path.write_text(text.replace(right, wrong))
    return lambda: path.write_text(text)


def is_found(build, count):
    subprocess.run(["ninja", "-C", build, "litecast_cli"], check=True, capture_output=True)
    command = [sys.executable, HERE / "run.py", "--count", str(count), "--litecast", build / "litecast"]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return next((line for line in lines if line.startswith("WRONG")), None)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=pathlib.Path, help="keep the copy and its build here")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--only", default="", help="bugs whose description has this in it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        copy = (options.build or pathlib.Path(temporary)).resolve()
        source, build = copy / "source", copy / "build"
        shutil.rmtree(source, ignore_errors=True)
        for part in ("src", "include", "cmake", "CMakeLists.txt"):
            origin = ROOT / part
            copier = shutil.copytree if origin.is_dir() else shutil.copy
            source.mkdir(parents=True, exist_ok=True)
            copier(origin, source / part)
        configure = ["cmake", "-S", source, "-B", build, "-G", "Ninja", "-DLITECAST_TESTS=OFF"]
        subprocess.run([*configure, "-DCMAKE_BUILD_TYPE=Release"], check=True, capture_output=True)
        found = 0
        bugs = [bug for bug in BUGS if options.only in bug[0]]
        for bug in bugs:
            restore = plant(source, bug)
            told = is_found(build, options.count)
            restore()
            found += bool(told)
            print(f"{'found ' if told else 'MISSED'} {bug[0]}: {told or bug[1]}", flush=True)
    print(f"{found} passed, {len(bugs) - found} failed")
    return 0 if found == len(bugs) else 1


if __name__ == "__main__":
    sys.exit(main())
