"""Runs litecast as a user does and looks at what it says and leaves."""

import functools
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import types

TIMEOUT = 60  # seconds: nothing that is handed in may keep litecast busy for longer

DONE, UNCONVERTIBLE, WRONG_USE, MALFORMED, IO = range(5)


class Bench:
    """A folder for one test, and the command line under test."""

    def __init__(self, litecast, shared):
        self.binary = litecast
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="litecast-cli-"))
        self.out = self.folder / "out.tflite"
        self._shared = shared

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def saved_model(self, kind="sound"):
        """A private copy of one of the SavedModels that are made once."""
        copy = self.folder / kind
        shutil.copytree(self._shared / kind, copy)
        return copy

    def run(self, *arguments, limit_bytes=None, **options):
        def restrict():
            if limit_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

        done = subprocess.run(
            [self.binary, *map(str, arguments)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            preexec_fn=restrict,
            **options,
        )
        said = done.stderr + done.stdout
        return types.SimpleNamespace(status=done.returncode, said=said, out=done.stdout)

    def start(self, *arguments):
        return subprocess.Popen(
            [self.binary, *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def convert(self, source, *options, **more):
        return self.run("convert", source, "-o", self.out, *options, **more)

    def left(self):
        """Files in the folder of the output that are neither input nor output."""
        return sorted(
            f.name for f in self.out.parent.iterdir() if f.is_file() and ".tflite" in f.name and f != self.out
        )

    def refuses(self, done, *statuses, words=()):
        """It failed with one of these statuses, said why, and left nothing."""
        assert done.status in statuses, f"exit status {done.status}, expected {statuses}: {done.said[:500]}"
        assert done.said.strip(), "it said nothing"
        for word in words:
            assert word.lower() in done.said.lower(), f"it does not say '{word}': {done.said[:500]}"
        assert not self.out.is_file(), "it left an output"
        assert not self.left(), f"it left {self.left()}"

    def survives(self, done):
        """It either did the work or refused it, and did not crash."""
        assert 0 <= done.status <= IO, f"exit status {done.status}: {done.said[-500:]}"
        if done.status != DONE:
            self.refuses(done, done.status)
        self.out.unlink(missing_ok=True)

    def writes(self, done):
        assert done.status == DONE, f"exit status {done.status}: {done.said[:500]}"
        data = self.out.read_bytes()
        assert data[4:8] == b"TFL3", "the output is not a .tflite"
        assert not self.left(), f"it left {self.left()}"
        return data


@functools.cache
def environment(**changes):
    return {**os.environ, **changes}
