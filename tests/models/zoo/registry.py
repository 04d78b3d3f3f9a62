"""The list of models, and how one is declared.

A family file declares each model as a small function. `@graph` makes a model of a function on
tensors; `@model` takes a function that returns something with weights: a Keras model, a tf_keras
model, or a tf.Module with a tf.function named `serve`. A function that has a parameter `folder`
writes its SavedModel there itself.

An axis of an input is a number, or a name where it is free. "batch" takes the sizes 1, 2 and 3;
any other name takes those of `sizes`.
"""

import dataclasses
import inspect
import zlib

import numpy as np

FLOAT32 = 1e-4  # of the largest magnitude of an output
FLOAT16 = 2e-2

MODELS = {}

_DEFAULT_SIZES = {"batch": (1, 2, 3)}


@dataclasses.dataclass(frozen=True)
class Input:
    """What goes into a model: `make(generator, shape)` gives values of `dtype`."""

    shape: tuple
    dtype: str
    make: callable
    scalable: bool = False  # may be multiplied to make a second input that differs by much

    def spec_shape(self):
        return [axis if isinstance(axis, int) else None for axis in self.shape]

    def sample(self, name):
        """A batch to calibrate with, for an input whose axes are all numbers."""
        generator = np.random.default_rng(zlib.crc32(name.encode()))
        return self.make(generator, list(self.shape)).astype(self.dtype)


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    family: str
    build: callable
    inputs: dict
    sizes: dict
    tolerance: float
    deep: bool  # float noise is measured by a float64 run, and may allow 1e-3
    quick: bool
    xla: bool  # TensorFlow's own kernels cannot run it: the truth is that of XLA on the CPU
    constant_outputs: tuple  # outputs that no input value changes, such as sizes
    mutate: bool  # has a layer that can be dropped
    fused: int | None  # recurrent ops of `--recurrent fused`; None: has no recurrent layers

    def case_inputs(self, case):
        """Inputs of case 0 to 3: twice the smallest sizes, then the middle and the large ones."""
        variant = max(0, case - 1)
        generator = np.random.default_rng([zlib.crc32(self.name.encode()), case])
        # The second input is larger than the first, so that the outputs differ by much.
        scale = 1.0 if case != 1 else 3.0 if self.tolerance < FLOAT16 else 30.0
        values = {}
        for name, spec in self.inputs.items():
            shape = [a if isinstance(a, int) else self.sizes[a][variant] for a in spec.shape]
            value = spec.make(generator, shape)
            if spec.scalable:
                value = value * scale
            values[name] = np.asarray(value).astype(spec.dtype) if spec.dtype != "string" else value
        return values

    def case_count(self):
        free = any(not isinstance(a, int) for i in self.inputs.values() for a in i.shape)
        return 4 if free else 2


def _normal(generator, shape):
    return generator.standard_normal(shape)


def floats(*shape, low=None, high=None, dtype="float32"):
    """Normally distributed, or evenly between low and high."""
    if low is None:
        return Input(shape, dtype, _normal, scalable=True)
    return Input(shape, dtype, lambda generator, size: generator.uniform(low, high, size))


def integers(*shape, low=-20, high=20, dtype="int32"):
    return Input(shape, dtype, lambda generator, size: generator.integers(low, high, size))


def bools(*shape):
    return Input(shape, "bool", lambda generator, size: generator.random(size) < 0.5)


def images(*shape, low=0.0, high=1.0, dtype="float32"):
    """Smooth shapes with noise over them; [..., height, width, channels]."""

    def make(generator, size):
        *outer, height, width, channels = size
        y = np.linspace(0, 1, height)[:, None, None]
        x = np.linspace(0, 1, width)[None, :, None]
        waves = np.zeros(size)
        for index in np.ndindex(*outer):
            frequency = generator.uniform(1, 12, (4, channels))
            angle = generator.uniform(0, 2 * np.pi, (4, channels))
            for f, a in zip(frequency, angle):
                waves[index] += np.sin(f * (x * np.cos(a) + y * np.sin(a)) * 3 + a)
        noise = generator.standard_normal(size)
        contrast = generator.uniform(0.4, 1.0, [*outer, 1, 1, 1])
        return low + (high - low) * np.clip(0.5 + 0.2 * waves + 0.1 * noise, 0, 1) * contrast

    return Input(shape, dtype, make)


def model(
    *,
    sizes=None,
    tolerance=FLOAT32,
    deep=False,
    quick=True,
    xla=False,
    constant_outputs=(),
    mutate=True,
    fused=None,
    name=None,
    **inputs,
):
    """Registers the decorated function as a model with these inputs."""

    def register(function):
        unique = name or function.__name__
        if unique in MODELS:
            raise ValueError(f"two models are named {unique}")
        MODELS[unique] = Model(
            name=unique,
            family=function.__module__.rpartition(".")[2],
            build=function,
            inputs=inputs,
            sizes={**_DEFAULT_SIZES, **(sizes or {})},
            tolerance=tolerance,
            deep=deep,
            quick=quick,
            xla=xla,
            constant_outputs=tuple(constant_outputs),
            mutate=mutate,
            fused=fused,
        )
        return function

    return register


def graph(**options):
    """Registers the decorated function, which takes and returns tensors, as a model."""

    def register(function):
        names = list(inspect.signature(function).parameters)

        def build():
            import tensorflow as tf

            specs = [
                tf.TensorSpec(options[n].spec_shape(), options[n].dtype, name=n) for n in names
            ]
            module = tf.Module()
            module.serve = tf.function(function, input_signature=specs)
            return module

        build.__module__ = function.__module__
        build.__name__ = function.__name__
        model(**options)(build)
        return function

    return register


def constant(name, *shape, low=None, high=None, dtype="float32"):
    """A random array that depends on its name alone."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    values = (
        generator.standard_normal(shape) if low is None else generator.uniform(low, high, shape)
    )
    return values.astype(dtype)
