"""The tables of cases, a family of ops a file."""

import importlib
import pathlib


def all_ops():
    for file in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
        yield from importlib.import_module(f"cases.{file.stem}").OPS
