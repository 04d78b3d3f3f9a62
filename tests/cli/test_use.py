"""Ordinary use: options, summaries, exit statuses, determinism."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from harness import DONE, UNCONVERTIBLE, WRONG_USE

import crafted
import tensorflow as tf


def test_version_and_help(bench):
    for arguments in (["--version"], ["--help"], ["convert", "--help"], ["show", "--help"]):
        done = bench.run(*arguments)
        assert done.status == DONE, (arguments, done.said)
        assert done.out.strip()


def test_wrong_use(bench):
    for arguments in ([], ["frobnicate"], ["convert"], ["convert", bench.saved_model(), "--no-such-flag"]):
        done = bench.run(*arguments)
        assert done.status == WRONG_USE, (arguments, done.status, done.said)


def test_summary_answers_the_questions(bench):
    done = bench.convert(bench.saved_model())
    bench.writes(done)
    for word in ("serving_default", "x", "y", "ops", "runtime", "Google Play"):
        assert word.lower() in done.said.lower(), f"no '{word}' in: {done.said}"


def test_demo(bench):
    demo = pathlib.Path(__file__).parents[2] / "scripts/demo.py"
    command = [sys.executable, demo, bench.saved_model(), "--litecast", bench.binary]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for words in ("converted in", "one run", "LiteRT"):
        assert words in done.stdout


def test_quiet(bench):
    done = bench.convert(bench.saved_model(), "-q")
    bench.writes(done)
    assert not done.said, done.said


def test_json_report(bench):
    done = bench.convert(bench.saved_model(), "--json")
    bench.writes(done)
    report = json.loads(done.out)
    assert sum(sum(layer["ops"].values()) for layer in report["layers"]) == sum(report["ops"].values())
    assert list(report["timings"]) == ["reading", "building", "optimizing", "writing"]


def test_json_report_of_a_failure(bench):
    source = bench.folder / "random"
    crafted.save_function(
        source, lambda x: {"y": tf.raw_ops.EncodeBase64(input=x)}, tf.TensorSpec([None], tf.string)
    )
    done = bench.convert(source, "--json")
    assert done.status == UNCONVERTIBLE, (done.status, done.said)
    assert "EncodeBase64" in json.dumps(json.loads(done.out))


def test_diagnostics_name_every_op_at_once(bench):
    source = bench.folder / "many"

    def serve(x):
        return {"y": tf.io.encode_base64(x), "z": tf.strings.upper(x), "u": tf.strings.length(x)}

    crafted.save_function(source, serve, tf.TensorSpec([None], tf.string))
    done = bench.convert(source)
    bench.refuses(done, UNCONVERTIBLE, words=["EncodeBase64", "StringUpper", "StringLength"])


def _text_model(folder):
    def serve(x):
        return {"y": tf.strings.length(tf.strings.join([x, "!"]))}

    crafted.save_function(folder, serve, tf.TensorSpec([None], tf.string))


def test_select_tf_ops(bench):
    source = bench.folder / "text"
    _text_model(source)
    bench.refuses(bench.convert(source), UNCONVERTIBLE, words=["StringJoin", "--select-tf-ops"])
    done = bench.convert(source, "--select-tf-ops")
    assert b"FlexStringJoin" in bench.writes(done)
    for word in ("StringJoin (TensorFlow's)", "22 MB", "Google Play services"):
        assert word in done.out, done.said
    done = bench.convert(source, "--select-tf-ops", "--json")
    report = json.loads(done.out)
    assert [k["op"] for k in report["kernels"]] == ["StringJoin", "StringLength"], report
    assert report["kernels"][0]["kind"] == "select_tf" and report["kernels"][0]["places"]
    assert report["runtime_growth_mb"] > 0 and not report["runs_on_play_services"]


def test_stablehlo_operators(bench):
    source = bench.folder / "dense"
    crafted.save_function(source, lambda x: {"y": tf.exp(x) + 1.0}, tf.TensorSpec([None, 4], tf.float32, "x"))
    bench.refuses(
        bench.convert(source, "--target", "stablehlo"),
        UNCONVERTIBLE,
        words=["sizes are free", "--input-shape"],
    )
    done = bench.convert(source, "--target", "stablehlo", "--input-shape", "x=2,4", "--json")
    bench.writes(done)
    ops = set(json.loads(done.out)["ops"])
    assert ops == {"STABLEHLO_EXPONENTIAL", "STABLEHLO_BROADCAST_IN_DIM", "STABLEHLO_ADD"}, ops
    done = bench.convert(source, "--target", "stablehlo", "--select-tf-ops")
    assert done.status == WRONG_USE and "neither Select TF ops" in done.said, done.said
    assert bench.convert(source, "--target", "xla").status == WRONG_USE


def test_force_select_tf_ops(bench):
    source = bench.saved_model()
    assert b"FlexMatMul" in bench.writes(bench.convert(source, "--force-select-tf-ops"))
    assert b"Flex" not in bench.writes(bench.convert(source, "--select-tf-ops"))
    done = bench.convert(source, "--select-user-tf-ops", "Mine")
    assert done.status == WRONG_USE and "--select-tf-ops" in done.said, done.said
    done = bench.convert(source, "--select-all-tf-ops")
    assert done.status == WRONG_USE and "--select-tf-ops" in done.said, done.said
    assert b"Flex" not in bench.writes(bench.convert(source, "--select-tf-ops", "--select-all-tf-ops"))


def test_custom_ops(bench):
    source = bench.folder / "text"
    _text_model(source)
    done = bench.convert(source, "--allow-custom-ops=StringJoin")
    bench.refuses(done, UNCONVERTIBLE, words=["StringLength"])
    done = bench.convert(source, "--allow-custom-ops")
    data = bench.writes(done)
    assert b"StringJoin" in data and b"Flex" not in data
    assert "StringJoin (yours)" in done.out and "MB larger" not in done.out, done.said
    bench.writes(bench.convert(source, "--allow-custom-ops=StringJoin,StringLength"))


def test_no_escape_codes_without_a_terminal(bench):
    done = bench.convert(bench.saved_model(), env={**os.environ, "NO_COLOR": "1"})
    assert "\x1b" not in done.said


def test_signature_alone(bench):
    data = bench.writes(bench.convert(bench.saved_model(), "--signature", "sums"))
    assert b"total" in data and b"serving_default_x" not in data


def test_input_shape(bench):
    data = bench.writes(bench.convert(bench.saved_model(), "--input-shape", "x=3,16"))
    done = bench.run("show", bench.out)
    assert done.status == DONE and "3" in done.out and data
    wrong = bench.convert(bench.saved_model("sound2"), "--input-shape", "q=3,16")
    assert wrong.status == WRONG_USE, (wrong.status, wrong.said)


def test_without_metadata(bench):
    source = bench.saved_model()
    assert b"CONVERSION_METADATA" in bench.writes(bench.convert(source))
    assert b"CONVERSION_METADATA" not in bench.writes(bench.convert(source, "--no-metadata"))


def test_show(bench):
    source = bench.saved_model()
    done = bench.run("show", source)
    assert done.status == DONE, done.said
    for word in ("serving_default", "sums", "MatMul"):
        assert word in done.out, f"no '{word}' in: {done.out}"
    bench.writes(bench.convert(source))
    done = bench.run("show", bench.out)
    assert done.status == DONE, done.said
    assert "FULLY_CONNECTED" in done.out


def test_ops(bench):
    done = bench.run("ops")
    assert done.status == DONE, done.said
    assert len(done.out.splitlines()) > 300 and "Conv2D " in done.out
    done = bench.run("ops", "conv2d")
    assert done.status == DONE and "CONV_2D" in done.out, done.said
    done = bench.run("ops", "Softplus", "--json")
    assert "EXP" in json.loads(done.out)["becomes"], done.said
    done = bench.run("ops", "Conv2")
    assert done.status == WRONG_USE and "Conv2D" in done.said, done.said


def test_supported_backends(bench):
    source = bench.saved_model()
    plain = bench.writes(bench.convert(source))
    assert bench.writes(bench.convert(source, "--supported-backends", "gpu")) == plain
    recurrent = bench.folder / "loop"
    crafted.save_recurrent(recurrent)
    for target in bench.folder.glob("*.tflite"):
        target.unlink()
    done = bench.convert(recurrent, "--supported-backends", "gpu", "--recurrent", "loop")
    assert done.status == UNCONVERTIBLE, (done.status, done.said)
    for words in ("WHILE: the GPU delegate does not have it", "without --supported-backends"):
        assert words in done.said, done.said
    assert not list(bench.folder.glob("*.tflite"))
    done = bench.convert(source, "--supported-backends", "npu")
    assert done.status == WRONG_USE and "gpu" in done.said, done.said


def test_skip_rewrite(bench):
    source = bench.saved_model()
    done = bench.convert(source, "--skip-rewrite", "fuse_bias")
    bench.writes(done)
    done = bench.convert(source, "--skip-rewrite", "nothing")
    assert done.status == WRONG_USE and "fuse_bias" in done.said, done.said


def test_recurrent_layers(bench):
    source = bench.folder / "recurrent"
    crafted.save_recurrent(source)
    done = bench.convert(source, "--recurrent", "fused", "-v")
    bench.writes(done)
    assert "1 UNIDIRECTIONAL_SEQUENCE_LSTM" in done.said, done.said
    assert "1 WHILE" in done.said and "reset" in done.said and "stays a loop" in done.said, done.said
    done = bench.convert(source, "--recurrent", "loop", "-v")
    bench.writes(done)
    assert "2 WHILE" in done.said and "SEQUENCE" not in done.said, done.said
    assert "stays a loop" not in done.said, done.said
    done = bench.convert(source, "--recurrent", "any")
    assert done.status == WRONG_USE and "fused" in done.said, done.said


def test_recurrent_layers_are_known_by_what_they_compute(bench):
    source = bench.folder / "recurrent"
    crafted.save_recurrent(source)
    whole = bench.writes(bench.convert(source, "--recurrent", "fused"))
    assert crafted.strip_hints(source) > 0
    assert bench.writes(bench.convert(source, "--recurrent", "fused")) == whole


def test_default_name_of_the_output(bench):
    source = bench.saved_model()
    done = bench.run("convert", source, cwd=bench.folder)
    assert done.status == DONE, done.said
    assert [f.name for f in bench.folder.iterdir() if f.suffix == ".tflite"]


def test_output_through_a_symbolic_link(bench):
    target = bench.folder / "real.tflite"
    target.write_bytes(b"\x1c\x00\x00\x00TFL3")
    bench.out.symlink_to(target)
    assert bench.convert(bench.saved_model()).status == DONE
    assert bench.out.is_symlink() and target.stat().st_size > 100


def test_mode_follows_the_umask(bench):
    bench.writes(bench.convert(bench.saved_model(), umask=0o027))
    assert bench.out.stat().st_mode & 0o777 == 0o640


def test_same_bytes_always(bench):
    source = bench.saved_model("large")
    first = bench.writes(bench.convert(source))
    for _ in range(19):
        assert bench.writes(bench.convert(source)) == first
    elsewhere = bench.folder / "else/where"
    shutil.copytree(source, elsewhere)
    assert bench.writes(bench.convert(elsewhere)) == first
    done = subprocess.run(
        ["taskset", "-c", "0", bench.binary, "convert", "where", "-o", bench.out],
        cwd=elsewhere.parent,
        capture_output=True,
    )
    assert done.returncode == DONE and bench.out.read_bytes() == first


def test_nothing_of_the_machine_in_the_file(bench):
    data = bench.writes(bench.convert(bench.saved_model()))
    for secret in (str(bench.folder).encode(), os.environ.get("USER", "root").encode() + b"@"):
        assert secret not in data
