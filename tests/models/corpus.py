"""Runs the conformance corpus that LITECAST_CORPUS names: a folder with dev.tar.xz and score.py.

corpus.py [--litecast BINARY] [--filter REGEX] [--json FILE]

The cases are unpacked into the cache. What counts as failed is a case that the reference converts
rightly and litecast does not. The last line is `N passed, N failed`.
"""

import argparse
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent


def unpacked(corpus, cache):
    """The folder of the cases."""
    folder = cache / "corpus"
    archive = corpus / "dev.tar.xz"
    stamp = folder / ".unpacked"
    wanted = f"{archive.stat().st_size} {int(archive.stat().st_mtime)}"
    if not stamp.exists() or stamp.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        stamp.write_text(wanted)
    return next(file.parent.parent for file in folder.rglob("meta.json"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / ".cache/models")
    parser.add_argument("--filter", default="")
    parser.add_argument("--json", type=pathlib.Path, help="keep the scorer's results here")
    options = parser.parse_args()

    corpus = pathlib.Path(os.environ["LITECAST_CORPUS"])
    cases = unpacked(corpus, options.cache)
    litecast = shlex.quote(str(options.litecast.resolve()))
    with tempfile.TemporaryDirectory() as folder:
        results = options.json or pathlib.Path(folder) / "results.json"
        command = [sys.executable, corpus / "score.py", "--cases", cases, "--json", results,
                   "--cmd", f"{litecast} convert {{saved_model}} -o {{out}} -q",
                   "--list-failures", "--filter", options.filter or "."]  # fmt: skip
        subprocess.run(command, check=True)
        scored = json.loads(results.read_text())["results"]
    wanted = [r for r in scored.values() if r.get("tf_right")]
    right = sum(bool(r["right"]) for r in wanted)
    print(f"{right} passed, {len(wanted) - right} failed")
    return 0 if right == len(wanted) else 1


if __name__ == "__main__":
    sys.exit(main())
