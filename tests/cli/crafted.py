"""SavedModels for the command line's tests: a sound one by TensorFlow, and graphs written by hand
that no program would write."""

import os
import pathlib

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.framework import graph_pb2, types_pb2  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402


class _Sound(tf.Module):
    def __init__(self, rows):
        super().__init__()
        values = np.random.default_rng(0).standard_normal((rows, 8)).astype("float32")
        self.kernel = tf.Variable(values, name="kernel")
        self.offset = tf.Variable(np.ones(8, "float32"), name="offset")

    @tf.function
    def serve(self, x):
        return {"y": tf.nn.relu(tf.matmul(x, self.kernel) + self.offset)}

    @tf.function
    def sums(self, x):
        return {"total": tf.reduce_sum(tf.matmul(x, self.kernel), -1)}


def save_sound(folder, rows=16):
    """Two signatures, two variables; `rows` times 32 bytes of weights."""
    module = _Sound(rows)
    spec = tf.TensorSpec([None, rows], name="x")
    signatures = {
        "serving_default": module.serve.get_concrete_function(spec),
        "sums": module.sums.get_concrete_function(spec),
    }
    tf.saved_model.save(module, str(folder), signatures=signatures)


def save_without_signatures(folder):
    tf.saved_model.save(_Sound(4), str(folder))


def save_function(folder, function, *specs):
    module = tf.Module()
    module.serve = tf.function(function, input_signature=specs)
    tf.saved_model.save(module, str(folder), signatures=module.serve.get_concrete_function())


def save_recurrent(folder, units=6):
    """An LSTM and a GRU."""
    import tf_keras

    x = tf_keras.Input((None, 5), name="x")
    y = tf_keras.layers.LSTM(units, return_sequences=True, name="forwards")(x)
    y = tf_keras.layers.GRU(4, name="reset")(y)
    tf.saved_model.save(tf_keras.Model(x, y), str(folder))


def strip_hints(folder):
    """Takes away what a program says of its functions: their names and the hints for compilers."""
    file = pathlib.Path(folder) / "saved_model.pb"
    model = saved_model_pb2.SavedModel()
    model.ParseFromString(file.read_bytes())
    graph = model.meta_graphs[0].graph_def
    names = {f.signature.name: f"f{i}" for i, f in enumerate(graph.library.function)}
    hints = 0
    for function in graph.library.function:
        function.signature.name = names[function.signature.name]
        for key in [k for k in function.attr if k != "_input_shapes"]:
            hints += key.startswith("api_")
            del function.attr[key]
    for nodes in [graph.node, *(f.node_def for f in graph.library.function)]:
        for operation in nodes:
            for key, value in list(operation.attr.items()):
                if key.startswith("_"):
                    del operation.attr[key]
                elif value.HasField("func"):
                    value.func.name = names[value.func.name]
    for function in list(model.meta_graphs[0].object_graph_def.concrete_functions):
        renamed = model.meta_graphs[0].object_graph_def.concrete_functions[names[function]]
        renamed.CopyFrom(model.meta_graphs[0].object_graph_def.concrete_functions[function])
        del model.meta_graphs[0].object_graph_def.concrete_functions[function]
    file.write_bytes(model.SerializeToString())
    return hints


def node(graph, name, op, inputs=(), dtype="float32", **attributes):
    made = graph.node.add(name=name, op=op, input=list(inputs))
    if dtype:
        made.attr["T" if op != "Placeholder" else "dtype"].type = tf.as_dtype(dtype).as_datatype_enum
    for key, value in attributes.items():
        made.attr[key].CopyFrom(value)
    return made


def shape_attribute(*sizes):
    value = graph_pb2.GraphDef().node.add().attr["shape"]
    value.shape.SetInParent()
    for size in sizes:
        value.shape.dim.add(size=size)
    return value


def function_attribute(name):
    value = graph_pb2.GraphDef().node.add().attr["f"]
    value.func.name = name
    return value


def types_attribute(*dtypes):
    value = graph_pb2.GraphDef().node.add().attr["t"]
    value.list.type.extend(tf.as_dtype(d).as_datatype_enum for d in dtypes)
    return value


def write_graph(folder, build, input_shape=(1, 4)):
    """A SavedModel of TensorFlow 1 style: `build(graph)` adds nodes between `x` and `y`."""
    saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
    meta = saved.meta_graphs.add()
    meta.meta_info_def.tags.append("serve")
    meta.meta_info_def.tensorflow_version = tf.__version__
    node(meta.graph_def, "x", "Placeholder", shape=shape_attribute(*input_shape))
    build(meta.graph_def)
    signature = meta.signature_def["serving_default"]
    signature.method_name = "tensorflow/serving/predict"
    for side, name in ((signature.inputs, "x"), (signature.outputs, "y")):
        side[name].name = f"{name}:0"
        side[name].dtype = types_pb2.DT_FLOAT
        for size in input_shape:
            side[name].tensor_shape.dim.add(size=size)
    pathlib.Path(folder).mkdir(parents=True)
    (pathlib.Path(folder) / "saved_model.pb").write_bytes(saved.SerializeToString())


def identity_function(graph, name, build):
    """A function f(a) -> r whose body `build` writes into."""
    function = graph.library.function.add()
    function.signature.name = name
    function.signature.input_arg.add(name="a", type=types_pb2.DT_FLOAT)
    function.signature.output_arg.add(name="r", type=types_pb2.DT_FLOAT)
    build(function)
    return function


def call(owner, name, callee, argument):
    """Adds a PartitionedCall to a function's body or to a graph."""
    nodes = owner.node_def if hasattr(owner, "node_def") else owner.node
    made = nodes.add(name=name, op="PartitionedCall", input=[argument])
    made.attr["Tin"].CopyFrom(types_attribute("float32"))
    made.attr["Tout"].CopyFrom(types_attribute("float32"))
    made.attr["f"].CopyFrom(function_attribute(callee))
    return made


def save_old_control_flow(folder):
    """Loops and branches of TensorFlow 1, one within the other."""
    v1 = tf.compat.v1
    v1.disable_control_flow_v2()
    try:
        with tf.Graph().as_default(), v1.Session() as session:
            x, n = v1.placeholder(tf.float32, [None, 3], "x"), v1.placeholder(tf.int32, [], "n")

            def step(i, y):
                inner = v1.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z * 0.5), [0, y])[1]
                return i + 1, tf.cond(tf.reduce_sum(inner) > 1.0, lambda: inner + x, lambda: inner * 2.0)

            looped = v1.while_loop(lambda i, y: i < n, step, [0, x])[1]
            chosen = tf.cond(n > 2, lambda: tf.cond(n > 4, lambda: x, lambda: looped), lambda: -looped)
            v1.saved_model.simple_save(session, str(folder), {"x": x, "n": n}, {"y": chosen + looped})
    finally:
        v1.enable_control_flow_v2()
