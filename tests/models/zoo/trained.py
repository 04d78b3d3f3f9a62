"""A network that other people trained: the one of the demo."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

from .registry import floats, model


@model(wave=floats("batch", 43844, 1, low=-0.5, high=0.5), deep=True, quick=False)
def basic_pitch(folder):
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", place, "basic-pitch==0.4.0"], check=True)
        (wheel,) = pathlib.Path(place).glob("*.whl")
        zipfile.ZipFile(wheel).extractall(place)
        shutil.copytree(f"{place}/basic_pitch/saved_models/icassp_2022/nmp", folder)
