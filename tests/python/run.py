"""Runs the tests of the Python package; the last line is `N passed, N failed`.

run.py [--all] [PYTEST_ARGUMENT...]

The package is the one in build/python, or the one that PYTHONPATH leads to. --all runs the long
tests too.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["LITECAST_PACKAGE"] = str(ROOT / "build/python")
# Subprocesses of the tests find the package too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [os.environ.get("PYTHONPATH"), os.environ["LITECAST_PACKAGE"]])
)
sys.path[:0] = os.environ["PYTHONPATH"].split(os.pathsep)

import pytest  # noqa: E402


class Count:
    passed = 0
    failed = 0

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed += 1
        elif report.passed and report.when == "call":
            self.passed += 1

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed += 1


def main():
    arguments = sys.argv[1:]
    if "--all" in arguments:
        arguments.remove("--all")
        arguments.append("--long")
    if not any(not argument.startswith("-") for argument in arguments):
        arguments.append(str(HERE))
    count = Count()
    status = pytest.main(["--rootdir", str(ROOT), "--durations=8", *arguments], plugins=[count])
    if status != 0 and count.failed == 0:
        count.failed = 1
    print(f"{count.passed} passed, {count.failed} failed")
    sys.exit(count.failed > 0)


if __name__ == "__main__":  # and not where multiprocessing imports it again
    main()
