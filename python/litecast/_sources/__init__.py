"""Sources that a program holds in memory, as the native module takes them.

A memory model is a tuple (kind, message, values): kind is "saved_model" or "graph_def", message the
serialized protobuf, values a list of (node, shape, buffer), the contents of the variables whose
handles the nodes make. The buffers are views of TensorFlow's own memory.
"""

from __future__ import annotations

import sys

from .._errors import NotYetSupported, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    MemoryModel = tuple[str, bytes, list[tuple[str, list[int], Any]]]


class Prepared:
    """A memory model as a source."""

    def __init__(self, model: MemoryModel) -> None:
        self.model = model


def memory_model(source: Any, options: dict[str, Any]) -> MemoryModel:
    """The memory model of an object of TensorFlow or Keras.

    Takes the signatures that `options` names, and removes them there.
    """
    if isinstance(source, Prepared):
        return source.model
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or tensorflow.executing_eagerly():
        return _memory_model(source, options)
    return _outside_of_graphs(lambda: _memory_model(source, options))


def _outside_of_graphs(work: Callable[[], MemoryModel]) -> MemoryModel:
    """Does the work while a graph is being made, of which what is converted is no part.

    A new thread begins without a graph. tf.init_scope would leave the graph, too, but lets no tape
    record what is traced meanwhile.
    """
    import threading

    made: list[MemoryModel] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            made.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return made[0]


def _memory_model(source: Any, options: dict[str, Any]) -> MemoryModel:
    from . import keras

    calls_before = 0
    if keras.is_keras_model(source):
        functions = {"serving_default": keras.concrete_function(source)}
        calls_before = keras.calls_before(source)
    elif "tensorflow" in sys.modules:
        functions = _concrete_functions(source)
    else:
        functions = {}
    if not functions:
        _refuse(source)
    from .functions import saved_model

    return saved_model(_selected(functions, options), calls_before)


def _concrete_functions(source: Any) -> dict[str, Any]:
    """Functions of a TensorFlow object by the keys of their signatures; none for another object."""
    from .functions import concrete_function, functions_of_module, is_function

    if is_function(source):
        return {"serving_default": concrete_function(source)}
    if isinstance(source, dict) and source and all(map(is_function, source.values())):
        return {str(key): concrete_function(value) for key, value in source.items()}
    if isinstance(source, (list, tuple)) and source and all(map(is_function, source)):
        functions = [concrete_function(function) for function in source]
        if len(functions) == 1:
            return {"serving_default": functions[0]}
        named = {function.graph.name: function for function in functions}
        if len(named) < len(functions):
            names = [function.graph.name for function in functions]
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(
                f"several functions have the name '{twice}', which would be the key of their "
                "signatures: give a dictionary with keys"
            )
        return named
    return functions_of_module(source)


def _selected(functions: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    keys = options["signatures"]
    if not keys:
        return functions
    unknown = [key for key in keys if key not in functions]
    if unknown:
        known = ", ".join(functions)
        raise UsageError(f"there is no signature '{unknown[0]}'; there are: {known}")
    options["signatures"] = []
    return {key: functions[key] for key in keys}


def _refuse(source: Any) -> None:
    kind = type(source)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.partition(".")[0] in ("jax", "jaxlib"):
        raise NotYetSupported("a JAX function", "convert it with jax2tf to a tf.function")
    if kind.__module__.partition(".")[0] == "torch" or hasattr(source, "state_dict"):
        raise NotYetSupported("a PyTorch module", "export it as a SavedModel")
    raise UsageError(
        f"an object of type {name} is no source: expected the path of a SavedModel folder or of a "
        "frozen graph, a ConcreteFunction, a tf.function, a list or dictionary of these, a "
        "tf.Module with tf.functions that have an input_signature, or a Keras model"
    )
