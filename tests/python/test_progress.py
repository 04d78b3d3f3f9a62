"""The bar: where a person watches, with tqdm and without, and nowhere else."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest
import tensorflow as tf

import models

CODE = """
import sys
if sys.argv[2] == "without tqdm":
    sys.modules["tqdm"] = sys.modules["tqdm.auto"] = None
import litecast, litecast._progress
litecast._progress.PATIENCE_SECONDS = float(sys.argv[3])
litecast.convert(sys.argv[1], progress={"None": None, "True": True, "False": False}[sys.argv[4]])
print("done")
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("saved") / "affine")
    tf.saved_model.save(models.affine(), folder, signatures=models.affine().affine)
    return folder


def in_terminal(*arguments):
    """What a person sees of a terminal of 100 columns."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", f"input()\n{CODE}", *arguments])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    os.write(terminal, b"\n")
    seen = b""
    try:
        while piece := os.read(terminal, 4096):
            seen += piece
    except OSError:  # the child has closed its end
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, seen
    return seen.decode().strip()


@pytest.mark.parametrize("kind", ["with tqdm", "without tqdm"])
def test_a_person_sees_the_steps_and_then_nothing(saved, kind):
    seen = in_terminal(saved, kind, "0", "None")
    assert "writing" in seen and "%" in seen and ("|" in seen) == (kind == "with tqdm")
    # The line is empty again before the program goes on.
    last = seen.rpartition("\r")[2].replace("\033[K", "")
    assert last == "done"


@pytest.mark.parametrize("kind", ["with tqdm", "without tqdm"])
def test_what_is_quick_needs_no_bar(saved, kind):
    assert in_terminal(saved, kind, "60", "None") == "done"


def test_no_bar_when_told_so(saved):
    assert in_terminal(saved, "with tqdm", "0", "False") == "done"


@pytest.mark.parametrize("kind", ["with tqdm", "without tqdm"])
@pytest.mark.parametrize("wanted", ["None", "True"])
def test_in_a_file_there_is_a_bar_only_when_wanted(saved, kind, wanted):
    command = [sys.executable, "-c", CODE, saved, kind, "0", wanted]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "done\n"
    assert ("writing" in done.stderr) == (wanted == "True")
