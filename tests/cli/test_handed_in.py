"""What people hand in by mistake is recognised and answered in words."""

import shutil
import tarfile
import zipfile

import crafted
import tensorflow as tf
from harness import MALFORMED, UNCONVERTIBLE, WRONG_USE


def test_graph_file_itself_works(bench):
    bench.writes(bench.convert(bench.saved_model() / "saved_model.pb"))


def test_variables_folder_works(bench):
    bench.writes(bench.convert(bench.saved_model() / "variables"))


def test_text_graph(bench):
    folder = bench.folder / "text"
    folder.mkdir()
    (folder / "saved_model.pbtxt").write_text("saved_model_schema_version: 1\n")
    for source in (folder, folder / "saved_model.pbtxt"):
        bench.refuses(bench.convert(source), WRONG_USE, MALFORMED, words=["pbtxt"])


def test_checkpoint_folder(bench):
    folder = bench.folder / "checkpoint"
    shutil.copytree(bench.saved_model() / "variables", folder)
    (folder / "checkpoint").write_text('model_checkpoint_path: "variables"\n')
    bench.refuses(bench.convert(folder), WRONG_USE, MALFORMED, words=["checkpoint"])


def test_archives(bench):
    source = bench.saved_model()
    tar = bench.folder / "model.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        archive.add(source, "model")
    packed = bench.folder / "model.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in source.rglob("*"):
            archive.write(file, file.relative_to(source))
    bench.refuses(bench.convert(tar), WRONG_USE, MALFORMED, words=["unpack"])
    bench.refuses(bench.convert(packed), WRONG_USE, MALFORMED, words=["unpack"])


def test_other_formats_are_named(bench):
    keras = bench.folder / "model.keras"
    with zipfile.ZipFile(keras, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", "{}")
    torch = bench.folder / "model.pt"
    with zipfile.ZipFile(torch, "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}q\x00.")
    h5 = bench.folder / "model.h5"
    h5.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    onnx = bench.folder / "model.onnx"
    onnx.write_bytes(b"\x08\x07\x12\x07pytorch\x1a\x032.0")
    for file, word in ((keras, "Keras"), (h5, "HDF5"), (onnx, "ONNX"), (torch, "PyTorch")):
        bench.refuses(bench.convert(file), WRONG_USE, MALFORMED, words=[word])


def test_tflite(bench):
    done = bench.convert(bench.saved_model())
    bench.writes(done)
    given = bench.folder / "given.tflite"
    bench.out.rename(given)
    done = bench.convert(given)
    assert done.status in (WRONG_USE, MALFORMED), (done.status, done.said)
    assert ".tflite" in done.said


def test_saved_model_without_signatures(bench):
    done = bench.convert(bench.saved_model("unsigned"))
    bench.refuses(done, UNCONVERTIBLE, WRONG_USE, MALFORMED, words=["signature"])


def test_examples_to_parse(bench):
    source = bench.folder / "examples"

    def serve(examples):
        parsed = tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([4], tf.float32)})
        return {"y": tf.nn.relu(parsed["x"])}

    crafted.save_function(source, serve, tf.TensorSpec([None], tf.string))
    bench.refuses(bench.convert(source), UNCONVERTIBLE, words=["ParseExample"])


def test_encoded_images(bench):
    source = bench.folder / "images"

    def serve(data):
        image = tf.io.decode_jpeg(data, channels=3)
        return {"y": tf.image.resize(tf.cast(image, tf.float32)[tf.newaxis], [8, 8])}

    crafted.save_function(source, serve, tf.TensorSpec([], tf.string))
    bench.refuses(bench.convert(source), UNCONVERTIBLE, words=["Jpeg"])
