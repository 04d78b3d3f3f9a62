"""Models that keep state: their signatures are called one after the other in one interpreter."""

import dataclasses
import zlib

import numpy as np

from .registry import FLOAT32, MODELS, Input, Model


@dataclasses.dataclass(frozen=True)
class StatefulModel(Model):
    calls: tuple = ()  # (signature, {input's name: Input, or the very values})

    def case_inputs(self, case):
        generator = np.random.default_rng([zlib.crc32(self.name.encode()), case])
        return {
            name: spec.make(generator, list(spec.shape)).astype(spec.dtype)
            if isinstance(spec, Input)
            else np.asarray(spec)
            for name, spec in self.calls[case][1].items()
        }

    def case_count(self):
        return len(self.calls)


def call(signature, **inputs):
    return signature, inputs


def stateful(*calls, tolerance=FLOAT32, quick=True):
    """Registers the decorated function, which returns a model as those of the registry do; a
    tf.Module says in `exported` what its signatures are. The answer to the last call must depend
    on those before."""

    def register(function):
        if function.__name__ in MODELS:
            raise ValueError(f"two models are named {function.__name__}")
        MODELS[function.__name__] = StatefulModel(
            name=function.__name__,
            family=function.__module__.rpartition(".")[2],
            build=function,
            inputs={},
            sizes={},
            tolerance=tolerance,
            deep=False,
            quick=quick,
            xla=False,
            constant_outputs=(),
            mutate=False,
            fused=None,
            calls=calls,
        )
        return function

    return register
