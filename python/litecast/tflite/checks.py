"""The combinations of options: which of them mean anything, in the reference's words."""

from __future__ import annotations

from .._errors import NotYetSupported
from .attributes import say_once
from .options import OpsSet, Optimize
from .types import dtype_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INT16 = OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
_FRAMEWORKS = ("UNSET", "TENSORFLOW", "KERAS", "JAX", "PYTORCH")


def member_names(values: Any, enumeration: Any, what: str) -> set[str]:
    """The names of enumeration members, which may also be those of tf.lite."""
    names = set()
    known = {str(member) for member in enumeration}
    for value in values:
        if isinstance(value, str) or str(value) not in known:
            raise ValueError(
                f"{what} holds {value!r}, which is no member of {enumeration.__name__}; "
                f"there are: {', '.join(sorted(known))}"
            )
        names.add(str(value))
    return names


def check_options(converter: Any) -> None:
    """Raises what the reference raises for wrong combinations, and NotYetSupported for right ones
    that are not built."""
    spec = converter.target_spec
    ops = member_names(spec.supported_ops, OpsSet, "target_spec.supported_ops")
    optimizations = member_names(converter.optimizations, Optimize, "optimizations")
    _check_ops(ops)
    _check_framework(converter)
    quantizes = bool(optimizations - {"EXPERIMENTAL_SPARSITY"})
    if quantizes:
        _check_quantization(converter, ops)
    _check_io_types(converter, quantizes, ops)
    _check_stablehlo_quantizer(converter, quantizes)
    if optimizations:
        raise NotYetSupported(f"optimizations={sorted(optimizations)}", "convert without it")
    if not quantizes:
        _say_what_is_unused(converter, ops)


def backend_names(values: Any) -> list[str]:
    """What convert() calls these backends. Names that the reference ignores are ignored."""
    names = []
    for value in values or ():
        if value == "GPU":
            names = ["gpu"]
        else:
            say_once(
                f"target_spec.experimental_supported_backends: there is no backend {value!r}, only 'GPU'"
            )
    return names


def _check_ops(ops: set[str]) -> None:
    if "EXPERIMENTAL_STABLEHLO_OPS" in ops and len(ops) > 1:
        raise ValueError("StableHLO Ops set can not be specified together with other Ops set.")


def _check_framework(converter: Any) -> None:
    name = str(converter.model_origin_framework)
    if name not in _FRAMEWORKS:
        raise ValueError(f"'{name}' is no model_origin_framework; there are: {_FRAMEWORKS}")


def _check_quantization(converter: Any, ops: set[str]) -> None:
    types = {dtype_name(dtype) for dtype in converter.target_spec.supported_types}
    int8_only = ops == {str(OpsSet.TFLITE_BUILTINS_INT8)}
    if int8_only and types - {"int8"}:
        raise ValueError(
            "As full integer quantization has been enabled by setting "
            "`target_spec.supported_ops`={tf.lite.OpsSet.TFLITE_BUILTINS_INT8}, thus "
            "`target_spec.supported_types` should be left uninitizalized or set to {tf.int8}."
        )
    if (int8_only or types == {"int8"}) and not converter.representative_dataset:
        raise ValueError(
            "For full integer quantization, a `representative_dataset` must be specified."
        )


def _check_io_types(converter: Any, quantizes: bool, ops: set[str]) -> None:
    types = {
        dtype_name(converter.inference_input_type),
        dtype_name(converter.inference_output_type),
    }
    allowed = ["float32"]
    if quantizes and converter.representative_dataset:
        allowed += ["int16"] if str(_INT16) in ops else ["int8", "uint8", "int16"]
    if types <= set(allowed):
        return
    if len(allowed) == 1:
        raise ValueError(
            "The inference_input_type and inference_output_type must be tf.float32."
        )
    names = [f"tf.{name}" for name in allowed]
    raise ValueError(f"The inference_input_type and inference_output_type must be in {names}.")


def _check_stablehlo_quantizer(converter: Any, quantizes: bool) -> None:
    uses = converter.experimental_use_stablehlo_quantizer
    if converter.experimental_stablehlo_quantizer_config is not None and not uses:
        raise ValueError(
            "QuantizationConfig should be provided only when experimental_use_stablehlo_quantizer "
            "is set to true."
        )
    if uses and not (quantizes and converter.representative_dataset):
        raise ValueError(
            "StableHLO quantizer only supports static-range and weight-only PTQ."
        )
    if uses:
        raise NotYetSupported("experimental_use_stablehlo_quantizer")


def _say_what_is_unused(converter: Any, ops: set[str]) -> None:
    unused = []
    if converter.representative_dataset is not None:
        unused.append("representative_dataset")
    if set(map(dtype_name, converter.target_spec.supported_types)) - {"float32"}:
        unused.append("target_spec.supported_types")
    if ops & {str(OpsSet.TFLITE_BUILTINS_INT8), str(_INT16)}:
        unused.append("the integer ops of target_spec.supported_ops")
    for name in unused:
        say_once(f"{name}: without Optimize.DEFAULT among the optimizations the model stays float")
