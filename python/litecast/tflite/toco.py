"""What tf.compat.v1.lite has from the converter before TFLiteConverter."""

from __future__ import annotations

import warnings

from .._errors import NotYetSupported
from .._typing import Any, Sequence

# The arguments that attributes of a converter have the names of.
_ATTRIBUTES = (
    "allow_custom_ops",
    "change_concat_input_ranges",
    "conversion_summary_dir",
    "drop_control_dependency",
    "dump_graphviz_dir",
    "dump_graphviz_video",
    "inference_input_type",
    "inference_type",
    "output_format",
    "quantized_input_stats",
    "reorder_across_fake_quant",
)


def toco_convert(
    input_data: Any, input_tensors: Sequence[Any], output_tensors: Sequence[Any], **kwargs: Any
) -> bytes:
    """The bytes of the model of a frozen GraphDef; TFLiteConverter has more options.

    >>> graph = tf.Graph()
    >>> with graph.as_default():
    ...     x = tf.compat.v1.placeholder(tf.float32, [2], "x")
    ...     y = tf.nn.relu(x, name="y")
    >>> v1.toco_convert(graph.as_graph_def(), [x], [y])[4:8]
    b'TFL3'

    Raises:
        NotYetSupported: an argument that litecast does not have.
    """
    from .v1 import TFLiteConverter

    warnings.warn(
        "toco_convert is deprecated, please use TFLiteConverter instead.", DeprecationWarning, stacklevel=2
    )
    converter = TFLiteConverter(input_data, input_tensors, output_tensors)
    for name, value in kwargs.items():
        if name == "target_ops":
            converter.target_spec.supported_ops = value
        elif name in _ATTRIBUTES:
            setattr(converter, name, value)
        else:
            raise NotYetSupported(f"toco_convert({name}=…)", "use TFLiteConverter")
    return converter.convert()


class OpHint:
    """Marks a part of a graph as one op. Raises NotYetSupported."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotYetSupported(
            "OpHint", "put the part into a function with experimental_implements, which becomes that op"
        )
