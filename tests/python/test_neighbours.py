"""litecast in one process with the frameworks that its users import, in any order."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

# Beside what the tests have already. Without their own dependencies: those are there.
PACKAGES = ["jax==0.8.3", "jaxlib==0.8.3", "scipy==1.17.1", "onnx==1.23.2"]
MODULES = ["litecast", "tensorflow", "jax", "onnx"]
# Each stands before and behind each other one.
ROUNDS = [MODULES[i:] + MODULES[:i] for i in range(len(MODULES))]
ORDERS = [" ".join(order) for order in (*ROUNDS, *(reversed(order) for order in ROUNDS))]

USE = """
import numpy as np

x = np.linspace(-1, 1, 6).reshape(2, 3).astype(np.float32)
expected = np.tanh(x) @ x.T

@tensorflow.function(input_signature=[tensorflow.TensorSpec([2, 3], name="x")], autograph=False)
def f(x):
    return tensorflow.tanh(x) @ tensorflow.transpose(x)

model = litecast.convert(f)
from litecast.tflite import Interpreter
got = Interpreter(model_content=bytes(model)).get_signature_runner()(x=x)["output_0"]
np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
np.testing.assert_allclose(jax.jit(lambda x: jax.numpy.tanh(x) @ x.T)(x), expected, rtol=1e-5, atol=1e-6)
np.testing.assert_allclose(f(x), expected, rtol=1e-5, atol=1e-6)
try:
    litecast.convert("/no/such/model")
except litecast.IoError as error:
    print(error)
try:
    litecast.convert(jax.jit(lambda x: x))
except litecast.NotYetSupported as error:
    print(error)
converter = tensorflow.lite.TFLiteConverter.from_concrete_functions([f.get_concrete_function()], tensorflow.Module())
assert converter.convert()[4:8] == b"TFL3" == bytes(model)[4:8]
tensor = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [2, 3])
graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["x"], ["y"])], "g", [tensor], [tensor])
assert onnx.load_from_string(onnx.helper.make_model(graph).SerializeToString()).graph.name == "g"
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, "--no-deps", "--target", folder, *PACKAGES], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("order", ORDERS)
def test_frameworks_imported_in_the_order(order, packages):
    code = f"import {order.replace(' ', ', ')}\n{USE}"
    paths = os.pathsep.join([os.environ["PYTHONPATH"], str(packages)])
    environment = {**os.environ, "PYTHONPATH": paths, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    missing, jax_function = done.stdout.splitlines()[:2]
    assert "no such file" in missing and "jax2tf" in jax_function


def test_keras_on_jax_is_told_what_works(packages):
    code = """
import keras, litecast
assert keras.config.backend() == "jax"
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
try:
    litecast.convert(model)
except litecast.NotYetSupported as error:
    print(error)
"""
    paths = os.pathsep.join([os.environ["PYTHONPATH"], str(packages)])
    environment = {**os.environ, "PYTHONPATH": paths, "JAX_PLATFORMS": "cpu", "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert "jax" in done.stdout and "KERAS_BACKEND=tensorflow" in done.stdout
