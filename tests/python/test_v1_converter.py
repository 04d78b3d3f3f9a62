"""The converter of TensorFlow 1 and ours, side by side."""

import numpy as np
import pytest
import tensorflow as tf

import models

tf1 = tf.compat.v1


def build():
    x = tf1.placeholder(tf.float32, [None, 4], "x")
    w = tf1.get_variable("w", initializer=np.arange(8, dtype=np.float32).reshape(4, 2))
    return x, tf.identity(tf.nn.relu(x @ w), name="y")


def expected(x):
    return np.maximum(x @ np.arange(8, dtype=np.float32).reshape(4, 2), 0)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """A frozen graph in a file, and one whose variables are variables."""
    folder = tmp_path_factory.mktemp("graphs")
    with tf1.Graph().as_default() as graph, tf1.Session() as session:
        build()
        session.run(tf1.global_variables_initializer())
        whole = graph.as_graph_def()
        (folder / "unfrozen.pb").write_bytes(whole.SerializeToString())
        constant = tf1.graph_util.convert_variables_to_constants(session, whole, ["y"])
        (folder / "frozen.pb").write_bytes(constant.SerializeToString())
        tf.io.write_graph(constant, str(folder), "frozen.pbtxt", as_text=True)
    return folder


def check(data):
    assert models.interface(data) == {
        "signatures": {},
        "inputs": [("x", "float32", (-1, 4))],
        "outputs": [("y", "float32", (-1, 2))],
    }
    models.close(models.run_positional(data, models.x())[0], expected(models.x()))


def test_from_session(lite_v1):
    with tf1.Graph().as_default(), tf1.Session() as session:
        x, y = build()
        session.run(tf1.global_variables_initializer())
        check(lite_v1.TFLiteConverter.from_session(session, [x], [y]).convert())


@pytest.mark.parametrize("name", ["frozen.pb", "frozen.pbtxt"])
def test_from_frozen_graph(lite_v1, frozen, name):
    make = lite_v1.TFLiteConverter.from_frozen_graph
    converter = make(str(frozen / name), ["x"], ["y"])
    assert converter.get_input_arrays() == ["x"]
    check(converter.convert())


def test_input_shapes_fix_what_is_free(lite_v1, frozen):
    make = lite_v1.TFLiteConverter.from_frozen_graph
    data = make(str(frozen / "frozen.pb"), ["x"], ["y"], {"x": [3, 4]}).convert()
    assert models.interface(data)["inputs"] == [("x", "float32", (3, 4))]


def test_a_graph_can_end_within(lite_v1, frozen):
    make = lite_v1.TFLiteConverter.from_frozen_graph
    data = make(str(frozen / "frozen.pb"), ["x"], ["Relu"]).convert()
    assert models.interface(data)["outputs"] == [("Relu", "float32", (-1, 2))]


def test_a_missing_graph_is_an_os_error(lite_v1, tmp_path):
    with pytest.raises(OSError, match="does not exist"):
        lite_v1.TFLiteConverter.from_frozen_graph(str(tmp_path / "no.pb"), ["x"], ["y"])


def test_what_is_no_graph_is_an_os_error(lite_v1, tmp_path):
    (tmp_path / "bad.pb").write_bytes(b"rubbish: it has no nodes")
    with pytest.raises(OSError, match="Unable to parse input file"):
        lite_v1.TFLiteConverter.from_frozen_graph(str(tmp_path / "bad.pb"), ["x"], ["y"])


def test_an_unfrozen_graph_is_refused(lite_v1, frozen):
    with pytest.raises(ValueError, match="Please freeze the graph"):
        lite_v1.TFLiteConverter.from_frozen_graph(str(frozen / "unfrozen.pb"), ["x"], ["y"])


@pytest.mark.parametrize("arrays", [(["no"], ["y"]), (["x"], ["no"])])
def test_unknown_arrays_are_named(lite_v1, frozen, arrays):
    with pytest.raises(ValueError, match="Invalid tensors 'no' were found"):
        lite_v1.TFLiteConverter.from_frozen_graph(str(frozen / "frozen.pb"), *arrays)


def test_the_constructor_needs_tensors_or_arrays(lite_v1):
    converter = lite_v1.TFLiteConverter(tf1.GraphDef(), None, None, [("x", [1, 4])], None)
    with pytest.raises(ValueError, match="If input_tensors and output_tensors are None"):
        converter.convert()


def test_a_saved_model_has_one_signature(lite_v1, tmp_path):
    model = models.affine()
    tf.saved_model.save(model, str(tmp_path / "m"), signatures=model.affine)
    converter = lite_v1.TFLiteConverter.from_saved_model(str(tmp_path / "m"))
    assert converter.get_input_arrays() == ["serving_default_x"]
    runtime = models.interpreter(converter.convert())
    (detail,) = runtime.get_input_details()
    runtime.resize_tensor_input(detail["index"], [2, 4])
    runtime.allocate_tensors()
    runtime.set_tensor(detail["index"], models.x())
    runtime.invoke()
    got = runtime.get_tensor(runtime.get_output_details()[0]["index"])
    models.close(got, model.affine(models.x())["y"])


def test_an_unknown_signature_of_a_saved_model_is_refused(lite_v1, tmp_path):
    model = models.affine()
    tf.saved_model.save(model, str(tmp_path / "m"), signatures=model.affine)
    with pytest.raises(ValueError):
        lite_v1.TFLiteConverter.from_saved_model(str(tmp_path / "m"), signature_key="no")
    with pytest.raises((ValueError, RuntimeError)):
        lite_v1.TFLiteConverter.from_saved_model(str(tmp_path / "m"), tag_set={"no"})


def converter_of(lite_v1, frozen):
    return lite_v1.TFLiteConverter.from_frozen_graph(str(frozen / "frozen.pb"), ["x"], ["y"])


@pytest.mark.parametrize(
    "name, value",
    [
        ("inference_type", tf.float32),
        ("output_format", 2),
        ("inference_input_type", None),
        ("inference_output_type", None),
        ("quantized_input_stats", {}),
        ("default_ranges_stats", None),
        ("drop_control_dependency", True),
        ("reorder_across_fake_quant", False),
        ("change_concat_input_ranges", False),
        ("dump_graphviz_dir", None),
        ("dump_graphviz_video", False),
        ("conversion_summary_dir", None),
    ],
)
def test_default_of(lite_v1, frozen, name, value):
    assert getattr(converter_of(lite_v1, frozen), name) == value


def test_integer_types_need_statistics(lite_v1, frozen):
    converter = converter_of(lite_v1, frozen)
    converter.inference_input_type = tf.uint8
    converter.inference_type = tf.uint8
    with pytest.raises(ValueError, match="The `quantized_input_stats` flag must be defined"):
        converter.convert()


def test_statistics_must_be_of_the_inputs(lite_v1, frozen):
    converter = converter_of(lite_v1, frozen)
    converter.quantized_input_stats = {"z": (0.0, 1.0)}
    with pytest.raises(ValueError, match="not available for input tensors 'x'"):
        converter.convert()


def test_deprecated_names_still_work_and_warn(lite_v1, frozen):
    converter = converter_of(lite_v1, frozen)
    with pytest.warns(UserWarning, match="post_training_quantize is deprecated"):
        converter.post_training_quantize = True
    assert [str(value) for value in converter.optimizations] == ["DEFAULT"]
    with pytest.warns(UserWarning, match="target_ops is deprecated"):
        assert {str(value) for value in converter.target_ops} == {"TFLITE_BUILTINS"}


def test_toco_is_the_old_name(lite_v1, frozen):
    converter = lite_v1.TocoConverter.from_frozen_graph(str(frozen / "frozen.pb"), ["x"], ["y"])
    check(converter.convert())
