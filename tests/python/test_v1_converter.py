"""The converter of TensorFlow 1 and ours, side by side."""

import numpy as np
import pytest
import tensorflow as tf

import file_facts
import models
from litecast import NotYetSupported
from litecast.tflite import v1

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


@pytest.mark.parametrize(
    "name, value",
    [("dump_graphviz_dir", "folder"), ("dump_graphviz_video", True)],
)
@pytest.mark.filterwarnings("ignore:.*has no effect")
def test_nothing_is_drawn(lite_v1, frozen, tmp_path, name, value):
    converter = converter_of(lite_v1, frozen)
    setattr(converter, name, str(tmp_path) if value == "folder" else value)
    check(converter.convert())
    assert not list(tmp_path.iterdir())


def test_a_summary_changes_no_sizes(frozen, tmp_path):
    """The reference writes none, and makes free sizes 1."""
    converter = converter_of(v1, frozen)
    with pytest.warns(UserWarning, match="conversion_summary_dir has no effect"):
        converter.conversion_summary_dir = str(tmp_path)
    check(converter.convert())
    assert not list(tmp_path.iterdir())


def test_drawings_that_are_not_made_are_said_once(frozen, recwarn):
    for _ in range(2):
        converter_of(v1, frozen).dump_graphviz_dir = "folder"
    assert [str(warning.message) for warning in recwarn] == [
        "dump_graphviz_dir has no effect: nothing is drawn"
    ]


def test_an_unknown_format_is_refused(lite_v1, frozen):
    converter = converter_of(lite_v1, frozen)
    converter.output_format = "PNG"
    with pytest.raises(ValueError, match='unknown enum label "PNG"'):
        converter.convert()


@pytest.mark.parametrize("value", ["GRAPHVIZ_DOT", tf1.lite.constants.GRAPHVIZ_DOT])
def test_drawings_are_refused(frozen, value):
    """The reference gives a .tflite."""
    converter = converter_of(v1, frozen)
    converter.output_format = value
    with pytest.raises(NotYetSupported, match="output_format=GRAPHVIZ_DOT.*litecast show"):
        converter.convert()


def graph_with_a_step():
    with tf1.Graph().as_default() as graph:
        x = tf1.placeholder(tf.float32, [2], "x")
        tf.nn.relu(x, name="y")
        with tf1.control_dependencies([tf1.debugging.assert_positive(x)]):
            tf.no_op("step")
    return graph.as_graph_def()


def with_control_outputs(lite, outputs, control_outputs):
    converter = lite.TFLiteConverter(graph_with_a_step(), None, None, [("x", [2])], outputs)
    converter._control_output_arrays = control_outputs
    return converter.convert()


@pytest.mark.parametrize("names", [None, [], ["step"], ["y"]])
def test_control_outputs_of_a_graph(lite_v1, names):
    data = with_control_outputs(lite_v1, ["y"], names)
    assert file_facts.operators(data) == [("RELU", "FLOAT32", "FLOAT32")]


@pytest.mark.parametrize(
    "names, problem",
    [(["step", "step"], "Control outputs must be unique"), (["z"], "Graph does not contain node: z")],
)
def test_control_outputs_must_exist(lite_v1, names, problem):
    from tensorflow.lite.python.convert import ConverterError

    with pytest.raises(ConverterError, match=problem):
        with_control_outputs(lite_v1, ["y"], names)


def test_control_outputs_alone_are_no_model():
    """The reference makes a model without outputs."""
    with pytest.raises(NotYetSupported, match="control outputs alone"):
        with_control_outputs(v1, None, ["step"])


def test_control_outputs_beside_tensors_count_for_nothing(lite_v1):
    with tf1.Graph().as_default() as graph:
        x = tf1.placeholder(tf.float32, [2], "x")
        y = tf.nn.relu(x, name="y")
        converter = lite_v1.TFLiteConverter(graph.as_graph_def(), [x], [y])
    converter._control_output_arrays = ["there is none"]
    assert file_facts.operators(converter.convert()) == [("RELU", "FLOAT32", "FLOAT32")]


def test_what_a_hint_surrounds_is_converted():
    """The reference fails."""
    with tf1.Graph().as_default(), tf1.Session() as session:
        hint = tf1.lite.OpHint("cell")
        x = tf1.placeholder(tf.float32, [2], "x")
        (y,) = hint.add_outputs(tf.sin(hint.add_input(x)))
        data = v1.TFLiteConverter.from_session(session, [x], [tf.identity(y, "y")]).convert()
    assert file_facts.operators(data) == [("SIN", "FLOAT32", "FLOAT32")]
