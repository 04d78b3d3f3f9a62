"""What the tests read from a .tflite: its interface, its ops, and where to damage it."""

import dataclasses
import functools

import numpy as np
from ai_edge_litert import schema_py_generated as schema


@functools.cache
def op_names():
    return {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}


@functools.cache
def type_names():
    return {v: k for k, v in vars(schema.TensorType).items() if isinstance(v, int)}


def read(data):
    return schema.Model.GetRootAs(data, 0)


def op_name(model, operator):
    code = model.OperatorCodes(operator.OpcodeIndex())
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    if number == schema.BuiltinOperator.CUSTOM:
        return "CUSTOM:" + (code.CustomCode() or b"").decode()
    return op_names().get(number, str(number))


def _operators_of(subgraph):
    return (subgraph.Operators(i) for i in range(subgraph.OperatorsLength()))


def _graph_of(model, signature_key):
    for i in range(model.SignatureDefsLength()):
        if model.SignatureDefs(i).SignatureKey().decode() == signature_key:
            return model.Subgraphs(model.SignatureDefs(i).SubgraphIndex())
    raise ValueError(f"there is no signature {signature_key}")


def count_ops(data):
    model = read(data)
    counts = {}
    for i in range(model.SubgraphsLength()):
        for operator in _operators_of(model.Subgraphs(i)):
            name = op_name(model, operator)
            counts[name] = counts.get(name, 0) + 1
    return counts


def min_runtime_version(data):
    model = read(data)
    for i in range(model.MetadataLength()):
        if model.Metadata(i).Name() == b"min_runtime_version":
            contents = model.Buffers(model.Metadata(i).Buffer()).DataAsNumpy().tobytes()
            return contents.rstrip(b"\0").decode()
    return ""


def _tensor_shape(tensor):
    if tensor.ShapeSignatureLength():
        return tensor.ShapeSignatureAsNumpy().tolist()
    return tensor.ShapeAsNumpy().tolist() if tensor.ShapeLength() else []


def _side(subgraph, length, signature_map, tensor_index):
    rows = []
    for i in range(length):
        entry = signature_map(i)
        tensor = subgraph.Tensors(entry.TensorIndex())
        rows.append(
            [
                entry.Name().decode(),
                tensor.Name().decode(),
                type_names()[tensor.Type()],
                _tensor_shape(tensor),
            ]
        )
    indices = tensor_index().tolist() if length else []
    order = [subgraph.Tensors(i).Name().decode() for i in indices]
    return {"signature": rows, "order": order}


def interface(data):
    """Signature keys, and for each side the signature's rows [name, tensor name, type, shape]
    in their order, and the tensor names in the order of the graph."""
    model = read(data)
    result = {}
    for i in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(i)
        subgraph = model.Subgraphs(signature.SubgraphIndex())
        result[signature.SignatureKey().decode()] = {
            "inputs": _side(
                subgraph, signature.InputsLength(), signature.Inputs, subgraph.InputsAsNumpy
            ),
            "outputs": _side(
                subgraph, signature.OutputsLength(), signature.Outputs, subgraph.OutputsAsNumpy
            ),
        }
    return result


@dataclasses.dataclass
class Mutation:
    """One layer dropped: `apply` gives the damaged file."""

    what: str
    apply: callable
    certain: bool  # a layer with weights: the outputs cannot but change


_LAYERS = (
    "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV", "CONV_3D",
    "CONV_3D_TRANSPOSE", "BATCH_MATMUL",
)  # fmt: skip


def mutations(data, signature_key):
    """Ways to drop one layer of the graph with this signature, the certain ones first: kernels set
    to zero, other constants set to zero, ops whose operand takes the place of their result."""
    model = read(data)
    graphs = [_graph_of(model, signature_key), *_bodies(model)]
    for graph in graphs:
        yield from _zeroed_constants(data, model, graph, lambda name: name in _LAYERS, certain=True)
    for graph in graphs:
        yield from _zeroed_constants(
            data, model, graph, lambda name: name not in _LAYERS, certain=False
        )
    for i, graph in enumerate(graphs):
        for operator in _operators_of(graph):
            # A loop whose counter stands still never ends.
            may_count = i > 0 and not _is_float(graph, operator)
            bypass = None if may_count else _bypassed(data, model, graph, operator)
            if bypass:
                yield Mutation(f"{op_name(model, operator)}: left out", bypass, certain=False)


def _bodies(model):
    """The graphs that loops and branches run."""
    signatures = {
        model.SignatureDefs(i).SubgraphIndex() for i in range(model.SignatureDefsLength())
    }
    return [model.Subgraphs(i) for i in range(model.SubgraphsLength()) if i not in signatures]


def _zeroed_constants(data, model, subgraph, wanted, certain):
    seen = set()
    for operator in _operators_of(subgraph):
        name = op_name(model, operator)
        operands = operator.InputsAsNumpy().tolist() if operator.InputsLength() else []
        for i in operands[:2] if certain else operands:
            tensor = subgraph.Tensors(i) if i >= 0 else None
            if not tensor or not wanted(name) or tensor.Type() not in _FLOATS:
                continue
            buffer = model.Buffers(tensor.Buffer())
            if tensor.Buffer() in seen or not buffer.DataLength():
                continue
            seen.add(tensor.Buffer())
            if np.any(buffer.DataAsNumpy()):
                yield Mutation(f"{name}: constant set to zero", _zeroed(data, buffer), certain)


_FLOATS = (schema.TensorType.FLOAT32, schema.TensorType.FLOAT16, schema.TensorType.INT8)


def _zeroed(data, buffer):
    start = buffer._tab.Vector(buffer._tab.Offset(4))
    length = buffer.DataLength()

    def apply():
        damaged = bytearray(data)
        damaged[start : start + length] = bytes(length)
        return bytes(damaged)

    return apply


def _is_float(subgraph, operator):
    return operator.OutputsLength() > 0 and subgraph.Tensors(operator.Outputs(0)).Type() in _FLOATS


def _bypassed(data, model, subgraph, operator):
    """Makes the readers of an op's result read an operand of it instead, if one is alike."""
    if operator.OutputsLength() != 1:
        return None
    result = operator.Outputs(0)
    source = _operand_like(model, subgraph, operator, subgraph.Tensors(result))
    if source is None:
        return None
    places = _places(subgraph, 8, subgraph.OutputsLength(), subgraph.OutputsAsNumpy, result)
    for reader in _operators_of(subgraph):
        places += _places(reader, 6, reader.InputsLength(), reader.InputsAsNumpy, result)
    for j in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(j)
        for k in range(signature.OutputsLength()):
            table = signature.Outputs(k)._tab
            if table.Offset(6) and signature.Outputs(k).TensorIndex() == result:
                places.append(table.Pos + table.Offset(6))

    def apply():
        damaged = bytearray(data)
        for place in places:
            damaged[place : place + 4] = int(source).to_bytes(4, "little")
        return bytes(damaged)

    return apply


def _operand_like(model, subgraph, operator, result):
    operands = operator.InputsAsNumpy().tolist() if operator.InputsLength() else []
    for i in operands:
        if i < 0 or model.Buffers(subgraph.Tensors(i).Buffer()).DataLength():
            continue
        tensor = subgraph.Tensors(i)
        if tensor.Type() == result.Type() and _tensor_shape(tensor) == _tensor_shape(result):
            return i
    return None


def _places(table, field, length, values, wanted):
    if not length:
        return []
    start = table._tab.Vector(table._tab.Offset(field))
    return [start + 4 * i for i, v in enumerate(values().tolist()) if v == wanted]
