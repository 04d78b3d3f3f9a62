"""The examples run, and the documents' code is what the package has."""

import json
import pathlib
import re
import subprocess
import sys

import pytest

import litecast

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/python"


def run(name, *arguments):
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    import models
    import tensorflow as tf

    folder = str(tmp_path_factory.mktemp("saved") / "affine")
    tf.saved_model.save(models.affine(), folder, signatures=models.affine().affine)
    return folder


def test_saved_model(saved, tmp_path):
    assert "1 FULLY_CONNECTED" in run("saved_model", saved, str(tmp_path / "m.tflite"))
    assert (tmp_path / "m.tflite").read_bytes()[4:8] == b"TFL3"


@pytest.mark.parametrize("name", ["keras_model", "concrete_function", "several_signatures"])
def test_models_in_memory(name):
    assert "runs on the standard runtime: yes" in run(name)


def test_service(saved, tmp_path):
    lines = run("service", saved, str(tmp_path)).splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["done", "not a model"]


@pytest.mark.long
def test_the_notebook_runs_and_stores_no_output():
    """Its cells in order, as a person would run them, in an interpreter of their own."""
    notebook = json.loads((EXAMPLES / "tour.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    sources = ["".join(cell["source"]) for cell in cells]
    assert any(source.endswith("\nconverted") for source in sources)
    checks = [
        "assert '<table' in converted._repr_html_()",
        "assert difference < 1e-5",
        "assert [problem.op for problem in problems] == ['DecodeJpeg']",
    ]
    code = "\n\n".join([*sources, *checks])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "runs on the standard runtime: True" in done.stdout
    assert "remedy:" in done.stdout


def test_every_public_name_is_explained():
    text = (ROOT / "docs/python.md").read_text()
    missing = [name for name in litecast.__all__ if not re.search(rf"\b{name}\b", text)]
    assert missing == []
    for name in litecast.__all__:
        assert getattr(litecast, name).__doc__


def test_every_test_that_the_migration_table_names_exists():
    text = (ROOT / "docs/migrating.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", text))
    tests = ROOT / "tests/python"
    existing = set(re.findall(r"def (test_\w+)", "".join(p.read_text() for p in tests.glob("*.py"))))
    assert named and named <= existing


@pytest.mark.long
def test_the_site_of_the_documents_is_made_without_a_warning():
    done = subprocess.run([ROOT / "scripts/docs"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (ROOT / "build/docs/litecast.html").read_text()
    assert [name for name in litecast.__all__ if f'id="{name}"' not in page] == []
    assert (ROOT / "build/docs/litecast/tflite/v1.html").exists()
