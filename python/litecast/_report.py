"""What a conversion did, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from ._words import in_python

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Tensor:
    """An argument or result of a signature.

    Attributes:
        name: as callers of the signature name it.
        tensor: its name in the file.
        dtype: "float32", "int8", "string", …
        shape: sizes, None where a size is free; None for the whole when even the rank is.

    >>> print(litecast.convert("path/to/saved_model").report.inputs[0])
    x: float32[?,4]
    """

    name: str
    tensor: str
    dtype: str
    shape: tuple[int | None, ...] | None

    def __str__(self) -> str:
        if self.shape is None:
            return f"{self.name}: {self.dtype}[...]"
        sizes = ",".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.name}: {self.dtype}[{sizes}]"


@dataclass(frozen=True)
class Signature:
    """A way to call the model. Inputs and outputs stand in the order of the graph's.

    The key is empty for a graph that has no signatures.

    >>> for signature in litecast.convert(module).report.signatures:
    ...     print(signature.key, [tensor.name for tensor in signature.inputs])
    affine ['x']
    double ['x']
    """

    key: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Layer:
    """What became of a layer of the source, or of another name scope.

    Attributes:
        name: its path, such as "functional_1/conv2d_1"; empty for what stands in no scope.
        ops: the operators that it became, and how many of each. One that was made of several
            layers' stands with one of them.
        constant_bytes: bytes of the constants that these are the first to use: its weights.

    >>> litecast.convert("path/to/saved_model").report.layers
    (Layer(name='', ops={'FULLY_CONNECTED': 1}, constant_bytes=60),)
    """

    name: str
    ops: dict[str, int]
    constant_bytes: int


@dataclass(frozen=True)
class Kernel:
    """An operation that no builtin operator of the runtime computes.

    Attributes:
        op: as TensorFlow calls it: "Qr".
        kind: "select_tf" where TensorFlow's own kernel runs it, "custom" where one of yours does.
        count: how often it stands in the file.
        places: the layers that use it, or the paths of its nodes.
        reason: why no builtin operator does; empty where that is not known.
        remedy: what would avoid it; empty where nothing is known.

    >>> model = litecast.convert("path/to/decoder", select_tf_ops=True)
    >>> [(kernel.op, kernel.kind, kernel.count) for kernel in model.report.kernels]
    [('DecodeJpeg', 'select_tf', 1)]
    """

    op: str
    kind: str
    count: int
    places: tuple[str, ...]
    reason: str
    remedy: str


@dataclass(frozen=True)
class Report:
    """What a conversion did and what its result needs.

    Attributes:
        signatures: what can be called.
        ops: how often each operator stands in the file, the most frequent first.
        bytes: size of the file.
        seconds: time that the conversion took; of an object in memory without the tracing.
        min_runtime_version: the oldest runtime that has all the kernels, such as "1.14.0".
        runs_on_standard_runtime: whether builtin kernels suffice.
        runs_on_play_services: whether the runtime of Google Play services, which accepts no
            custom kernels, runs it.
        warnings: what one should know though the conversion succeeded; a sentence each.
        kernels: what the runtime must bring besides its builtin operators.
        runtime_growth_mb: megabytes by which it grows thereby, as far as that is known: those of
            TensorFlow's kernels on 32-bit ARM.
        layers: what became of each layer, in the order of execution.
        timings: seconds that each step took: "reading", "building", "optimizing", "writing".

    >>> report = litecast.convert("path/to/saved_model").report
    >>> report.inputs[0].name, report.inputs[0].dtype, report.inputs[0].shape
    ('x', 'float32', (None, 4))
    >>> report.ops
    {'FULLY_CONNECTED': 1}
    >>> report.runs_on_standard_runtime
    True
    """

    signatures: tuple[Signature, ...]
    ops: dict[str, int]
    bytes: int
    seconds: float
    min_runtime_version: str
    runs_on_standard_runtime: bool
    runs_on_play_services: bool
    warnings: tuple[str, ...]
    kernels: tuple[Kernel, ...] = ()
    runtime_growth_mb: int = 0
    layers: tuple[Layer, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The inputs of the first signature."""
        return self.signatures[0].inputs

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """The outputs of the first signature."""
        return self.signatures[0].outputs


def _tensors(rows: list[Any]) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(
            name,
            tensor,
            dtype,
            None if shape is None else tuple(None if size < 0 else size for size in shape),
        )
        for name, tensor, dtype, shape in rows
    )


def report_of(native: dict[str, Any]) -> Report:
    """The dataclass for what the native module returns."""
    signatures = tuple(
        Signature(key, _tensors(inputs), _tensors(outputs))
        for key, inputs, outputs in native.pop("signatures")
    )
    kernels = tuple(
        Kernel(**{**kernel, "remedy": in_python(kernel["remedy"])}) for kernel in native.pop("kernels")
    )
    layers = tuple(Layer(*layer) for layer in native.pop("layers"))
    return Report(signatures=signatures, kernels=kernels, layers=layers, **native)
