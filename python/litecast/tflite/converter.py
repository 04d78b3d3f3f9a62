"""TFLiteConverter, as tf.lite has it."""

from __future__ import annotations

import os
import sys

from .. import _native
from .._convert import convert
from .._errors import ConversionError, IoError, NotYetSupported, UsageError
from .._sources import Prepared
from .._typing import Any, Iterable, Sequence
from . import attributes
from .checks import backend_names, check_options, member_names
from .errors import converter_error
from .options import OpsSet, TargetSpec
from .types import dtype

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    _Converter = TypeVar("_Converter", bound="ConverterBase")


def log_warning(message: str) -> None:
    """What tf.lite logs rather than raises."""
    import logging

    logging.getLogger("litecast").warning(message)


class ConverterBase:
    """The attributes of all converters, and conversion with them."""

    _own_attributes: set[str] = set()

    optimizations: Iterable[Any]
    representative_dataset: Any
    target_spec: TargetSpec
    inference_input_type: Any
    inference_output_type: Any
    allow_custom_ops: bool
    exclude_conversion_metadata: bool
    experimental_enable_resource_variables: bool
    experimental_lower_to_saved_model: bool
    experimental_new_converter: bool
    experimental_new_dynamic_range_quantizer: bool
    experimental_new_quantizer: bool
    experimental_stablehlo_quantizer_config: Any
    experimental_use_stablehlo_quantizer: bool
    canonicalizing_inf_as_min_max_float: bool
    legalize_custom_tensor_list_ops: bool
    model_origin_framework: str
    saved_model_dir: Any
    serialize_debug_metadata: bool
    unfold_batchmatmul: bool
    _experimental_allow_all_select_tf_ops: bool
    _experimental_preserve_assert_op: bool
    _experimental_reduce_type_precision: bool
    _source: Any

    @classmethod
    def _of(cls: type[_Converter], source: Any) -> _Converter:
        """A converter made past the constructor, which takes sources of one kind."""
        converter = cls.__new__(cls)
        converter._prepare(source)
        return converter

    def _prepare(self, source: Any) -> None:
        """Takes the source and gives all attributes their defaults."""
        self._source = source
        for table in (attributes.USED, attributes.WITHOUT_EFFECT, attributes.NOT_YET):
            for name, default in table.items():
                object.__setattr__(self, name, default)
        self.optimizations = set()
        self.target_spec = TargetSpec()
        self.inference_input_type = dtype("float32")
        self.inference_output_type = dtype("float32")

    def __setattr__(self, name: str, value: Any) -> None:
        known = attributes.USED.keys() | self._own_attributes
        attributes.check_set(self, name, value, known)
        object.__setattr__(self, name, value)

    def _convert(self, source: Any, **options: Any) -> bytes:
        attributes.refuse_not_yet(self)
        options["metadata"] = not self.exclude_conversion_metadata
        options["debug_metadata"] = bool(self.serialize_debug_metadata)
        options["select_all_tf_ops"] = bool(self._experimental_allow_all_select_tf_ops)
        options["preserve_asserts"] = bool(self._experimental_preserve_assert_op)
        options["reduce_type_precision"] = bool(self._experimental_reduce_type_precision)
        options["custom_ops"] = bool(self.allow_custom_ops)
        allowed = member_names(self.target_spec.supported_ops, OpsSet, "target_spec.supported_ops")
        is_stablehlo = str(OpsSet.EXPERIMENTAL_STABLEHLO_OPS) in allowed
        options["target"] = "stablehlo" if is_stablehlo else "runtime"
        options["select_tf_ops"], options["select_user_tf_ops"] = self._select_tf_ops(allowed)
        options["supported_backends"] = backend_names(self.target_spec.experimental_supported_backends)
        try:
            return bytes(convert(source, progress=False, **options))
        except ConversionError as error:
            raise converter_error(error) from error

    def _select_tf_ops(self, allowed: set[str]) -> tuple[str, list[str]]:
        """Where TensorFlow's kernels are wanted: throughout, when there is no other set of ops."""
        if str(OpsSet.SELECT_TF_OPS) not in allowed:
            return "never", []
        kind = "always" if len(allowed) == 1 else "where_needed"
        return kind, [str(name) for name in self.target_spec.experimental_select_user_tf_ops or ()]


class TFLiteConverter(ConverterBase):
    """Converts a TensorFlow model into the .tflite format.

    >>> from litecast import tflite
    >>> converter = tflite.TFLiteConverter.from_saved_model("path/to/saved_model")
    >>> converter.allow_custom_ops = True
    >>> data = converter.convert()

    The constructor is that of from_concrete_functions.
    """

    def __init__(self, funcs: Iterable[Any], trackable_obj: Any = None) -> None:
        self._prepare(_Functions(funcs, trackable_obj))

    @classmethod
    def from_saved_model(
        cls,
        saved_model_dir: str | os.PathLike[str],
        signature_keys: Sequence[str] | None = None,
        tags: Iterable[str] | None = None,
    ) -> TFLiteConverter:
        """A converter of a SavedModel folder; that of version 1 where eager execution is disabled.

        >>> converter = tflite.TFLiteConverter.from_saved_model("path/to/saved_model")
        >>> converter.convert()[4:8]
        b'TFL3'

        Raises:
            ValueError: there are no such signatures or tags.
            OSError: there is no SavedModel.
        """
        if _is_eager_disabled():
            old: TFLiteConverter = _of_version_1(saved_model_dir, list(signature_keys or ()), tags)
            return old
        source = _SavedModel(saved_model_dir, list(signature_keys or ()), set(tags or {"serve"}))
        converter = cls._of(source)
        converter.saved_model_dir = saved_model_dir
        return converter

    @classmethod
    def from_keras_model(cls, model: Any) -> TFLiteConverter:
        """A converter of a model of Keras 3 or tf-keras, which has been built or called.

        >>> model = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(2)])
        >>> data = tflite.TFLiteConverter.from_keras_model(model).convert()

        What is no such model, or was never built, is refused by convert().
        """
        return cls._of(_KerasModel(model))

    @classmethod
    def from_concrete_functions(
        cls, funcs: Iterable[Any], trackable_obj: Any = None
    ) -> TFLiteConverter:
        """A converter of ConcreteFunctions.

        With `trackable_obj`, the object that owns the variables, the model has signatures: one
        function becomes "serving_default", several have the names of their graphs. Without it the
        model has none, and there can be only one function.

        >>> function = module.affine.get_concrete_function()
        >>> data = tflite.TFLiteConverter.from_concrete_functions([function], module).convert()
        >>> tflite.Interpreter(model_content=data).get_signature_list()
        {'serving_default': {'inputs': ['x'], 'outputs': ['y']}}

        Raises:
            ValueError: something is no ConcreteFunction.
            TypeError: `funcs` is no list.
        """
        import tensorflow as tf

        if trackable_obj is None:
            log_warning(
                "Please consider providing the trackable_obj argument in the "
                "from_concrete_functions: without it the model has no signatures."
            )
        for function in funcs:
            if isinstance(function, tf.types.experimental.ConcreteFunction):
                continue
            message = "This function takes in a list of ConcreteFunction."
            if isinstance(function, tf.types.experimental.PolymorphicFunction):
                message += (
                    " To get the ConcreteFunction from a Function, call get_concrete_function."
                )
            raise ValueError(message)
        return cls(funcs, trackable_obj)

    @classmethod
    def experimental_from_jax(cls, serving_funcs: Any, inputs: Any) -> TFLiteConverter:
        """Raises NotYetSupported."""
        raise NotYetSupported(
            "experimental_from_jax", "convert the function with jax2tf to a tf.function"
        )

    def convert(self) -> bytes:
        """The bytes of the model.

        >>> data = tflite.TFLiteConverter.from_saved_model("path/to/saved_model").convert()
        >>> with open("model.tflite", "wb") as file:
        ...     written = file.write(data)

        Raises:
            ConverterError: operations of the model cannot be expressed.
            NotYetSupported: an option that litecast does not have yet was set.
            ValueError: options contradict each other, or something is no model.
        """
        check_options(self)
        if not self.experimental_new_converter:
            self._source.refuse_free_sizes()
        source, options = self._source.for_conversion(self.experimental_lower_to_saved_model)
        return self._convert(source, **options)


def _is_eager_disabled() -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and not tensorflow.executing_eagerly()


def _of_version_1(folder: Any, keys: list[str], tags: Iterable[str] | None) -> Any:
    if len(keys) > 1:
        raise ValueError("Only support a single signature key.")
    from .v1 import TFLiteConverter as Converter

    return Converter.from_saved_model(folder, tag_set=tags, signature_key=keys[0] if keys else None)


class _SavedModel:
    def __init__(self, folder: Any, keys: list[str], tags: set[str]) -> None:
        self.folder = os.fspath(folder)
        self.keys = keys
        self.tags = tags
        if not os.path.isfile(os.path.join(self.folder, "saved_model.pb")):
            raise IoError(
                f"SavedModel file does not exist at: {self.folder}{os.sep}"
                "{saved_model.pbtxt|saved_model.pb}"
            )
        self._description = _native.describe(os.fsencode(self.folder)).splitlines()
        known = self._known_keys()
        if not known:
            raise ValueError("Only support at least one signature key.")
        for key in keys:
            if key not in known:
                raise ValueError(
                    f"Invalid signature key '{key}' found. Valid keys are '{','.join(known)}'."
                )

    def _known_keys(self) -> list[str]:
        """The signatures of the graph with the tags. Raises UsageError when there is none."""
        keys: dict[frozenset[str], list[str]] = {}
        for line in self._description:
            kind, _, rest = line.partition(" ")
            if line.startswith("graph tagged"):
                tags = frozenset(rest.partition(" ")[2].split(","))
                keys[tags] = []
            elif kind == "signature":
                keys[tags].append(rest)
        if frozenset(self.tags) not in keys:
            existing = " ".join(str(sorted(tags)) for tags in keys)
            raise UsageError(
                f"MetaGraphDef associated with tags {sorted(self.tags)} could not be found in "
                f"SavedModel, with available tags: {existing}"
            )
        return keys[frozenset(self.tags)]

    def inputs_of(self, key: str) -> list[str]:
        """The tensors, without ports, that a signature takes."""
        names, current = [], ""
        for line in self._description:
            words = line.split()
            if words[:1] == ["signature"]:
                current = line.partition(" ")[2]
            elif words[:1] == ["input"] and current == key:
                names.append(words[-1].removesuffix(":0"))
        return names

    def refuse_free_sizes(self) -> None:
        """The reference's old converter fails here whatever the sizes are."""

    def for_conversion(self, _: bool) -> tuple[Any, dict[str, Any]]:
        return self.folder, {"signatures": self.keys, "tags": sorted(self.tags)}


class _KerasModel:
    def __init__(self, model: Any) -> None:
        self.model = model

    def refuse_free_sizes(self) -> None:
        _refuse_free_sizes((str(x.name), x.shape) for x in getattr(self.model, "inputs", None) or ())

    def for_conversion(self, _: bool) -> tuple[Any, dict[str, Any]]:
        from .._sources import keras

        if not keras.is_keras_model(self.model):
            raise AttributeError(
                f"'{type(self.model).__name__}' object has no attribute 'call': it is no Keras model"
            )
        return self.model, {}


def _refuse_free_sizes(inputs: Iterable[tuple[str, Iterable[int | None]]]) -> None:
    """As the reference's old converter does, for scripts that rely on it."""
    for name, shape in inputs:
        sizes = list(shape)
        if None in sizes[1:]:
            raise ValueError(
                f"None is only supported in the 1st dimension. Tensor '{name}' has invalid shape '{sizes}'."
            )


class _Functions:
    def __init__(self, functions: Iterable[Any], trackable_obj: Any) -> None:
        self.functions = functions
        self.trackable_obj = trackable_obj

    def refuse_free_sizes(self) -> None:
        from .._sources import functions as sources

        inputs = [tensor for function in self.functions for tensor in sources.own_inputs(function)]
        _refuse_free_sizes(
            (sources.tensor_name(tensor), tensor.shape) for tensor in inputs if tensor.shape.rank is not None
        )

    def for_conversion(self, lower_to_saved_model: bool) -> tuple[Any, dict[str, Any]]:
        functions = list(self.functions)
        if not functions:
            raise ValueError("No ConcreteFunction is specified.")
        from .._sources import functions as sources

        owner = self.trackable_obj
        if lower_to_saved_model and owner and not sources.is_function(owner):
            try:
                for function in functions:
                    sources.output_names(function)
                return functions, {}
            except UsageError:
                # Results without names, which only a model without signatures can have.
                pass
        if len(functions) > 1:
            raise ValueError(
                "This converter can only convert a single ConcreteFunction. Converting multiple "
                "functions is under development: give trackable_obj."
            )
        model, inputs, outputs = sources.frozen_graph(functions[0])
        return Prepared(model), {"input_arrays": inputs, "output_arrays": outputs}
