"""Runs a .tflite with Select TF ops node by node: these in TensorFlow, as their options say, custom
ops by the test's own kernels, all others on LiteRT, each as a file of its own. No runtime that can be
installed has the delegate.
"""

import itertools

import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from flatbuffers import Builder, flexbuffers
from tensorflow.core.framework import node_def_pb2
from tensorflow.python.eager import context, execute

NUMPY = {
    schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.INT32: np.int32, schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT64: np.int64, schema.TensorType.BOOL: np.bool_,
    schema.TensorType.INT16: np.int16, schema.TensorType.COMPLEX64: np.complex64,
    schema.TensorType.INT8: np.int8, schema.TensorType.FLOAT64: np.float64,
    schema.TensorType.COMPLEX128: np.complex128, schema.TensorType.UINT64: np.uint64,
    schema.TensorType.UINT32: np.uint32, schema.TensorType.UINT16: np.uint16,
    schema.TensorType.STRING: np.object_, schema.TensorType.BFLOAT16: tf.bfloat16.as_numpy_dtype,
}  # fmt: skip
_WORLDS = itertools.count()
BUILTINS = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}


def string_of(vector, index):
    """The bytes of a text in a FlexBuffer's vector; its own accessor wants UTF-8."""
    reference = vector[index]
    return bytes(flexbuffers.String(reference._Indirect(), reference._byte_width).Bytes)


def node_def_of(options):
    """The NodeDef of a Select TF op, from the bytes of its options."""
    vector = flexbuffers.GetRoot(bytearray(options)).AsVector
    assert len(vector) == 2
    node = node_def_pb2.NodeDef.FromString(string_of(vector, 1))
    assert string_of(vector, 0).decode() == node.op
    return node


def _attribute(value):
    kind = value.WhichOneof("value")
    if kind == "list":
        fields = value.list.ListFields()
        return [_item(field.name, item) for field, items in fields for item in items]
    return _item(kind, getattr(value, kind))


def _item(kind, value):
    if kind != "shape":
        return value
    shape = tf.TensorShape(value)
    return None if shape.rank is None else shape.as_list()


def run_in_tensorflow(node, operands, results, world):
    """The results of an op that TensorFlow's own kernel computes. Handles of the same name are the same in
    one `world`: the process may hold the source's variables and tables, too."""
    assert [name for name in node.input if name] == [], node
    assert len(node.input) == len(operands), node
    attributes = []
    for name, value in sorted(node.attr.items()):
        value = _attribute(value)
        attributes += [name, world.encode() + value if name == "shared_name" else value]
    with tf.device("/CPU:0"):
        return execute.quick_execute(
            node.op, results, [tf.convert_to_tensor(x) for x in operands], tuple(attributes),
            context.context(),
        )  # fmt: skip


def strings_in(data):
    """What the bytes of a text tensor hold."""
    count = int.from_bytes(data[:4], "little")
    ends = np.frombuffer(data, np.int32, count + 1, 4)
    return [data[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)]


class Model:
    """A file that can be run."""

    def __init__(self, data, kernels=()):
        self.kernels = dict(kernels)
        self.model = schema.ModelT.InitFromPackedBuf(data, 0)
        self.variables = {}
        self.world = f"world_{next(_WORLDS)}_"
        self.single = {}
        self.ran_once = set()

    def names(self):
        """How often each op stands in the file."""
        counts = {}
        for graph in self.model.subgraphs:
            for node in graph.operators:
                name = self.name(node)
                counts[name] = counts.get(name, 0) + 1
        return counts

    def name(self, node):
        code = self.model.operatorCodes[node.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        if number == schema.BuiltinOperator.CUSTOM:
            return code.customCode.decode()
        return BUILTINS[number]

    def __call__(self, inputs, signature=None):
        """The outputs of a signature by name."""
        defs = self.model.signatureDefs
        known = [s for s in defs if signature is None or s.signatureKey.decode() == signature]
        graph = self.model.subgraphs[known[0].subgraphIndex]
        values = {}
        for entry in known[0].inputs:
            values[entry.tensorIndex] = as_bytes(inputs[entry.name.decode()])
        outputs = self.run_graph(graph, [values[i] for i in graph.inputs])
        by_tensor = dict(zip(graph.outputs, outputs, strict=True))
        return {e.name.decode(): as_array(by_tensor[e.tensorIndex]) for e in known[0].outputs}

    def run_graph(self, graph, arguments):
        values = dict(zip(graph.inputs, arguments, strict=True))
        for node in graph.operators:
            operands = [None if i < 0 else self.value(graph, i, values) for i in node.inputs]
            results = self.run_node(graph, node, operands)
            for i, result in zip(node.outputs, results or [], strict=True):
                check_type(graph.tensors[i], result, self.name(node))
                values[i] = result
        return [self.value(graph, i, values) for i in graph.outputs]

    def value(self, graph, index, values):
        if index in values:
            return values[index]
        tensor = graph.tensors[index]
        data = self.model.buffers[tensor.buffer].data
        data = b"" if data is None else bytes(data)
        shape = [] if tensor.shape is None else list(tensor.shape)
        if tensor.type == schema.TensorType.STRING:
            return np.array(strings_in(data), np.object_).reshape(shape)
        return np.frombuffer(data, NUMPY[tensor.type]).reshape(shape)

    def run_node(self, graph, node, operands):
        name = self.name(node)
        if name.startswith("Flex"):
            options = node_def_of(bytes(node.customOptions))
            assert name == "Flex" + options.op
            return run_in_tensorflow(options, operands, len(node.outputs), self.world)
        if name in self.kernels:
            options = flexbuffers.Loads(bytearray(node.customOptions))
            return self.kernels[name]([tf.convert_to_tensor(x) for x in operands], options)
        handler = getattr(self, "run_" + name.lower(), None)
        if handler:
            return handler(node, operands)
        return self.run_on_litert(graph, node, [None if x is None else as_array(x) for x in operands])

    def run_while(self, node, operands):
        options = node.builtinOptions
        graphs = self.model.subgraphs
        while np.asarray(self.run_graph(graphs[options.condSubgraphIndex], operands)[0]).all():
            operands = self.run_graph(graphs[options.bodySubgraphIndex], operands)
        return operands

    def run_if(self, node, operands):
        options = node.builtinOptions
        chosen = options.thenSubgraphIndex if operands[0] else options.elseSubgraphIndex
        return self.run_graph(self.model.subgraphs[chosen], operands[1:])

    def run_call_once(self, node, operands):
        index = node.builtinOptions.initSubgraphIndex
        if index not in self.ran_once:
            self.ran_once.add(index)
            self.run_graph(self.model.subgraphs[index], [])
        return []

    def run_var_handle(self, node, operands):
        return [node.builtinOptions.sharedName.decode()]

    def run_read_variable(self, node, operands):
        return [self.variables[operands[0]]]

    def run_assign_variable(self, node, operands):
        self.variables[operands[0]] = as_array(operands[1])
        return []

    def run_hashtable(self, node, operands):
        return [f"table {node.builtinOptions.tableId}"]

    def run_hashtable_import(self, node, operands):
        table, keys, values = operands
        entries = zip(as_array(keys).tolist(), as_array(values).tolist(), strict=True)
        self.variables[table] = dict(entries)
        return []

    def run_hashtable_find(self, node, operands):
        table, keys, otherwise = operands
        keys, otherwise = as_array(keys), as_array(otherwise)
        found = [self.variables[table].get(key, otherwise.item()) for key in keys.reshape(-1).tolist()]
        return [np.array(found, otherwise.dtype).reshape(keys.shape)]

    def run_on_litert(self, graph, node, operands):
        key = (id(node), tuple(None if x is None else x.shape for x in operands))
        if key not in self.single:
            self.single[key] = self.file_of(graph, node, operands)
        interpreter = Interpreter(
            model_content=self.single[key],
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
        details = interpreter.get_input_details()
        for detail, value in zip(details, self.fed(graph, node, operands), strict=True):
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        return [result_of(interpreter, details) for details in interpreter.get_output_details()]

    def is_constant(self, graph, index):
        data = self.model.buffers[graph.tensors[index].buffer].data
        return data is not None and len(data) > 0

    def fed(self, graph, node, operands):
        """The operands that are no constants, each once."""
        fed = {}
        for index, value in zip(node.inputs, operands, strict=True):
            if index >= 0 and not self.is_constant(graph, index):
                fed[index] = value
        return list(fed.values())

    def file_of(self, graph, node, operands):
        """A file with this node alone, for operands of these shapes."""
        numbers, tensors, inputs, buffers = {}, [], [], [schema.BufferT()]
        shapes = dict(zip(node.inputs, operands, strict=True))
        for index in [*node.inputs, *node.outputs]:
            if index < 0 or index in numbers:
                continue
            numbers[index] = len(tensors)
            tensor = schema.TensorT()
            source = graph.tensors[index]
            tensor.type, tensor.name = source.type, b"t%d" % len(tensors)
            tensor.quantization = source.quantization
            tensor.shape, tensor.shapeSignature = source.shape, source.shapeSignature
            if index in shapes and not self.is_constant(graph, index):
                tensor.shape, tensor.shapeSignature = list(shapes[index].shape), None
                inputs.append(numbers[index])
            if self.is_constant(graph, index):
                tensor.buffer = len(buffers)
                buffers.append(self.model.buffers[source.buffer])
            tensors.append(tensor)
        single = schema.OperatorT()
        single.__dict__.update(node.__dict__)
        single.opcodeIndex = 0
        single.inputs = [numbers.get(i, -1) for i in node.inputs]
        single.outputs = [numbers[i] for i in node.outputs]
        subgraph = schema.SubGraphT()
        subgraph.tensors, subgraph.operators = tensors, [single]
        subgraph.inputs, subgraph.outputs = inputs, single.outputs
        model = schema.ModelT()
        model.version = 3
        model.operatorCodes = [self.model.operatorCodes[node.opcodeIndex]]
        model.subgraphs, model.buffers = [subgraph], buffers
        builder = Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def result_of(interpreter, details):
    if 0 in details["shape"]:  # which its interface does not hand out
        return np.zeros(details["shape"], details["dtype"])
    return np.array(interpreter.get_tensor(details["index"]))


def as_bytes(value):
    """Texts as the runtime holds them."""
    array = np.asarray(value)
    if array.dtype.kind not in "OSU":
        return value
    encoded = [t.encode() if isinstance(t, str) else t for t in array.reshape(-1).tolist()]
    return np.array(encoded, np.object_).reshape(array.shape)


def as_array(value):
    value = value.numpy() if isinstance(value, tf.Tensor) else value
    return np.array(value, np.object_) if isinstance(value, bytes) else np.asarray(value)


def check_type(tensor, value, name):
    """The file says of each tensor what it is: the type exactly, sizes where they are fixed."""
    if isinstance(value, str):
        return
    if isinstance(value, tf.Tensor) and value.dtype in (tf.resource, tf.variant):
        wanted = schema.TensorType.RESOURCE if value.dtype == tf.resource else schema.TensorType.VARIANT
        assert tensor.type == wanted, f"{name}: a handle in a tensor of another type"
        return
    array = as_array(value)
    if tensor.type != schema.TensorType.STRING:
        assert NUMPY[tensor.type] == array.dtype, f"{name} gives {array.dtype}"
    if not tensor.hasRank and tensor.shape is None:
        return
    sizes = tensor.shapeSignature if tensor.shapeSignature is not None else tensor.shape
    sizes = [] if sizes is None else list(sizes)
    if tensor.hasRank or sizes:
        fits = len(sizes) == array.ndim and all(a in (-1, b) for a, b in zip(sizes, array.shape, strict=True))
        assert fits, f"{name} gives {array.shape}, and the file says {sizes}"
