"""What stands in a .tflite, read with TensorFlow's own classes for the format."""

import dataclasses

from tensorflow.lite.python import conversion_metadata_schema_py_generated as conversion
from tensorflow.lite.python import schema_py_generated as schema


@dataclasses.dataclass
class Facts:
    version: int
    metadata: dict[str, bytes]
    graphs: list[str]
    shapes: dict[str, tuple[list[int], list[int] | None]]  # of each tensor: shape, shape_signature
    buffers: list[int]  # sizes
    custom_ops: set[str]

    @property
    def conversion(self):
        data = self.metadata["CONVERSION_METADATA"]
        return conversion.ConversionMetadataT.InitFromObj(
            conversion.ConversionMetadata.GetRootAsConversionMetadata(data, 0)
        )

    @property
    def min_runtime_version(self):
        return self.metadata["min_runtime_version"]


def _list(values):
    return None if values is None else [int(value) for value in values]


def read(data):
    model = schema.ModelT.InitFromPackedBuf(bytes(data), 0)
    buffers = [bytes(b.data) if b.data is not None else b"" for b in model.buffers]
    tensors = [tensor for graph in model.subgraphs for tensor in graph.tensors]
    return Facts(
        version=model.version,
        metadata={entry.name.decode(): buffers[entry.buffer] for entry in model.metadata or []},
        graphs=[(graph.name or b"").decode() for graph in model.subgraphs],
        shapes={t.name.decode(): (_list(t.shape), _list(t.shapeSignature)) for t in tensors},
        buffers=[len(buffer) for buffer in buffers],
        custom_ops={code.customCode.decode() for code in model.operatorCodes if code.customCode},
    )


def _names(kinds):
    return {value: name for name, value in vars(kinds).items() if isinstance(value, int)}


def operators(data):
    """Of each operator of the first graph its name, and the types of its first operand and result."""
    model = schema.ModelT.InitFromPackedBuf(bytes(data), 0)
    ops, types = _names(schema.BuiltinOperator), _names(schema.TensorType)
    graph = model.subgraphs[0]
    return [
        (
            ops[model.operatorCodes[o.opcodeIndex].builtinCode],
            types[graph.tensors[o.inputs[0]].type],
            types[graph.tensors[o.outputs[0]].type],
        )
        for o in graph.operators
    ]


def graphs(data):
    """The names of the operators of each graph, builtin or not."""
    model = schema.ModelT.InitFromPackedBuf(bytes(data), 0)
    names = _names(schema.BuiltinOperator)
    codes = [
        code.customCode.decode()
        if code.customCode
        else names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        for code in model.operatorCodes or ()
    ]
    return [[codes[o.opcodeIndex] for o in graph.operators or ()] for graph in model.subgraphs]


def contents(data):
    """What the buffers hold."""
    model = schema.ModelT.InitFromPackedBuf(bytes(data), 0)
    return [bytes(b.data) for b in model.buffers if b.data is not None]


def operator_counts(data):
    """How many operators each graph has."""
    model = schema.ModelT.InitFromPackedBuf(bytes(data), 0)
    return [len(graph.operators or []) for graph in model.subgraphs]
