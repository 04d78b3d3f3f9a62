"""Objects of TensorFlow as sources: read where they lie, nothing written but the output."""

import gc
import threading

import numpy as np
import pytest
import tensorflow as tf

import litecast
import models


def concrete(function, *specs):
    return tf.function(function, input_signature=specs).get_concrete_function()


F4 = tf.TensorSpec([None, 4], tf.float32, "x")


def test_a_concrete_function(no_detour):
    model = models.affine()
    converted = litecast.convert(model.affine.get_concrete_function())
    assert [s.key for s in converted.report.signatures] == ["serving_default"]
    for batch in (1, 5):
        x = models.x(batch)
        models.close(models.run(converted, x=x)["y"], model.affine(x)["y"])


def test_a_function_with_an_input_signature(no_detour):
    function = tf.function(lambda x: tf.nn.relu(x), input_signature=[F4])
    models.close(models.run(litecast.convert(function), x=models.x())["output_0"], function(models.x()))


def test_a_function_without_one_is_refused_with_a_hint():
    with pytest.raises(litecast.UsageError, match="get_concrete_function"):
        litecast.convert(tf.function(lambda x: x))


def test_a_module_gives_its_functions(no_detour):
    converted = litecast.convert(models.affine())
    assert sorted(s.key for s in converted.report.signatures) == ["affine", "double"]
    only = litecast.convert(models.affine(), signatures=["double"])
    assert [s.key for s in only.report.signatures] == ["double"]
    with pytest.raises(litecast.UsageError, match="affine, double"):
        litecast.convert(models.affine(), signatures=["triple"])


def test_functions_by_key_and_in_a_list(no_detour):
    model = models.affine()
    converted = litecast.convert({"go": model.affine, "twice": model.double})
    assert sorted(s.key for s in converted.report.signatures) == ["go", "twice"]
    models.close(models.run(converted, "twice", x=models.x())["output_0"], model.double(models.x()))
    converted = litecast.convert([model.affine, model.double])
    assert sorted(s.key for s in converted.report.signatures) == ["affine", "double"]


def test_functions_of_one_name_need_keys():
    one, two = (concrete(lambda x, c=c: x + c, F4) for c in (1.0, 2.0))
    with pytest.raises(litecast.UsageError, match="several functions have the name .*dictionary"):
        litecast.convert([one, two])
    converted = litecast.convert({"one": one, "two": two})
    models.close(models.run(converted, "two", x=models.x())["output_0"], models.x() + 2.0)


def test_within_a_graph_and_a_function_that_is_traced(no_detour):
    variable = tf.Variable(3.0)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, "x")], autograph=False)
    def function(x):
        with tf.GradientTape() as tape:
            y = x * variable * variable
        return tape.gradient(y, variable)

    with tf.Graph().as_default():  # it is traced only here
        converted = litecast.convert(function)
    assert models.run(converted, x=np.float32(2.0))["output_0"] == 12.0
    expected = bytes(converted)

    @tf.function(autograph=False)
    def traced(x):
        assert bytes(litecast.convert(function)) == expected
        return x

    traced(tf.constant(1.0))


def test_signatures_share_a_variable(no_detour):
    class Wide(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(tf.random.normal([256, 256]))
            self.one = tf.function(
                lambda x: x @ self.w, input_signature=[tf.TensorSpec([1, 256], tf.float32)]
            )
            self.two = tf.function(
                lambda x: tf.nn.relu(x @ self.w), input_signature=[tf.TensorSpec([1, 256], tf.float32)]
            )

    assert litecast.convert(Wide()).size < 1.1 * 256 * 256 * 4


@pytest.mark.parametrize(
    "outputs, names",
    [
        (lambda x: x + 1, ["output_0"]),
        (lambda x: (x + 1, x + 2), ["output_0", "output_1"]),
        (lambda x: {"b": x + 1, "a": x + 2}, ["a", "b"]),
        (lambda x: [x + i for i in range(1, 13)], [f"output_{i}" for i in range(12)]),
    ],
)
def test_outputs_have_the_names_of_a_signature(outputs, names, no_detour):
    function = concrete(outputs, F4)
    got = models.run(litecast.convert(function), x=models.x())
    assert sorted(got) == sorted(names)
    expected = function(tf.constant(models.x()))
    if not isinstance(expected, dict):
        expected = expected if isinstance(expected, (list, tuple)) else [expected]
        expected = dict(zip([f"output_{i}" for i in range(len(expected))], expected))
    for name in names:
        models.close(got[name], expected[name])


def test_captured_tensors_of_all_sizes(no_detour):
    large, small, text = tf.random.normal([4, 300]), tf.constant(2.0), tf.constant(["a", "bc"])
    function = concrete(lambda x: (x @ large * small, text), F4)
    got = models.run(litecast.convert(function), x=models.x())
    models.close(got["output_0"], function(tf.constant(models.x()))[0])
    assert got["output_1"].tolist() == [b"a", b"bc"]


@pytest.mark.parametrize("dtype", ["float64", "int32", "int64", "float16", "bool", "uint8"])
def test_variables_of_other_types(dtype, no_detour):
    variable = tf.Variable(tf.cast([0, 1, 2], dtype))
    function = concrete(
        lambda i: tf.gather(tf.convert_to_tensor(variable), i), tf.TensorSpec([2], tf.int32, "i")
    )
    got = models.run(litecast.convert(function), i=np.array([1, 0], np.int32))["output_0"]
    assert got.dtype == dtype and got.tolist() == tf.gather(variable, [1, 0]).numpy().tolist()


def test_bfloat16_variables_are_read(no_detour):
    variable = tf.Variable(tf.constant([0.5, -2.0], tf.bfloat16))
    function = concrete(lambda x: x + tf.cast(variable, tf.float32), tf.TensorSpec([2], tf.float32, "x"))
    got = models.run(litecast.convert(function), x=np.zeros(2, np.float32))["output_0"]
    assert got.tolist() == [0.5, -2.0]


def test_nested_functions_branches_and_loops(no_detour):
    @tf.function
    def inner(x):
        return tf.nn.softmax(x)

    def outer(x, n):
        step = lambda i, x: (i + 1, inner(x) + 1.0)  # noqa: E731
        _, x = tf.while_loop(lambda i, x: i < n, step, [0, x])
        return tf.cond(n > 2, lambda: x, lambda: -x)

    specs = [F4, tf.TensorSpec([], tf.int32, "n")]
    # AutoGraph would write temporary files of its own.
    function = tf.function(outer, input_signature=specs, autograph=False).get_concrete_function()
    converted = litecast.convert(function)
    for n in (0, 3):
        got = models.run(converted, x=models.x(), n=np.int32(n))["output_0"]
        models.close(got, function(tf.constant(models.x()), tf.constant(n)))


def test_a_graph_without_signatures_calls_nested_functions(no_detour):
    from litecast import tflite

    @tf.function
    def inner(x):
        return tf.nn.softmax(x)

    big = tf.random.normal([4, 4])
    function = concrete(lambda x: inner(x @ big), F4)
    data = tflite.TFLiteConverter.from_concrete_functions([function]).convert()
    models.close(models.run_positional(data, models.x())[0], function(tf.constant(models.x())))


def test_later_changes_of_the_source_have_no_effect():
    model = models.Affine()
    converted = litecast.convert(model.affine)
    before = bytes(converted)
    expected = model.affine(models.x())["y"].numpy()
    model.w.assign(tf.zeros_like(model.w))
    model.b.assign_add(tf.ones_like(model.b))
    assert bytes(converted) == before
    models.close(models.run(converted, x=models.x())["y"], expected)


def test_values_are_those_at_the_time_of_conversion():
    model = models.Affine()
    function = model.affine.get_concrete_function()
    model.w.assign(2 * model.w)
    models.close(
        models.run(litecast.convert(function), x=models.x())["y"], model.affine(models.x())["y"]
    )


def test_variables_are_read_where_they_lie():
    from litecast._sources import memory_model

    model = models.Affine()
    _, _, values = memory_model(model.affine, {"signatures": []})
    address = np.asarray(memoryview(model.w.read_value())).ctypes.data
    addresses = [np.frombuffer(buffer, np.uint8).ctypes.data for _, _, buffer in values]
    assert address in addresses


def test_the_owner_may_go_while_it_is_converted():
    def convert():
        model = models.Affine()
        function = model.affine.get_concrete_function()
        expected = model.affine(models.x())["y"].numpy()

        def progress(step, fraction):
            nonlocal model
            model = None
            gc.collect()

        return litecast.convert(function, progress=progress), expected

    converted, expected = convert()
    models.close(models.run(converted, x=models.x())["y"], expected)


def test_threads_convert_objects_at_once(no_detour):
    function = models.affine().affine.get_concrete_function()
    expected = bytes(litecast.convert(function))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(bytes(litecast.convert(function))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_output_is_streamed(tmp_path, no_detour):
    converted = litecast.convert(models.affine().affine, tmp_path / "m.tflite")
    assert [path.name for path in tmp_path.iterdir()] == ["m.tflite"]
    assert bytes(converted) == bytes(litecast.convert(models.affine().affine))


class Lookup(tf.Module):
    def __init__(self):
        keys = tf.constant(["b", "a", "c"])
        filler = tf.lookup.KeyValueTensorInitializer(keys, tf.constant([5, 7, 11], tf.int64))
        self.table = tf.lookup.StaticHashTable(filler, -1)
        numbers = tf.lookup.KeyValueTensorInitializer(tf.constant([3, 1], tf.int64), keys[:2])
        self.names = tf.lookup.StaticHashTable(numbers, "?")
        self.calls = tf.Variable(0)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string), tf.TensorSpec([None], tf.int64)])
    def look_up(self, words, numbers):
        self.calls.assign_add(1)
        return {"found": self.table.lookup(words), "names": self.names.lookup(numbers),
                "calls": self.calls.read_value()}  # fmt: skip


def test_tables_and_assigned_variables_come_along():
    model = Lookup()
    interpreter = models.interpreter(litecast.convert(model.look_up))
    look_up = interpreter.get_signature_runner("serving_default")
    for calls in (1, 2):
        got = look_up(words=np.array(["c", "x", "b"]), numbers=np.array([1, 2]))
        assert got["found"].tolist() == [11, -1, 5]
        assert got["names"].tolist() == [b"a", b"?"]
        assert got["calls"] == calls
