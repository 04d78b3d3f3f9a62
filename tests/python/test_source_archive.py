"""The package is built from its source archive alone, away from the checkout."""

import pathlib
import shutil
import subprocess
import tarfile
import venv

import pytest

ROOT = pathlib.Path(__file__).parents[2]

CONVERT = """
import sys

import litecast

assert litecast.__file__.startswith(sys.prefix), litecast.__file__
model = litecast.convert(sys.argv[1])
assert bytes(model)[4:8] == b"TFL3"
print(model.summary())
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An interpreter of its own, with nothing but pip and the builder of archives."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    run(folder / "bin/python", "-m", "pip", "install", "--quiet", "build==1.6.1")
    return folder / "bin/python"


@pytest.fixture(scope="module")
def archive(python, tmp_path_factory):
    """Made of a copy of what the repository has, so that a build folder cannot help."""
    folder = tmp_path_factory.mktemp("archive")
    files = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / "checkout" / name)
    run(python, "-m", "build", "--sdist", "--outdir", folder, folder / "checkout")
    (made,) = folder.glob("*.tar.gz")
    return made


@pytest.mark.long
def test_the_archive_has_what_a_build_needs_and_nothing_else(archive):
    with tarfile.open(archive) as opened:
        names = {member.name.split("/", 1)[1] for member in opened if member.isfile()}
    assert {name.partition("/")[0] for name in names} == {
        "CHANGELOG.md", "CMakeLists.txt", "LICENSE", "PKG-INFO", "README.md", "cmake", "include",
        "pyproject.toml", "python", "src",
    }  # fmt: skip
    for folder in ("cmake", "include", "python", "src"):
        there = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()}
        there = {name for name in there if "__pycache__" not in name}
        assert {name for name in names if name.startswith(f"{folder}/")} == there


@pytest.mark.long
def test_the_archive_becomes_a_package_that_converts(python, archive, tmp_path):
    import models
    import tensorflow as tf

    tf.saved_model.save(models.affine(), str(tmp_path / "saved"), signatures=models.affine().affine)
    run(python, "-m", "pip", "install", "--quiet", archive)
    # Away from the checkout, and without the package that the other tests use.
    isolated = {"cwd": tmp_path, "env": {"PATH": "/usr/bin:/bin"}}
    assert "1 FULLY_CONNECTED" in run(python, "-c", CONVERT, "saved", **isolated)
    command = python.parent / "litecast"
    run(command, "convert", "saved", "-o", "model.tflite", **isolated)
    assert (tmp_path / "model.tflite").read_bytes()[4:8] == b"TFL3"
