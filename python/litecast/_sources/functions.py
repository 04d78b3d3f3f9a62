"""TensorFlow's functions as memory models.

A SavedModel of concrete functions is made the way TensorFlow saves them: the main graph makes the
handles of the variables and calls, for each signature, a wrapper whose arguments and results have
the signature's names, which calls the function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from tensorflow.core.framework import node_def_pb2, op_def_pb2
from tensorflow.core.protobuf import saved_model_pb2

from .._errors import UsageError
from .tables import changes_tables, lookup_types
from .values import Capture, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import MemoryModel

ConcreteFunction = tf.types.experimental.ConcreteFunction
Polymorphic = tf.types.experimental.PolymorphicFunction


def is_function(source: Any) -> bool:
    return isinstance(source, (ConcreteFunction, Polymorphic))


def concrete_function(function: Any) -> Any:
    if isinstance(function, ConcreteFunction):
        return function
    if function.input_signature is None:
        raise UsageError(
            "a tf.function without an input_signature has no one graph: call "
            "get_concrete_function with the types of its arguments and convert what it returns"
        )
    return function.get_concrete_function()


def functions_of_module(module: Any) -> dict[str, Any]:
    """The functions among a module's attributes that say what their inputs are."""
    functions = {}
    inherited = (name for cls in type(module).__mro__ for name, value in vars(cls).items()
                 if isinstance(value, (Polymorphic, ConcreteFunction)))  # fmt: skip
    for name in sorted({*inherited, *getattr(module, "__dict__", ())}):
        value = getattr(module, name, None)
        if isinstance(value, ConcreteFunction) or (
            isinstance(value, Polymorphic) and value.input_signature is not None
        ):
            functions[name] = concrete_function(value)
    if len(functions) == 1:
        return {"serving_default": next(iter(functions.values()))}
    return functions


def saved_model(functions: Mapping[str, Any], calls_before: int = 0) -> MemoryModel:
    """A SavedModel with a signature for each function, by its key.

    `calls_before` is the number of calls that stand before the signatures' own in the main graph
    of a file that TensorFlow writes: outputs are named after the calls. Throws UsageError when a function's results have no names that a signature could give them.
    """
    writer = _SavedModelWriter(calls_before)
    writer.values.tables_may_change = any(map(changes_tables, functions.values()))
    for key in sorted(functions):
        writer.add_signature(key, functions[key])
    return "saved_model", writer.message(), writer.values.tensors


def frozen_graph(function: Any) -> tuple[MemoryModel, list[str], list[str]]:
    """A function's own graph, without signatures, and the names of its inputs and outputs."""
    graph_def = function.graph.as_graph_def()
    values = Values()
    nodes = {node.name: node for node in graph_def.node}
    for external, internal in _captures(function):
        values.define(Capture(external), nodes[internal.op.name], graph_def.node, [])
    for tensor in own_inputs(function):
        # Which may be known better by now: scripts call set_shape on the inputs of loaded functions.
        nodes[tensor.op.name].attr["shape"].shape.CopyFrom(tensor.shape.as_proto())
    inputs = [tensor_name(tensor) for tensor in own_inputs(function)]
    outputs = [tensor_name(tensor) for tensor in function.outputs]
    return ("graph_def", graph_def.SerializeToString(), values.tensors), inputs, outputs


def tensor_name(tensor: Any) -> str:
    """ "x" for the first output of node x, "x:1" for the second."""
    return str(tensor.name).removesuffix(":0")


def own_inputs(function: Any) -> list[Any]:
    """The arguments of a function, without what it captures."""
    return list(function.inputs[: len(function.inputs) - len(function.captured_inputs)])


def _captures(function: Any) -> list[tuple[Any, Any]]:
    first = len(function.inputs) - len(function.captured_inputs)
    return list(zip(function.captured_inputs, function.inputs[first:]))


def output_names(function: Any) -> list[str]:
    """The names that a signature gives to the results, in the order of function.outputs."""
    outputs = function.structured_outputs
    if not isinstance(outputs, Mapping):
        if hasattr(outputs, "_asdict"):
            outputs = outputs._asdict()
        elif isinstance(outputs, (list, tuple)):
            outputs = {f"output_{i}": output for i, output in enumerate(outputs)}
        else:
            outputs = {"output_0": outputs}
    # A namedtuple and a list are flattened in their order, a dict in that of its keys.
    if isinstance(function.structured_outputs, Mapping):
        outputs = {key: outputs[key] for key in sorted(outputs)}
    for name, value in outputs.items():
        if not isinstance(name, str) or not isinstance(value, (tf.Tensor, tf.TensorSpec)):
            raise UsageError(
                f"result {name!r} of the function is {value!r}: expected a tensor, a sequence of "
                "tensors, or a dictionary from string to tensor"
            )
    return list(outputs)


class _SavedModelWriter:
    def __init__(self, calls_before: int) -> None:
        self.values = Values()
        self._calls_before = calls_before
        self._model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
        self._meta_graph = self._model.meta_graphs.add()
        self._meta_graph.meta_info_def.tags.append("serve")
        self._meta_graph.meta_info_def.tensorflow_version = tf.__version__
        self._graph = self._meta_graph.graph_def
        self._library: set[str] = set()
        self._calls: dict[str, int] = {}
        # With what was captured, so that no other object gets its id.
        self._handles: dict[int, tuple[Any, str]] = {}

    def message(self) -> bytes:
        fills = self.values.fills
        if fills:
            self._graph.node.add(name="fill_tables", op="NoOp", input=[f"^{fill}" for fill in fills])
            self._meta_graph.collection_def["saved_model_main_op"].node_list.value.append("fill_tables")
        return bytes(self._model.SerializeToString())

    def add_signature(self, key: str, function: Any) -> None:
        arguments = own_inputs(function)
        names = [str(name) for name in function._arg_keywords[: len(arguments)]]
        placeholders = {
            name: self._add_placeholder(f"{key}_{name}", tensor) for name, tensor in zip(names, arguments)
        }
        results = output_names(function)
        known = {id(variable.handle): variable.name for variable in function.graph.variables}
        lookups = lookup_types(function)
        captures = [
            self._handle(external, known.get(id(external), "capture"), lookups)
            for external, _ in _captures(function)
        ]
        wrapper = self._add_wrapper(key, function, names, results)
        call = self._add_call(function, wrapper, [*(placeholders[n] for n in sorted(names)), *captures])
        signature = self._meta_graph.signature_def[key]
        signature.method_name = "tensorflow/serving/predict"
        for name, tensor in zip(names, arguments):
            _set_info(signature.inputs[name], f"{placeholders[name]}:0", tensor)
        for port, name in enumerate(sorted(results)):
            tensor = function.outputs[results.index(name)]
            _set_info(signature.outputs[name], f"{call}:{port}", tensor)

    def _add_placeholder(self, name: str, tensor: Any) -> str:
        node = self._graph.node.add(name=name, op="Placeholder")
        node.attr["dtype"].type = tensor.dtype.as_datatype_enum
        node.attr["shape"].shape.CopyFrom(tensor.shape.as_proto())
        return name

    def _handle(self, external: Any, name: str, lookups: list[tuple[int, int]]) -> str:
        """The node of the main graph for what a function captures, each once."""
        if id(external) not in self._handles:
            unique = f"{name.partition(':')[0]}_{len(self._handles)}"
            node = self._graph.node.add(name=unique)
            self.values.define(Capture(external), node, self._graph.node, lookups)
            self._handles[id(external)] = external, node.name
        return self._handles[id(external)][1]

    def _add_functions(self, function: Any) -> None:
        """The function and all that it calls."""
        library = function.graph.as_graph_def().library.function
        for definition in [function.function_def, *library]:
            if definition.signature.name not in self._library:
                self._library.add(definition.signature.name)
                self._graph.library.function.append(definition)

    def _add_wrapper(self, key: str, function: Any, names: list[str], results: list[str]) -> str:
        self._add_functions(function)
        inner = function.function_def.signature
        wrapper = self._graph.library.function.add()
        signature = wrapper.signature
        signature.name = f"__inference_signature_wrapper_{key}"
        signature.is_stateful = inner.is_stateful
        types = [argument.type for argument in inner.input_arg]
        order = sorted(range(len(names)), key=names.__getitem__)
        order += range(len(names), len(types))
        for position in order:
            signature.input_arg.add(name=f"argument_{position}", type=types[position])
        call = wrapper.node_def.add(name="StatefulPartitionedCall", op=_call_op(inner))
        call.input.extend(f"argument_{position}" for position in range(len(types)))
        _set_call(call, inner.name, types, [result.type for result in inner.output_arg])
        for name in sorted(results):
            position = results.index(name)
            signature.output_arg.add(name=f"result_{position}", type=inner.output_arg[position].type)
            wrapper.ret[f"result_{position}"] = f"{call.name}:output:{position}"
        return str(signature.name)

    def _add_call(self, function: Any, wrapper: str, inputs: list[str]) -> str:
        definition = self._graph.library.function[-1].signature
        op = _call_op(definition)
        count = self._calls[op] = self._calls.get(op, self._calls_before - 1) + 1
        node = self._graph.node.add(name=f"{op}_{count}" if count else op, op=op, input=inputs)
        types = [argument.type for argument in definition.input_arg]
        _set_call(node, wrapper, types, [result.type for result in definition.output_arg])
        return str(node.name)


def _call_op(signature: op_def_pb2.OpDef) -> str:
    return "StatefulPartitionedCall" if signature.is_stateful else "PartitionedCall"


def _set_call(node: node_def_pb2.NodeDef, function: str, inputs: list[int], outputs: list[int]) -> None:
    node.attr["f"].func.name = function
    node.attr["Tin"].list.type.extend(inputs)
    node.attr["Tout"].list.type.extend(outputs)


def _set_info(info: Any, name: str, tensor: Any) -> None:
    info.name = name
    info.dtype = tensor.dtype.as_datatype_enum
    info.tensor_shape.CopyFrom(tensor.shape.as_proto())
