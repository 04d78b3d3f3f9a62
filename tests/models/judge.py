"""Runs a .tflite on LiteRT by its signature and compares the answers with TensorFlow's."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

SIGNATURE = "serving_default"
RESOLVERS = {
    "XNNPACK": OpResolverType.AUTO,
    "built-in kernels": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
}


class Runtime:
    """One interpreter; it is resized as the inputs demand, so that state would show."""

    def __init__(self, data, resolver):
        self.interpreter = Interpreter(
            model_content=data, num_threads=1, experimental_op_resolver_type=RESOLVERS[resolver]
        )
        self.runners = {}

    def runner(self, signature=SIGNATURE):
        if signature not in self.runners:
            self.runners[signature] = self.interpreter.get_signature_runner(signature)
        return self.runners[signature]

    def __call__(self, inputs, signature=SIGNATURE):
        answers = self.runner(signature)(**inputs)
        return {name: np.array(value) for name, value in answers.items()}


def _strings(array):
    values = np.asarray(array).reshape(-1).tolist()
    return [v.encode() if isinstance(v, str) else bytes(v) for v in values]


def difference(expected, got, tolerance):
    """None if they are equal as far as the tolerance allows, else in words what differs."""
    if expected.shape != got.shape:
        return f"shape {list(got.shape)}, expected {list(expected.shape)}"
    if expected.dtype.kind in "SO":
        return None if _strings(expected) == _strings(got) else "strings differ"
    if expected.dtype != got.dtype:
        return f"type {got.dtype}, expected {expected.dtype}"
    if expected.dtype.kind not in "fc":
        wrong = int(np.count_nonzero(expected != got))
        return f"{wrong} of {expected.size} values differ" if wrong else None
    return _float_difference(expected, got, tolerance)


def _float_difference(expected, got, tolerance):
    wide = "complex128" if expected.dtype.kind == "c" else "float64"
    expected, got = expected.astype(wide), got.astype(wide)
    finite = np.isfinite(expected)
    same_special = np.isfinite(got) == finite
    same_special &= finite | (expected == got) | (np.isnan(expected) & np.isnan(got))
    if not same_special.all():
        return f"{np.count_nonzero(~same_special)} values are not infinite or NaN alike"
    error = np.abs(expected[finite] - got[finite]).max(initial=0.0)
    scale = np.abs(expected[finite]).max(initial=0.0)
    if error <= tolerance * scale + 1e-7:
        return None
    return f"off by {error:.3g} at magnitude {scale:.3g}"


def first_difference(expected, got, tolerance):
    """Compares all outputs of one run."""
    if sorted(expected) != sorted(got):
        return f"outputs {sorted(got)}, expected {sorted(expected)}"
    for name, value in expected.items():
        told = difference(value, got[name], tolerance)
        if told:
            return f"{name}: {told}"
    return None
