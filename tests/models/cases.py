"""A model in the cache: its description, inputs and TensorFlow's answers."""

import json

import numpy as np


class CachedModel:
    def __init__(self, folder):
        self.folder = folder
        self.description = json.loads((folder / "model.json").read_text())
        self.name = self.description["name"]
        self.tolerance = self.description["tolerance"]
        self.saved_model = folder / "saved_model"
        self._arrays = np.load(folder / "cases.npz")

    def __len__(self):
        return self.description["cases"]

    def signature(self, case):
        """The key of the one that the case calls; cases that call several share their state."""
        signatures = self.description.get("signatures")
        return signatures[case] if signatures else "serving_default"

    def inputs(self, case):
        return self._side(case, "in")

    def outputs(self, case):
        values = self._side(case, "out")
        for name, dtype in self.description["outputs"].items():
            if dtype == "bfloat16" and name in values:
                import ml_dtypes

                values[name] = values[name].view(ml_dtypes.bfloat16)
        return values

    def _side(self, case, side):
        prefix = f"{case}/{side}/"
        return {
            key[len(prefix) :]: self._arrays[key]
            for key in self._arrays.files
            if key.startswith(prefix)
        }
