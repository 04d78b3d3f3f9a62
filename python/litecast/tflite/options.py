"""What a converter is told about its target: the enumerations and specifications of tf.lite."""

from __future__ import annotations

import enum

from .._typing import Any, Callable, Iterable


class OpsSet(enum.Enum):
    """Sets of operators that a target has.

    >>> converter = tflite.TFLiteConverter.from_saved_model("path/to/decoder")
    >>> converter.target_spec.supported_ops = [
    ...     tflite.OpsSet.TFLITE_BUILTINS,
    ...     tflite.OpsSet.SELECT_TF_OPS,
    ... ]
    >>> data = converter.convert()
    """

    TFLITE_BUILTINS = "TFLITE_BUILTINS"
    SELECT_TF_OPS = "SELECT_TF_OPS"
    TFLITE_BUILTINS_INT8 = "TFLITE_BUILTINS_INT8"
    EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8 = (
        "EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8"
    )
    EXPERIMENTAL_STABLEHLO_OPS = "EXPERIMENTAL_STABLEHLO_OPS"

    def __str__(self) -> str:
        return self.value

    @staticmethod
    def get_options() -> list[str]:
        """The values, as strings."""
        return [str(option) for option in OpsSet]


class Optimize(enum.Enum):
    """What may be done to make a model smaller or faster at the cost of exactness.

    >>> [str(member) for member in tflite.Optimize][0]
    'DEFAULT'
    """

    DEFAULT = "DEFAULT"
    OPTIMIZE_FOR_SIZE = "OPTIMIZE_FOR_SIZE"
    OPTIMIZE_FOR_LATENCY = "OPTIMIZE_FOR_LATENCY"
    EXPERIMENTAL_SPARSITY = "EXPERIMENTAL_SPARSITY"

    def __str__(self) -> str:
        return self.value


class RepresentativeDataset:
    """Samples for calibration.

    Args:
        input_gen: a function that returns a generator of samples.
    """

    def __init__(self, input_gen: Callable[[], Iterable[Any]]) -> None:
        self.input_gen = input_gen


class TargetSpec:
    """The device for which a model is made.

    >>> spec = tflite.TargetSpec(supported_ops=[tflite.OpsSet.SELECT_TF_OPS])

    Attributes:
        supported_ops: members of OpsSet; TFLITE_BUILTINS alone by default.
        supported_types: element types that quantization may use.
        experimental_select_user_tf_ops: names of ops of yours that are registered with TensorFlow's.
        experimental_supported_backends: ["GPU"] makes what the GPU delegate would leave to the CPU an
            error, ERROR_GPU_NOT_COMPATIBLE.
    """

    def __init__(
        self,
        supported_ops: Iterable[Any] | None = None,
        supported_types: Iterable[Any] | None = None,
        experimental_select_user_tf_ops: Iterable[str] | None = None,
        experimental_supported_backends: Iterable[str] | None = None,
    ) -> None:
        self.supported_ops = {OpsSet.TFLITE_BUILTINS} if supported_ops is None else supported_ops
        self.supported_types = set() if supported_types is None else supported_types
        self.experimental_select_user_tf_ops = (
            set() if experimental_select_user_tf_ops is None else experimental_select_user_tf_ops
        )
        self.experimental_supported_backends = experimental_supported_backends
        self._experimental_custom_op_registerers: list[Any] = []
        self._experimental_supported_accumulation_type: Any = None
