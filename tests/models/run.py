"""Converts the models of the zoo and compares them on LiteRT with TensorFlow.

run.py [--filter REGEX] [--quick] [--jobs N] [--cache DIR] [--litecast BINARY | --converter COMMAND]

Prints a line a model and at the end `N passed, N failed`. Models and TensorFlow's answers are
built into the cache when they are not there yet. COMMAND has {saved_model} and {out} in it, and
may have {options}, litecast's own options.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def argument_parser(description):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--filter", default="", help="regular expression on model names")
    parser.add_argument("--quick", action="store_true", help="only the models of `make test`")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".cache/models")
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--converter", help="another converter's command line")
    return parser


def parse(parser):
    options = parser.parse_args()
    if not options.converter:
        options.converter = f"{options.litecast.resolve()} convert {{saved_model}} -o {{out}} -q {{options}}"
    return options


def load_manifest(cache):
    from build import sources_hash

    file = cache / "manifest.json"
    if file.exists():
        manifest = json.loads(file.read_text())
        if manifest["sources"] == sources_hash():
            return manifest["models"]
    subprocess.run([sys.executable, HERE / "build.py", "--cache", cache], check=True)
    return json.loads(file.read_text())["models"]


def selected(models, options):
    return [
        name
        for name, model in models.items()
        if re.search(options.filter, name) and (model["quick"] or not options.quick)
    ]


def is_built(folder, key, reference):
    record = folder / "model.json"
    if not record.exists() or json.loads(record.read_text())["key"] != key:
        return False
    answers = ("reference.tflite", "reference.error")
    return not reference or any((folder / answer).exists() for answer in answers)


def build(names, models, options, reference=False):
    """Builds what is missing, in as many processes as there are jobs."""
    from build import sources_hash

    keys = {model["family"]: sources_hash(model["family"]) for model in models.values()}
    wanted = [
        name
        for name in names
        if not is_built(options.cache / name, keys[models[name]["family"]], reference)
    ]
    if not wanted:
        return
    command = [sys.executable, HERE / "build.py", "--cache", options.cache]
    if reference:
        command.append("--reference")
    jobs = min(options.jobs, len(wanted))
    builders = [
        subprocess.Popen([*command, "--shard", f"{i}/{jobs}", *wanted]) for i in range(jobs)
    ]
    for builder in builders:
        builder.wait()


def check(name, options, outputs):
    """{"failures": [...]} of one model, in a process of its own."""
    folder = options.cache / name
    if not (folder / "model.json").exists():
        return {"failures": ["could not be built by TensorFlow, see build.error in the cache"]}
    out = pathlib.Path(outputs) / f"{name}.tflite"
    command = [sys.executable, HERE / "check.py", "--folder", folder, "--out", out]
    try:
        done = subprocess.run(
            [*command, "--converter", options.converter],
            capture_output=True,
            text=True,
            timeout=900,
        )
    except subprocess.TimeoutExpired:
        return {"failures": ["took longer than 15 minutes"]}
    finally:
        out.unlink(missing_ok=True)
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"failures": [f"the judge died with status {done.returncode}: {last}"]}


def main():
    parser = argument_parser(__doc__)
    parser.add_argument("--failures", type=pathlib.Path, help="a file to write failures to")
    options = parse(parser)
    started = time.monotonic()
    models = load_manifest(options.cache)
    names = selected(models, options)
    build(names, models, options)
    failed = []
    with tempfile.TemporaryDirectory(dir=options.cache) as outputs:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            results = pool.map(lambda name: check(name, options, outputs), names)
            for name, result in zip(names, results):
                failures = result["failures"]
                size = f"{result['ops']:5} ops {result['bytes']:10} bytes" if "ops" in result else ""
                print(f"{'FAIL' if failures else 'ok  '} {name:40} {size}", flush=True)
                for failure in failures:
                    print(f"       {failure}", flush=True)
                if failures:
                    failed.append((name, failures))
    if options.failures:
        options.failures.write_text("".join(f"{n}\n  " + "\n  ".join(f) + "\n" for n, f in failed))
    print(f"in {time.monotonic() - started:.0f} s")
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
