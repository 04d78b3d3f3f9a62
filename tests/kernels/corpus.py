#!/usr/bin/env python3
"""Converts the cases of the conformance corpus that need Select TF ops, and runs the files node by node.

corpus.py [--litecast BINARY] [--filter REGEX]

The corpus is the folder that LITECAST_CORPUS names; see tests/models/corpus.py. The last line is
`N passed, N failed`.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
CORPUS = pathlib.Path(os.environ["LITECAST_CORPUS"])


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(score, case, litecast, out):
    """None, or what is wrong."""
    command = [litecast, "convert", case / "saved_model", "-o", out, "-q", "--select-tf-ops"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    import executor
    from ai_edge_litert.interpreter import Interpreter

    data = out.read_bytes()
    Interpreter(model_content=data)  # verifies the file
    inputs, outputs = score.load_io(str(case), score.load_case(str(case)))
    got = executor.Model(data)(inputs)
    for name, value in outputs.items():
        error, _ = score.compare(value, got[name], name, False)
        if error:
            return error
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".cache/models")
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    score = load("score", CORPUS / "score.py")
    folder = load("corpus_models", HERE.parent / "models/corpus.py").unpacked(CORPUS, options.cache)
    passed = failed = 0
    for case in sorted(path.parent for path in folder.glob("*/meta.json")):
        baseline = json.loads((case / "meta.json").read_text()).get("baseline") or {}
        if baseline.get("class") != "needs_flex" or not re.search(options.filter, case.name):
            continue
        with tempfile.TemporaryDirectory() as temporary:
            out = pathlib.Path(temporary) / "model.tflite"
            try:
                wrong = told(score, case, options.litecast.resolve(), out)
            except Exception as error:  # noqa: BLE001
                wrong = f"{type(error).__name__}: {error}"
        passed += not wrong
        failed += bool(wrong)
        if wrong:
            print(f"{case.name}: {wrong}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
