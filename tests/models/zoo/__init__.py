"""All models of the tests; importing this imports TensorFlow."""

import importlib
import pathlib

from .registry import MODELS

for _file in sorted(pathlib.Path(__file__).parent.glob("*.py")):
    if _file.stem not in ("__init__", "registry", "weights"):
        importlib.import_module(f"{__name__}.{_file.stem}")
