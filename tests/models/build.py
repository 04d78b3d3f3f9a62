"""Builds models into the cache: the SavedModel and what TensorFlow answers to its inputs.

build.py --cache DIR [--shard I/N] [--reference] [NAME...]

Writes DIR/NAME/saved_model, cases.npz and model.json; with --reference also reference.tflite,
the reference converter's output (or reference.error). What is there already, made from the same
sources, is kept. Without names it builds nothing and writes DIR/manifest.json, the list of models.
"""

import argparse
import contextlib
import hashlib
import inspect
import json
import os
import pathlib
import shutil
import sys
import traceback

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = pathlib.Path(__file__).parent


def sources_hash(family=None):
    """Identifies the sources that a family's models (or the list of all) are made from."""
    shared = [HERE / "zoo/registry.py", HERE / "zoo/weights.py"]
    files = [HERE / f"zoo/{family}.py"] if family else sorted(HERE.glob("zoo/*.py"))
    digest = hashlib.sha256()
    for file in sorted({*shared, *files}):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def write_manifest(cache, models):
    listed = {
        m.name: {"family": m.family, "quick": m.quick, "mutate": m.mutate} for m in models.values()
    }
    manifest = {"sources": sources_hash(), "models": listed}
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "manifest.json").write_text(json.dumps(manifest, indent=1))


def save(built, folder):
    import tensorflow as tf

    module = type(built).__module__
    if module.startswith("tf_keras"):
        built.save(folder, save_format="tf")
    elif module.startswith("keras"):
        built.export(folder, verbose=False)
    else:
        signatures = getattr(built, "exported", None) or built.serve.get_concrete_function()
        tf.saved_model.save(built, folder, signatures=signatures)


def build_saved_model(model, folder):
    if "folder" in inspect.signature(model.build).parameters:
        model.build(folder)
    else:
        save(model.build(), folder)


class Truth:
    """Answers as the SavedModel's signatures do in TensorFlow, one call after the other."""

    def __init__(self, folder, xla):
        import tensorflow as tf

        self.tf = tf
        self.loaded = tf.saved_model.load(folder)
        self.xla = xla

    @property
    def signature(self):
        return self.loaded.signatures["serving_default"]

    def input_specs(self, key="serving_default"):
        return self.loaded.signatures[key].structured_input_signature[1]

    def __call__(self, inputs, key="serving_default"):
        specs = self.input_specs(key)
        tensors = {n: self.tf.constant(v, specs[n].dtype, name=n) for n, v in inputs.items()}
        run = self.loaded.signatures[key]
        if self.xla:
            run = self.tf.function(run, jit_compile=True)
        return {name: value.numpy() for name, value in run(**tensors).items()}


def named_inputs(model, case, truth):
    """The inputs of a case under the names that the signature gives them."""
    inputs = model.case_inputs(case)
    names = sorted(truth.input_specs())
    if len(names) == 1 and len(inputs) == 1:
        return {names[0]: next(iter(inputs.values()))}
    if sorted(inputs) != names:
        raise ValueError(f"the signature takes {names}, the model declares {sorted(inputs)}")
    return inputs


def check_sensitivity(model, tolerance, first, second):
    """Two inputs must give outputs that differ by a hundred tolerances."""
    import numpy as np

    for name, a in first.items():
        b = second[name]
        if name in model.constant_outputs or a.shape != b.shape:
            continue
        if a.dtype.kind != "f":
            if np.array_equal(a, b):
                raise ValueError(f"output {name} does not depend on the input")
            continue
        finite = np.isfinite(a) & np.isfinite(b)
        a, b = a[finite].astype("float64"), b[finite].astype("float64")
        difference = np.abs(a - b).max(initial=0.0)
        needed = 100 * tolerance * min(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
        if not difference >= needed or difference == 0:
            raise ValueError(f"output {name} differs by {difference:.3g}, needed {needed:.3g}")


def check_state(model, truth, answers):
    """Without the calls before it, the last one must have another answer."""
    import numpy as np

    inputs, expected = answers[-1]
    alone = truth(inputs, model.calls[-1][0])
    if all(np.array_equal(value, expected[name]) for name, value in alone.items()):
        raise ValueError("the last call does not depend on the state")


def unfuse_batch_norm(graph, node):
    """Writes a FusedBatchNormV3, of which there is none for float64, as arithmetic."""
    import tensorflow as tf

    def add(op, *inputs):
        made = graph.node.add(name=f"{node.name}/{op}{len(graph.node)}", op=op, input=inputs)
        made.attr["T"].type = tf.float64.as_datatype_enum
        return made.name

    x, gamma, beta, mean, variance = node.input[:5]
    epsilon = graph.node.add(name=f"{node.name}/epsilon", op="Const")
    epsilon.attr["dtype"].type = tf.float64.as_datatype_enum
    value = tf.make_tensor_proto(node.attr["epsilon"].f, tf.float64)
    epsilon.attr["value"].tensor.CopyFrom(value)
    scale = add("Mul", gamma, add("Rsqrt", add("AddV2", variance, epsilon.name)))
    scaled = add("Mul", scale, add("Sub", x, mean))
    name = node.name
    node.Clear()
    node.name, node.op = name, "AddV2"
    node.input.extend([scaled, beta])
    node.attr["T"].type = tf.float64.as_datatype_enum


def widen(attribute):
    """Makes a node attribute that is float32 a float64."""
    import tensorflow as tf

    single, double = tf.float32.as_datatype_enum, tf.float64.as_datatype_enum
    kind = attribute.WhichOneof("value")
    if kind == "type" and attribute.type == single:
        attribute.type = double
    elif kind == "list" and attribute.list.type:
        attribute.list.type[:] = [double if t == single else t for t in attribute.list.type]
    elif kind == "tensor" and attribute.tensor.dtype == single:
        values = tf.make_ndarray(attribute.tensor).astype("float64")
        attribute.tensor.CopyFrom(tf.make_tensor_proto(values))


def cast_constant(graph, node):
    """Makes a float32 constant a float64 by a cast: a copy of all weights takes gigabytes."""
    import tensorflow as tf

    cast = graph.node.add(name=node.name, op="Cast", input=[f"{node.name}/float32"])
    cast.attr["SrcT"].type = tf.float32.as_datatype_enum
    cast.attr["DstT"].type = tf.float64.as_datatype_enum
    node.name += "/float32"


def in_float64(signature):
    """The signature's graph with every float32 in it made a float64, and its output names."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    frozen = convert_variables_to_constants_v2(signature)
    graph = frozen.graph.as_graph_def()
    nodes = []
    for node in list(graph.node):
        if node.op == "Const" and node.attr["dtype"].type == tf.float32.as_datatype_enum:
            cast_constant(graph, node)
        else:
            nodes.append(node)
    for function in graph.library.function:
        nodes += function.node_def
        function.attr.pop("_XlaMustCompile", None)  # its grouped convolutions take minutes
        for argument in [*function.signature.input_arg, *function.signature.output_arg]:
            if argument.type == tf.float32.as_datatype_enum:
                argument.type = tf.float64.as_datatype_enum
    for node in nodes:
        node.attr.pop("_XlaMustCompile", None)
        for attribute in node.attr.values():
            widen(attribute)
    for node in [n for n in graph.node if n.op == "FusedBatchNormV3"]:
        unfuse_batch_norm(graph, node)
    names = sorted(signature.structured_outputs)
    return graph, dict(zip(names, (tensor.name for tensor in frozen.outputs)))


def float_noise(signature, answers):
    """How far TensorFlow's float32 answers are from its own in float64, at most."""
    import numpy as np
    import tensorflow as tf

    definition, outputs = in_float64(signature)
    noise = 0.0
    config = tf.compat.v1.ConfigProto()  # no folding, which copies weights many times
    config.graph_options.optimizer_options.opt_level = -1
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(config=config) as session:
        tf.import_graph_def(definition, name="")
        for inputs, answer in answers:
            feed = {graph.get_tensor_by_name(f"{n}:0"): v for n, v in inputs.items()}
            for name, exact in session.run(outputs, feed).items():
                assert exact.dtype == np.float64
                noise = max(noise, np.abs(answer[name] - exact).max() / np.abs(exact).max())
    return float(noise)


def storable(array):
    """npz cannot hold Python strings or bfloat16 without pickling."""
    if array.dtype.kind == "O":
        return array.astype("S")
    return array.view("uint16") if array.dtype.name == "bfloat16" else array


def build(model, folder):
    import numpy as np

    sources = sources_hash(model.family)
    record = folder / "model.json"
    if record.exists() and json.loads(record.read_text())["key"] == sources:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    saved_model = str(folder / "saved_model")
    build_saved_model(model, saved_model)
    truth = Truth(saved_model, model.xla)

    calls = getattr(model, "calls", None)
    arrays, answers = {}, []
    for case in range(model.case_count()):
        if calls:
            inputs, key = model.case_inputs(case), calls[case][0]
        else:
            inputs, key = named_inputs(model, case, truth), "serving_default"
        answers.append((inputs, truth(inputs, key)))
        for side, values in zip(("in", "out"), answers[-1]):
            arrays.update({f"{case}/{side}/{n}": storable(v) for n, v in values.items()})

    tolerance, noise = model.tolerance, None
    if model.deep:
        noise = float_noise(truth.signature, answers)
        tolerance = 1e-3 if noise > 1e-5 else model.tolerance
    if calls:
        check_state(model, Truth(saved_model, model.xla), answers)
    else:
        check_sensitivity(model, tolerance, answers[0][1], answers[1][1])

    np.savez(folder / "cases.npz", **arrays)
    dtypes = {n: v.dtype.name for _, outputs in answers for n, v in outputs.items()}
    description = {
        "key": sources,
        "name": model.name,
        "family": model.family,
        "tolerance": tolerance,
        "float_noise": noise,
        "cases": len(answers),
        "outputs": dtypes,
        "signatures": [key for key, _ in calls] if calls else None,
        "mutate": model.mutate,
        "fused": getattr(model, "fused", None),
        "constant_outputs": model.constant_outputs,
    }
    record.write_text(json.dumps(description, indent=1))


@contextlib.contextmanager
def stderr_into(file):
    """Whatever a library prints to the standard error stream goes into the file."""
    kept = os.dup(2)
    with open(file, "wb") as log:
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def build_reference(folder):
    import tensorflow as tf

    if (folder / "reference.tflite").exists() or (folder / "reference.error").exists():
        return
    try:
        converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
        (folder / "reference.tflite").write_bytes(converter.convert())
    except Exception as error:  # noqa: BLE001: whatever it throws is its answer
        (folder / "reference.error").write_text(str(error))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--shard", default="0/1")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()

    import keras

    from zoo import MODELS

    if not options.names:
        write_manifest(options.cache, MODELS)
        return 0
    part, parts = map(int, options.shard.split("/"))
    failed = 0
    for name in options.names[part::parts]:
        folder = options.cache / name
        try:
            build(MODELS[name], folder)
            if options.reference:
                with stderr_into(folder / "reference.log"):
                    build_reference(folder)
        except Exception:  # noqa: BLE001: one model's failure is reported, the others go on
            failed += 1
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            (folder / "build.error").write_text(traceback.format_exc())
            last = traceback.format_exc().strip().splitlines()[-1]
            print(f"{name}: not built: {last}", flush=True)
        keras.backend.clear_session()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
