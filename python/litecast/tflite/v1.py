"""The converter of TensorFlow 1, as tf.compat.v1.lite.TFLiteConverter has it."""

from __future__ import annotations

import os
import warnings

from .._errors import IoError, NotYetSupported
from .._sources import Prepared
from .._typing import Any, Iterable, Mapping, Sequence
from . import constants, experimental, graph_file
from .attributes import say_once
from .checks import check_options
from .converter import ConverterBase, _KerasModel, _SavedModel, log_warning
from .errors import made_error
from .options import OpsSet, Optimize, RepresentativeDataset, TargetSpec
from .toco import OpHint, toco_convert
from .types import dtype_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    Interpreter: Any

__all__ = [
    "Interpreter",
    "OpHint",
    "OpsSet",
    "Optimize",
    "RepresentativeDataset",
    "TFLiteConverter",
    "TargetSpec",
    "TocoConverter",
    "constants",
    "experimental",
    "toco_convert",
]

_DEFAULTS: dict[str, Any] = {
    "inference_type": None,
    "output_format": constants.TFLITE,
    "quantized_input_stats": {},
    "default_ranges_stats": None,
    "drop_control_dependency": True,
    "reorder_across_fake_quant": False,
    "change_concat_input_ranges": False,
    "dump_graphviz_dir": None,
    "dump_graphviz_video": False,
    "conversion_summary_dir": None,
    "_control_output_arrays": None,
}
# They have no part in what litecast does with a graph.
_WITHOUT_EFFECT = ("drop_control_dependency", "reorder_across_fake_quant", "change_concat_input_ranges")
# Drawings of the reference's old converter, which its present one does not make either.
_DRAWINGS = ("dump_graphviz_dir", "dump_graphviz_video", "conversion_summary_dir")
_NUMBERS_OF_FORMATS = {2: "TFLITE", 3: "GRAPHVIZ_DOT"}


class TFLiteConverter(ConverterBase):
    """Converts a graph of TensorFlow 1.

    >>> converter = v1.TFLiteConverter.from_frozen_graph("path/to/frozen.pb", ["x"], ["y"])
    >>> data = converter.convert()

    Args:
        graph_def: a frozen GraphDef.
        input_tensors: the tensors at which it begins; of them the names and shapes are used.
        output_tensors: those at which it ends.
        input_arrays_with_shape: [(name, sizes)], in place of input_tensors.
        output_arrays: names, in place of output_tensors.
    """

    _own_attributes = {*_DEFAULTS, "post_training_quantize", "target_ops"}

    inference_type: Any
    output_format: Any
    quantized_input_stats: Mapping[str, Any]
    default_ranges_stats: Any
    drop_control_dependency: bool
    reorder_across_fake_quant: bool
    change_concat_input_ranges: bool
    dump_graphviz_dir: str | None
    dump_graphviz_video: bool
    conversion_summary_dir: str | None
    _control_output_arrays: Sequence[str] | None

    def __init__(
        self,
        graph_def: Any,
        input_tensors: Sequence[Any] | None,
        output_tensors: Sequence[Any] | None,
        input_arrays_with_shape: Sequence[tuple[str, Sequence[int]]] | None = None,
        output_arrays: Sequence[str] | None = None,
        experimental_debug_info_func: Any = None,
    ) -> None:
        if input_tensors is not None and input_arrays_with_shape is not None:
            log_warning("input_arrays_with_shape will be ignored: input_tensors are given")
        if output_tensors is not None and output_arrays is not None:
            log_warning("output_arrays will be ignored: output_tensors are given")
        if input_tensors is not None and output_tensors:
            inputs = {_name(tensor): _sizes(tensor) for tensor in input_tensors}
            outputs = [_name(tensor) for tensor in output_tensors]
        else:
            inputs = {name: list(sizes) for name, sizes in input_arrays_with_shape or ()}
            outputs = list(output_arrays or ())
        has_tensors = input_tensors is not None and bool(output_tensors)
        self._prepare(_Graph(graph_def, inputs, outputs, has_tensors))

    def _prepare(self, source: Any) -> None:
        super()._prepare(source)
        for name, value in _DEFAULTS.items():
            object.__setattr__(self, name, dict(value) if isinstance(value, dict) else value)
        self.inference_type = self.inference_input_type
        self.inference_input_type = None
        self.inference_output_type = None

    @classmethod
    def from_session(
        cls, sess: Any, input_tensors: Sequence[Any], output_tensors: Sequence[Any]
    ) -> TFLiteConverter:
        """A converter of a session's graph, with the values that its variables have now.

        >>> with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        ...     x = tf.compat.v1.placeholder(tf.float32, [2], "x")
        ...     y = tf.nn.relu(x)
        ...     data = v1.TFLiteConverter.from_session(session, [x], [y]).convert()
        """
        import tensorflow as tf

        names = [tensor.op.name for tensor in output_tensors]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            freeze = tf.compat.v1.graph_util.convert_variables_to_constants
            graph_def = freeze(sess, sess.graph.as_graph_def(add_shapes=True), names)
        return cls(graph_def, input_tensors, output_tensors)

    @classmethod
    def from_frozen_graph(
        cls,
        graph_def_file: str | os.PathLike[str],
        input_arrays: Sequence[str],
        output_arrays: Sequence[str],
        input_shapes: Mapping[str, Sequence[int] | None] | None = None,
    ) -> TFLiteConverter:
        """A converter of a file with a frozen GraphDef, binary or text.

        >>> make = v1.TFLiteConverter.from_frozen_graph
        >>> make("path/to/frozen.pb", ["x"], ["y"]).get_input_arrays()
        ['x']

        Raises:
            OSError: the file does not exist or is no GraphDef.
            ValueError: the graph is not frozen, or has no such tensors.
        """
        source = graph_file.read(os.fspath(graph_def_file))
        nodes = graph_file.nodes(source)
        if any(op in graph_file.VARIABLES for op in nodes.values()):
            raise ValueError("Please freeze the graph using freeze_graph.py.")
        for names in (input_arrays, output_arrays):
            missing = [name for name in names if name.partition(":")[0] not in nodes]
            if missing:
                raise ValueError(f"Invalid tensors '{','.join(missing)}' were found.")
        shapes = {name: sizes for name, sizes in (input_shapes or {}).items() if sizes is not None}
        unknown = [name for name in shapes if name not in input_arrays]
        if unknown:
            raise ValueError(f"input_shapes names '{unknown[0]}', which is no input array")
        inputs = {name: shapes.get(name) for name in input_arrays}
        return cls._of(_Graph(source, inputs, list(output_arrays)))

    @classmethod
    def from_saved_model(
        cls,
        saved_model_dir: str | os.PathLike[str],
        input_arrays: Sequence[str] | None = None,
        input_shapes: Mapping[str, Sequence[int] | None] | None = None,
        output_arrays: Sequence[str] | None = None,
        tag_set: Iterable[str] | None = None,
        signature_key: str | None = None,
    ) -> TFLiteConverter:
        """A converter of one signature of a SavedModel.

        >>> data = v1.TFLiteConverter.from_saved_model("path/to/saved_model").convert()

        Raises:
            ValueError: there is no such signature or tag.
            OSError: there is no SavedModel.
        """
        key = signature_key or "serving_default"
        source = _SavedModel(saved_model_dir, [key], set(tag_set or {"serve"}))
        converter = cls._of(_CutSavedModel(source, input_arrays, input_shapes, output_arrays))
        converter.saved_model_dir = saved_model_dir
        return converter

    @classmethod
    def from_keras_model_file(
        cls,
        model_file: str | os.PathLike[str],
        input_arrays: Sequence[str] | None = None,
        input_shapes: Mapping[str, Sequence[int] | None] | None = None,
        output_arrays: Sequence[str] | None = None,
        custom_objects: Mapping[str, Any] | None = None,
    ) -> TFLiteConverter:
        """A converter of a file that Keras wrote, which the installed Keras reads.

        >>> model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(2)])
        >>> model.save("model.keras")
        >>> data = v1.TFLiteConverter.from_keras_model_file("model.keras").convert()

        Raises:
            OSError: there is no such file.
            ValueError: arrays were given, which only graphs have.
        """
        if input_arrays or output_arrays:
            raise ValueError(
                "`input_arrays` and `output_arrays` are unsupported with Eager mode. If your model "
                "requires any of these parameters, please use disable_eager_execution()."
            )
        if input_shapes:
            raise NotYetSupported("input_shapes of from_keras_model_file")
        if not os.path.exists(model_file):
            raise IoError(f"{os.fspath(model_file)}: there is no such file")
        try:
            import keras
        except ImportError:
            raise NotYetSupported("a Keras file without Keras", "pip install keras") from None
        model = keras.models.load_model(model_file, custom_objects=custom_objects, compile=False)
        return cls._of(_KerasModel(model))

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "post_training_quantize":
            _warn_deprecated(name, "optimizations=[Optimize.DEFAULT]")
            self.optimizations = [Optimize.DEFAULT] if value else []
        elif name == "target_ops":
            _warn_deprecated(name, "target_spec.supported_ops")
            self.target_spec.supported_ops = value
        else:
            if name in _DRAWINGS and value:
                say_once(f"{name} has no effect: nothing is drawn")
            super().__setattr__(name, value)

    @property
    def post_training_quantize(self) -> bool:
        _warn_deprecated("post_training_quantize", "optimizations=[Optimize.DEFAULT]")
        return Optimize.DEFAULT in set(self.optimizations)

    @property
    def target_ops(self) -> Any:
        _warn_deprecated("target_ops", "target_spec.supported_ops")
        return self.target_spec.supported_ops

    def get_input_arrays(self) -> list[str]:
        """The names of the inputs."""
        return list(self._source.input_arrays())

    def convert(self) -> bytes:
        """The bytes of the model.

        Raises:
            ConverterError: operations of the model cannot be expressed.
            NotYetSupported: an option that litecast does not have yet was set.
        """
        self._check()
        if isinstance(self._source, _Graph):
            self._source.check_control_outputs(list(self._control_output_arrays or ()))
        source, options = self._source.for_conversion(self.experimental_lower_to_saved_model)
        return self._convert(source, **options)

    def _check(self) -> None:
        if self.quantized_input_stats:
            missing = [n for n in self.get_input_arrays() if n not in self.quantized_input_stats]
            if missing:
                raise ValueError(
                    f"Quantization input stats are not available for input tensors '{','.join(missing)}'."
                )
        integers = {"int8", "uint8"} & {
            dtype_name(self.inference_type),
            dtype_name(self.inference_input_type),
        }
        if integers and not self.quantized_input_stats and not self.optimizations:
            raise ValueError(
                "The `quantized_input_stats` flag must be defined when either `inference_type` "
                "flag or `inference_input_type` flag is set to tf.int8 or tf.uint8."
            )
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if name == "inference_type":
                if dtype_name(value) != "float32":
                    raise NotYetSupported(f"inference_type={dtype_name(value)}")
            elif name == "output_format":
                _check_format(value)
            elif name in (*_WITHOUT_EFFECT, *_DRAWINGS, "_control_output_arrays"):
                continue
            elif value != default:
                raise NotYetSupported(name)
        check_options(_WithFloatTypes(self))


def _check_format(value: Any) -> None:
    name = _NUMBERS_OF_FORMATS.get(value, value) if isinstance(value, int) else str(value)
    if name not in _NUMBERS_OF_FORMATS.values():
        raise ValueError(f'unknown enum label "{name}"')
    if name != "TFLITE":
        raise NotYetSupported(f"output_format={name}", "`litecast show` prints the graph of a .tflite file")


class _WithFloatTypes:
    """A converter whose types of inputs and outputs, when they are not set, are inference_type."""

    def __init__(self, converter: TFLiteConverter) -> None:
        self._converter = converter

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._converter, name)
        if value is None and name in ("inference_input_type", "inference_output_type"):
            return self._converter.inference_type
        return value


class TocoConverter:
    """The old name of TFLiteConverter."""

    @classmethod
    def from_session(cls, *args: Any, **kwargs: Any) -> TFLiteConverter:
        """TFLiteConverter.from_session, with a warning."""
        _warn_deprecated("TocoConverter", "TFLiteConverter.from_session")
        return TFLiteConverter.from_session(*args, **kwargs)

    @classmethod
    def from_frozen_graph(cls, *args: Any, **kwargs: Any) -> TFLiteConverter:
        """TFLiteConverter.from_frozen_graph, with a warning."""
        _warn_deprecated("TocoConverter", "TFLiteConverter.from_frozen_graph")
        return TFLiteConverter.from_frozen_graph(*args, **kwargs)

    @classmethod
    def from_saved_model(cls, *args: Any, **kwargs: Any) -> TFLiteConverter:
        """TFLiteConverter.from_saved_model, with a warning."""
        _warn_deprecated("TocoConverter", "TFLiteConverter.from_saved_model")
        return TFLiteConverter.from_saved_model(*args, **kwargs)

    @classmethod
    def from_keras_model_file(cls, *args: Any, **kwargs: Any) -> TFLiteConverter:
        """TFLiteConverter.from_keras_model_file, with a warning."""
        _warn_deprecated("TocoConverter", "TFLiteConverter.from_keras_model_file")
        return TFLiteConverter.from_keras_model_file(*args, **kwargs)


class _Graph:
    """A GraphDef, as bytes or as TensorFlow's message."""

    def __init__(
        self,
        graph_def: Any,
        inputs: Mapping[str, Sequence[int] | None],
        outputs: list[str],
        has_tensors: bool = False,
    ) -> None:
        self.graph_def = graph_def
        self.inputs = inputs
        self.outputs = outputs
        self.has_tensors = has_tensors

    def check_control_outputs(self, names: list[str]) -> None:
        """Of a frozen graph nothing remains that a model would do besides computing its outputs."""
        if not names or self.has_tensors:
            return
        if len(set(names)) != len(names):
            raise made_error("Control outputs must be unique")
        nodes = graph_file.nodes(self._bytes())
        for name in names:
            if name not in nodes:
                raise made_error(f"Graph does not contain node: {name}")
        if not self.outputs:
            raise NotYetSupported("a model of control outputs alone", "it would compute nothing")

    def _bytes(self) -> bytes:
        graph = self.graph_def
        return graph if isinstance(graph, bytes) else bytes(graph.SerializeToString())

    def input_arrays(self) -> Iterable[str]:
        return self.inputs

    def for_conversion(self, _: bool) -> tuple[Any, dict[str, Any]]:
        if not self.inputs or not self.outputs:
            raise ValueError(
                "If input_tensors and output_tensors are None, both input_arrays_with_shape and "
                "output_arrays|control_output_arrays must be defined."
            )
        data = self._bytes()
        shapes = {name: sizes for name, sizes in self.inputs.items() if sizes is not None}
        return Prepared(("graph_def", data, [])), {
            "input_arrays": list(self.inputs),
            "output_arrays": self.outputs,
            "input_shapes": shapes,
        }


class _CutSavedModel:
    def __init__(self, source: _SavedModel, inputs: Any, shapes: Any, outputs: Any) -> None:
        self.source = source
        self.inputs = list(inputs or ())
        self.shapes = {name: sizes for name, sizes in (shapes or {}).items() if sizes is not None}
        self.outputs = list(outputs or ())

    def input_arrays(self) -> Iterable[str]:
        return self.inputs or self.source.inputs_of(self.source.keys[0])

    def for_conversion(self, lower: bool) -> tuple[Any, dict[str, Any]]:
        folder, options = self.source.for_conversion(lower)
        return folder, {
            **options,
            "input_arrays": self.inputs,
            "output_arrays": self.outputs,
            "input_shapes": self.shapes,
        }


def _name(tensor: Any) -> str:
    return str(tensor.name).removesuffix(":0")


def _sizes(tensor: Any) -> list[int] | None:
    if tensor.shape.rank is None:
        return None
    return [-1 if size is None else int(size) for size in tensor.shape.as_list()]


def _warn_deprecated(name: str, instead: str) -> None:
    warnings.warn(f"Property {name} is deprecated, please use {instead} instead.", stacklevel=3)


def __getattr__(name: str) -> Any:
    # The runtime takes long to import, and conversion does not need it.
    if name == "Interpreter":
        from .runtime import interpreter_module

        return interpreter_module().Interpreter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
