"""Keras models, of Keras 3 and of tf-keras: their inference as a ConcreteFunction."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import Any

from .._errors import NotYetSupported, UsageError


def is_keras_model(source: Any) -> bool:
    """Whether it is a model or layer of a Keras that the program has imported."""
    for name in ("keras", "tf_keras"):
        keras = sys.modules.get(name)
        if keras is not None and hasattr(keras, "layers") and isinstance(source, keras.layers.Layer):
            return True
    return False


def concrete_function(model: Any) -> Any:
    """The model's call with training=False, traced.

    Inputs and outputs have the names that TensorFlow's converter gives them. Throws UsageError when
    the model does not say what its inputs are.
    """
    if _is_keras_3(model):
        return _keras_3_function(model)
    return _tf_keras_function(model)


def calls_before(model: Any) -> int:
    """How many calls stand before that of "serving_default" in what Keras exports.

    Keras 3 gives the function a second key, "serve", which comes first.
    """
    return 1 if _is_keras_3(model) else 0


def _is_keras_3(model: Any) -> bool:
    keras = sys.modules.get("keras")
    if keras is None or not keras.__version__.startswith("3"):
        return False
    return isinstance(model, keras.layers.Layer)


def _keras_3_function(model: Any) -> Any:
    import keras

    backend = keras.config.backend()
    if backend != "tensorflow":
        raise NotYetSupported(
            f"a model of Keras with the {backend} backend",
            "load it with KERAS_BACKEND=tensorflow, or give the folder that "
            "model.export(folder, format='tf_saved_model') writes",
        )
    import tensorflow as tf

    call = functools.partial(model.__call__, training=False)
    function = tf.function(call, input_signature=_keras_3_signature(model), autograph=False)
    return function.get_concrete_function()


def _keras_3_signature(model: Any) -> list[Any]:
    import keras
    import tensorflow as tf

    # The class of functional models has no public name of its own.
    is_functional = type(model).__name__ == "Functional" or isinstance(model, keras.Sequential)
    if is_functional or hasattr(model, "_inputs_struct"):
        # A Sequential model that was not built raises where one asks it.
        if not getattr(model, "inputs", None):
            raise UsageError("the model has not been built, so its inputs are not known; build it")
        # A list, a dict, or both in one another, as the model was made with.
        return [_specs(getattr(model, "_inputs_struct", model.inputs))]
    return _recorded_signature(model)


def _specs(structure: Any) -> Any:
    """The same structure of what Keras says of its tensors, as specifications."""
    import tensorflow as tf

    if isinstance(structure, dict):
        return {key: _specs(part) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        parts = [_specs(part) for part in structure]
        return parts[0] if len(parts) == 1 else type(structure)(parts)
    return tf.TensorSpec(structure.shape, dtype=structure.dtype, name=structure.name)


def _recorded_signature(model: Any) -> list[Any]:
    """The arguments that a subclassed model was called or built with; the batch is free."""
    import tensorflow as tf

    shapes = getattr(model, "_build_shapes_dict", None)
    if not shapes or not model.built:
        raise UsageError(
            f"the model '{model.name}' cannot be saved because the input shapes have not been set: "
            "call it once, so that its inputs are known"
        )

    def spec(shape: Any, name: str | None = None) -> Any:
        if isinstance(shape, dict):
            return {key: spec(value, key) for key, value in shape.items()}
        if shape and all(size is None or isinstance(size, int) for size in shape):
            return tf.TensorSpec((None, *shape[1:]), dtype=model.input_dtype, name=name)
        parts = [spec(part) for part in shape]
        return tuple(parts) if isinstance(shape, tuple) else parts

    arguments = [spec(shape) for shape in shapes.values()]
    try:
        inspect.signature(model.call).bind(*arguments)
    except TypeError as error:
        raise UsageError(
            f"the model '{model.name}' cannot be saved because the input shapes have not been set for "
            f"all arguments of its call ({error}): convert a tf.function with an input_signature that "
            "calls it"
        ) from None
    return arguments


def _tf_keras_function(model: Any) -> Any:
    import tensorflow as tf

    if not hasattr(model, "save_spec"):
        raise UsageError(
            f"the layer '{model.name}' of tf-keras does not say what its inputs are: put it into a "
            "model, tf_keras.Sequential([tf_keras.Input(shape), layer])"
        )
    arguments = model.save_spec(dynamic_batch=True)
    if arguments is None:
        raise UsageError(
            f"Model {model} cannot be saved because the input shapes have not been set: call it "
            "once, or build it with an input shape"
        )
    args, kwargs = arguments

    @tf.function(autograph=False)  # type: ignore[untyped-decorator]
    def call(*args: Any, **kwargs: Any) -> dict[str, Any]:
        outputs = tf.nest.flatten(model(*args, **{**kwargs, "training": False}))
        names = model.output_names or [f"output_{i + 1}" for i in range(len(outputs))]
        return dict(zip(names, outputs))

    kwargs = {key: value for key, value in kwargs.items() if key != "training"}
    return call.get_concrete_function(*args, **kwargs)
