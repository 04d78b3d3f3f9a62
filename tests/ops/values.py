"""Operand values: reproducible, in the range that an op is defined on, corners where asked for."""

import ml_dtypes
import numpy as np

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def numpy_dtype(name):
    """Of TensorFlow's name of a type."""
    names = {"bfloat16": BFLOAT16, "half": np.float16, "float": np.float32, "double": np.float64}
    return np.dtype(names.get(name, object if name == "string" else name))


def type_name(dtype):
    """As TensorFlow and the runtime call the type of an array: "float32", "string"."""
    return "string" if dtype.kind == "O" else dtype.name


def is_float(dtype):
    return dtype.kind == "f" or dtype == BFLOAT16


def corner_values(dtype, kind):
    """`kind`: "limits", or "corners", which brings what is not finite too."""
    if is_float(dtype):
        finite = [-0.0, 0.0, 1.0, -1.0]
        special = [np.nan, np.inf, -np.inf] if kind == "corners" else []
        return np.array(finite + special, np.float32).astype(dtype)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return np.array([limits.min, limits.max, 0, 1, limits.max - 1], dtype)
    return None


class Values:
    """Draws arrays for one run of a case. The n-th array of a case is the same in each run in
    which it has the same shape, so that it can be a constant."""

    def __init__(self, seed, kind="ordinary"):
        self._seed = seed
        self._kind = kind
        self._drawn = 0

    def _chance(self):
        self._drawn += 1
        return np.random.default_rng([self._seed, self._drawn])

    def _tiny(self, dtype, shape, low):
        """Of many magnitudes; those of half precision not so small that they lose digits."""
        sign = self._chance().choice([-1.0, 1.0] if low < 0 else [1.0], shape)
        decades = self._chance().uniform(-4 if dtype == np.float16 else -7, -0.5, shape)
        return np.asarray(sign * 10.0**decades).astype(dtype)

    def numbers(self, dtype, shape, low=-3.0, high=3.0, corners=True):
        """Floats of [low, high), all other numbers whole ones of it (unsigned from 0 on)."""
        dtype = numpy_dtype(dtype)
        chance = self._chance()
        if dtype.kind == "b":
            return chance.random(shape) < 0.5
        if dtype.kind == "O":
            words = np.array([b"", b"a", b"bc", "ä".encode(), b"long word"], object)
            # NumPy cannot tell a single text without a byte from one of a zero byte.
            return words[chance.integers(0 if shape else 1, len(words), shape)]
        if dtype.kind == "c":
            parts = chance.uniform(low, high, (2, *shape))
            return np.asarray(parts[0] + 1j * parts[1]).astype(dtype)
        if is_float(dtype) and self._kind == "tiny":
            return self._tiny(dtype, shape, low)
        if is_float(dtype):
            array = np.asarray(chance.uniform(low, high, shape)).astype(dtype)
        else:
            least = max(int(np.ceil(low)), 0 if dtype.kind == "u" else low)
            array = np.asarray(chance.integers(least, max(int(high), least + 1), shape)).astype(dtype)
        if corners and self._kind != "ordinary":
            array = _with_corners(array, self._kind, chance)
        return array

    def integers(self, dtype, shape, low, high):
        """Indices and the like: never corners."""
        return np.asarray(self._chance().integers(low, high, shape)).astype(numpy_dtype(dtype))

    def permutation(self, size):
        return self._chance().permutation(size)


def _with_corners(array, kind, chance):
    corners = corner_values(array.dtype, kind)
    if corners is None or array.size == 0:
        return array
    flat = array.reshape(-1).copy()
    places = chance.permutation(flat.size)[: max(1, flat.size // 2)]
    flat[places] = corners[chance.integers(0, len(corners), places.size)]
    return flat.reshape(array.shape)
