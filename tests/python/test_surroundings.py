"""Disks, folders, paths and processes in which a conversion may find itself."""

import concurrent.futures
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest
import tensorflow as tf

import litecast
import models


class Large(tf.Module):
    """256 KB of weights."""

    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.random.default_rng(0).normal(size=(256, 256)).astype(np.float32))

    @tf.function(input_signature=[tf.TensorSpec([None, 256], tf.float32, "x")])
    def f(self, x):
        return x @ self.w


@pytest.fixture(scope="module")
def saved():
    """A SavedModel that everyone may read."""
    folder = pathlib.Path(tempfile.mkdtemp())
    model = Large()
    tf.saved_model.save(model, str(folder / "large"), signatures=model.f)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield str(folder / "large")
    shutil.rmtree(folder)


def python(code, *arguments, before=(), **options):
    command = [*before, sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


# ---- disks and folders ----

WRITE = """
import os, sys
import litecast
source, folder = sys.argv[1:]
model = litecast.convert(source)
old = os.path.join(folder, "old.tflite")
litecast.convert("SMALL", old)
before = open(old, "rb").read()
attempts = {
    "convert": lambda: litecast.convert(source, os.path.join(folder, "new.tflite")),
    "save": lambda: model.save(os.path.join(folder, "new.tflite")),
    "replace": lambda: litecast.convert(source, old),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except litecast.IoError as error:
        print(name, "tflite: cannot" in str(error), os.listdir(folder) == ["old.tflite"], open(old, "rb").read() == before)
"""
REFUSED = ["convert True True True", "save True True True", "replace True True True"]


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """WRITE with a small model that still fits."""
    folder = tmp_path_factory.mktemp("small") / "affine"
    tf.saved_model.save(models.affine(), str(folder), signatures=models.affine().affine)
    return WRITE.replace("SMALL", str(folder))


def test_a_disk_that_is_full_leaves_what_there_was(saved, write, tmp_path):
    """A disk of its own, of 64 KB."""
    mount = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=64k none "$0" && exec "$@"', str(tmp_path)]
    if subprocess.run([*mount, "true"], capture_output=True).returncode != 0:
        pytest.skip("only root may mount a disk")
    done = python(write, saved, tmp_path, before=mount)
    assert done.stdout.splitlines() == REFUSED, done.stderr


def test_a_file_that_grows_too_large_leaves_what_there_was(saved, write, tmp_path):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
    done = python(limit + write, saved, tmp_path)
    assert done.stdout.splitlines() == REFUSED, done.stderr


READ_ONLY = """
import os, sys
import litecast
source, folder = sys.argv[1:]
litecast.convert(source)  # imports what only root may read
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
print(litecast.convert(source).size > 0)
for attempt in (
    lambda: litecast.convert(source, os.path.join(folder, "m.tflite")),
    lambda: litecast.convert(source).save(os.path.join(folder, "m.tflite")),
    lambda: litecast.convert(os.path.join(folder, "closed")),
):
    try:
        attempt()
    except litecast.IoError as error:
        print(error)
"""


def test_a_folder_that_may_only_be_read(saved):
    """By a user who is not root."""
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        (folder / "closed").mkdir(mode=0o000)
        folder.chmod(0o555)
        done = python(READ_ONLY, saved, folder)
        converted, write, save, read = done.stdout.splitlines()
        assert converted == "True"
        assert "Permission denied" in write and "Permission denied" in save and "closed" in read
        assert os.listdir(folder) == ["closed"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


# ---- paths ----


@pytest.mark.parametrize("name", ["Größe 模型 🙂", "with\nnewline", "x" * 250, "-o", "a'b\"c"])
def test_sources_and_outputs_of_strange_names(saved, tmp_path, name):
    shutil.copytree(saved, tmp_path / name)
    out = tmp_path / "out"
    out.mkdir()
    model = litecast.convert(tmp_path / name, out / name)
    assert (out / name).read_bytes() == bytes(model) == bytes(litecast.convert(saved))
    model.save(out / f"{name[:240]}.2")
    assert len(os.listdir(out)) == 2


def test_paths_longer_than_the_system_takes(saved, tmp_path):
    long = str(tmp_path) + "/." * 3000
    assert len(long) > 4096
    for attempt in (
        lambda: litecast.convert(long),
        lambda: litecast.convert(saved, long + "/m.tflite"),
        lambda: litecast.convert(saved).save(long + "/m.tflite"),
    ):
        with pytest.raises(litecast.IoError, match="File name too long"):
            attempt()
    assert os.listdir(tmp_path) == []


def test_deep_folders(saved, tmp_path):
    deep = tmp_path.joinpath(*["d" * 200] * 15)
    deep.mkdir(parents=True)
    shutil.copytree(saved, deep / "m")
    assert litecast.convert(deep / "m", deep / "m.tflite").size == (deep / "m.tflite").stat().st_size


@pytest.mark.parametrize("path", ["a\0b", b"a\0b"])
def test_paths_with_a_zero_in_them(saved, path):
    for attempt in (lambda: litecast.convert(path), lambda: litecast.convert(saved, path)):
        with pytest.raises((ValueError, litecast.Error)):
            attempt()
    assert not os.path.exists("a")


# ---- processes ----


def convert(source):
    model = litecast.convert(source)
    return model.report.ops, bytes(model)


def convert_to_model(source):
    return litecast.convert(source)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes_convert(saved, method):
    """Models and reports come back pickled; with fork, after conversions in several threads."""
    expected = litecast.convert(saved)
    threads = [threading.Thread(target=convert, args=(saved,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        made = list(pool.map(convert_to_model, [saved] * 4))
    assert [bytes(model) for model in made] == [bytes(expected)] * 4
    assert all(model.report.ops == expected.report.ops for model in made)


FORK = """
import os, sys
import litecast
if sys.argv[2] == "after":
    litecast.convert(sys.argv[1])
child = os.fork()
size = litecast.convert(sys.argv[1]).size
if child == 0:
    os._exit(0 if size > 0 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), size > 0)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_fork_before_and_after_the_first_conversion(saved, when):
    done = python(FORK, saved, when, timeout=60)
    assert done.stdout.strip() == "0 True", done.stderr


FORK_MEANWHILE = """
import os, sys, threading
import litecast
codes = []
def progress(step, fraction):
    if step == "optimizing" and not codes:
        child = os.fork()
        if child == 0:
            litecast.convert(sys.argv[1])
            os._exit(0)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
thread = threading.Thread(target=lambda: litecast.convert(sys.argv[1], progress=progress))
thread.start()
thread.join()
print(codes)
"""


def test_fork_in_the_middle_of_a_conversion(saved):
    done = python(FORK_MEANWHILE, saved, timeout=60)
    assert done.stdout.strip() == "[0]", done.stderr


def test_errors_come_back_from_other_processes(saved):
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        with pytest.raises(litecast.IoError, match="no such file"):
            pool.submit(convert, "/no/such/model").result()
        with pytest.raises(litecast.UsageError, match="is no source"):
            pool.submit(convert, 3).result()


@pytest.mark.parametrize("progress", ["None", "lambda *args: time.sleep(0.001)"])
def test_an_interpreter_that_ends_meanwhile_ends_quietly(saved, progress):
    code = f"""
import sys, threading, time
import litecast
def loop():
    while True:
        litecast.convert(sys.argv[1], progress={progress})
for _ in range(3):
    threading.Thread(target=loop, daemon=True).start()
"""
    for _ in range(5):
        done = python(code, saved, timeout=60)
        assert done.returncode == 0 and done.stderr == ""
