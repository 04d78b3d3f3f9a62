"""The fields of a ConverterError that scripts for tf.lite read."""

from __future__ import annotations

import enum
import sys
from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._diagnostic import Diagnostic


class ErrorCode(enum.IntEnum):
    UNKNOWN = 0
    ERROR_NEEDS_FLEX_OPS = 1
    ERROR_NEEDS_CUSTOM_OPS = 2
    ERROR_UNSUPPORTED_CONTROL_FLOW_V1 = 3
    ERROR_STATEFUL_PARTITIONED_CALL_IN_FINAL_IR = 4
    ERROR_GPU_NOT_COMPATIBLE = 200


@dataclass
class Operator:
    name: str


@dataclass
class Call:
    name: str


@dataclass
class Location:
    call: list[Call] = field(default_factory=list)


@dataclass
class ConverterErrorData:
    """One kind of operation that cannot be converted."""

    component: str
    subcomponent: str
    error_code: ErrorCode
    error_message: str
    operator: Operator
    location: Location


def error_data(diagnostic: Diagnostic) -> ConverterErrorData:
    code = code_of(diagnostic)
    name, message = f"tf.{diagnostic.op}", diagnostic.reason
    if code == ErrorCode.ERROR_GPU_NOT_COMPATIBLE:
        name = _name_in_the_file(diagnostic.op)
        message = f"'{name}' op is not GPU compatible: {message}"
    return ConverterErrorData(
        component="CONVERT_TF_TO_TFLITE_MODEL",
        subcomponent="CONVERT_SAVED_MODEL",
        error_code=code,
        error_message=message,
        operator=Operator(name),
        location=Location([Call(place) for place in diagnostic.places]),
    )


def _name_in_the_file(op: str) -> str:
    """ "tfl.conv_2d" for CONV_2D, and "tf.Svd" for FlexSvd, as the reference has them."""
    return f"tfl.{op.lower()}" if op.isupper() else f"tf.{op.removeprefix('Flex')}"


def code_of(diagnostic: Diagnostic) -> ErrorCode:
    """An op that TensorFlow has could run in its kernels; another needs a kernel of the user's.
    None runs what a file for compilers cannot hold."""
    if "stablehlo" in diagnostic.reason.lower():
        return ErrorCode.UNKNOWN
    remedy = diagnostic.remedy.lower()
    if "supported_backends" in remedy:
        return ErrorCode.ERROR_GPU_NOT_COMPATIBLE
    if "select_tf_ops" in remedy:
        return ErrorCode.ERROR_NEEDS_FLEX_OPS
    if "custom_ops" in remedy:
        return ErrorCode.ERROR_NEEDS_CUSTOM_OPS
    if "tensorflow" in sys.modules:
        from tensorflow.python.framework import op_def_registry

        if op_def_registry.get(diagnostic.op) is None:
            return ErrorCode.ERROR_NEEDS_CUSTOM_OPS
    return ErrorCode.ERROR_NEEDS_FLEX_OPS
