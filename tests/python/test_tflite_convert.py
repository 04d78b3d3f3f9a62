"""The flags and exit codes of tflite_convert, TensorFlow's and ours."""

import os
import pathlib
import subprocess
import sys

import pytest

LITECAST = pathlib.Path(__file__).parents[2] / "build/litecast"
THEIRS = [sys.executable, "-c", "from tensorflow.lite.python.tflite_convert import main; main()"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A SavedModel and a frozen graph."""
    import models
    import tensorflow as tf

    folder = tmp_path_factory.mktemp("made")
    tf.saved_model.save(models.affine(), str(folder / "model"), signatures=models.affine().affine)

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
    def f(x):
        return tf.nn.relu(x)

    graph = f.get_concrete_function().graph.as_graph_def()
    (folder / "frozen.pb").write_bytes(graph.SerializeToString())
    return folder


def ours(made, line):
    command = [LITECAST, "tflite_convert", *line.format(made=made).split()]
    return subprocess.run(command, capture_output=True, text=True)


V1 = "--enable_v1_converter --output_file {made}/out.tflite "
CASES = {
    "a SavedModel": ("--saved_model_dir {made}/model --output_file {made}/out.tflite", 0),
    "values behind =": ("--saved_model_dir={made}/model --output_file={made}/out.tflite", 0),
    "a signature": (
        "--saved_model_dir {made}/model --saved_model_signature_key serving_default "
        "--saved_model_tag_set serve --output_file {made}/out.tflite",
        0,
    ),
    "unknown flags": ("--saved_model_dir {made}/model --output_file {made}/out.tflite --zzz 3", 0),
    "switches": (
        "--saved_model_dir {made}/model --output_file {made}/out.tflite "
        "--experimental_new_converter --experimental_new_quantizer=true",
        0,
    ),
    "no output": ("--saved_model_dir {made}/model", 2),
    "no source": ("--output_file {made}/out.tflite", 1),
    "no source of TensorFlow 1": (V1, 2),
    "two sources": (
        "--saved_model_dir {made}/model --keras_model_file x.h5 --output_file {made}/out.tflite",
        2,
    ),
    "no value": ("--output_file {made}/out.tflite --saved_model_dir", 2),
    "no such folder": ("--saved_model_dir {made}/no --output_file {made}/out.tflite", 1),
    "no such signature": (
        "--saved_model_dir {made}/model --saved_model_signature_key no "
        "--output_file {made}/out.tflite",
        1,
    ),
    "a frozen graph": (V1 + "--graph_def_file {made}/frozen.pb --input_arrays x --output_arrays Relu", 0),
    "its shapes": (
        V1 + "--graph_def_file {made}/frozen.pb --input_arrays x --input_shapes 2,4 "
        "--output_arrays Relu",
        0,
    ),
    "no arrays": (V1 + "--graph_def_file {made}/frozen.pb", 1),
    "shapes without arrays": (V1 + "--saved_model_dir {made}/model --input_shapes 1,4", 1),
    "too many shapes": (
        V1 + "--graph_def_file {made}/frozen.pb --input_arrays x --output_arrays Relu "
        "--input_shapes 1,4:1,4",
        1,
    ),
    "half of the statistics": (V1 + "--saved_model_dir {made}/model --mean_values 1", 1),
    "half of the ranges": (V1 + "--saved_model_dir {made}/model --default_ranges_min 1", 1),
    "an unknown set of ops": (V1 + "--saved_model_dir {made}/model --target_ops MINE", 1),
    "a video without a folder": (V1 + "--saved_model_dir {made}/model --dump_graphviz_video", 1),
    "Select TF ops": (
        V1 + "--saved_model_dir {made}/model --target_ops TFLITE_BUILTINS,SELECT_TF_OPS "
        "--experimental_select_user_tf_ops Mine --allow_custom_ops",
        0,
    ),
    "user ops without Select TF ops": (
        V1 + "--saved_model_dir {made}/model --experimental_select_user_tf_ops Mine",
        1,
    ),
    "an old flag": (V1 + "--saved_model_dir {made}/model --batch_size 1", 1),
}


@pytest.mark.parametrize("case", CASES)
def test_exit_code(made, case):
    line, code = CASES[case]
    done = ours(made, line)
    assert done.returncode == code, done.stderr
    assert (done.stderr == "") == (code == 0)
    assert os.path.exists(made / "out.tflite") == (code == 0)
    if code == 0:
        os.unlink(made / "out.tflite")


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_exit_code_of_the_reference(made, case):
    line, code = CASES[case]
    command = [*THEIRS, *line.format(made=made).split()]
    assert subprocess.run(command, capture_output=True, text=True).returncode == code
    (made / "out.tflite").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "flags",
    [
        "--keras_model_file x.h5",
        "--enable_v1_converter --saved_model_dir {made}/model --post_training_quantize",
        "--enable_v1_converter --saved_model_dir {made}/model --inference_type=INT8",
        "--enable_v1_converter --saved_model_dir {made}/model --output_format=GRAPHVIZ_DOT",
        "--enable_v1_converter --saved_model_dir {made}/model --target_ops=TFLITE_BUILTINS_INT8",
        "--enable_v1_converter --saved_model_dir {made}/model --conversion_summary_dir x",
    ],
)
def test_what_is_not_built_says_so(made, flags):
    done = ours(made, f"{flags} --output_file {{made}}/out.tflite")
    assert done.returncode == 1 and "is not supported by litecast yet" in done.stderr


def test_frozen_graphs_without_flags(made, tmp_path):
    done = subprocess.run(
        [LITECAST, "convert", made / "frozen.pb", "-o", tmp_path / "m.tflite"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "float32[?,4]" in done.stdout
    shown = subprocess.run([LITECAST, "show", made / "frozen.pb"], capture_output=True, text=True)
    assert "op Relu 1" in shown.stdout


def test_toco_is_the_old_name_of_the_program(made):
    for line, code in (CASES["a SavedModel"], CASES["no source"]):
        command = [LITECAST, "toco", *line.format(made=made).split()]
        assert subprocess.run(command, capture_output=True).returncode == code
