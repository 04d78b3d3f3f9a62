"""Runs the tests of the command line: run.py [--litecast BINARY] [--filter REGEX]

Prints only what fails, and at the end `N passed, N failed`.
"""

import argparse
import importlib
import pathlib
import re
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def collected(pattern):
    for file in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(file.stem)
        for name, function in vars(module).items():
            if name.startswith("test_") and re.search(pattern, name):
                yield name, function


def make_models(folder):
    import crafted

    crafted.save_sound(folder / "sound")
    crafted.save_sound(folder / "sound2")
    crafted.save_sound(folder / "large", rows=1 << 20)
    crafted.save_without_signatures(folder / "unsigned")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--filter", default="")
    options = parser.parse_args()

    from harness import Bench

    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="litecast-models-") as shared:
        make_models(pathlib.Path(shared))
        for name, function in collected(options.filter):
            bench = Bench(options.litecast.resolve(), pathlib.Path(shared))
            try:
                function(bench)
                passed += 1
            except Exception as error:  # noqa: BLE001: any exception is a failed test
                failed += 1
                where = traceback.extract_tb(error.__traceback__)
                line = next(f.lineno for f in where if "test_" in f.filename)
                print(f"FAIL {name}, line {line}: {type(error).__name__}: {error}", flush=True)
            finally:
                bench.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
