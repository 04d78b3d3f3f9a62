"""Scripts as people write them for tf.lite, whole: each runs with it, and with the one import changed."""

import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import file_facts
import litecast
import models


def run_first(lite, content, *inputs):
    """What most tutorials write: the first output for the inputs, by their indices."""
    interpreter = lite.Interpreter(model_content=content)
    details = interpreter.get_input_details()
    for detail, value in zip(details, inputs, strict=True):
        interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for detail, value in zip(details, inputs, strict=True):
        interpreter.set_tensor(detail["index"], value)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def images(batch=2, size=16):
    return np.random.default_rng(0).random((batch, size, size, 1), np.float32)


@pytest.mark.parametrize("kind", [keras, tf_keras], ids=["keras", "tf_keras"])
def test_a_classifier_is_trained_and_converted(lite, kind, tmp_path):
    layers = kind.layers
    model = kind.Sequential(
        [
            layers.Input((16, 16, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images(32), np.arange(32) % 10, epochs=2, verbose=0)

    converter = lite.TFLiteConverter.from_keras_model(model)
    tflite_model = converter.convert()
    file = pathlib.Path(tmp_path) / "mnist.tflite"
    assert file.write_bytes(tflite_model) == len(tflite_model)

    interpreter = lite.Interpreter(model_path=str(file))
    interpreter.allocate_tensors()
    input_index = interpreter.get_input_details()[0]["index"]
    output_index = interpreter.get_output_details()[0]["index"]
    for image in images(3):
        interpreter.set_tensor(input_index, image[None])
        interpreter.invoke()
        models.close(interpreter.get_tensor(output_index), model(image[None], training=False))


def test_a_saved_model_is_loaded_and_its_input_gets_a_shape(lite, tmp_path):
    model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(4, 3, padding="same")])
    model.export(str(tmp_path / "m"), verbose=False)

    loaded = tf.saved_model.load(str(tmp_path / "m"))
    concrete_func = loaded.signatures[tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY]
    concrete_func.inputs[0].set_shape([1, 16, 16, 1])
    converter = lite.TFLiteConverter.from_concrete_functions([concrete_func])
    data = converter.convert()

    ((_, _, shape),) = models.interface(data)["inputs"]
    assert shape == (1, 16, 16, 1)
    models.close(run_first(lite, data, images(1)), model(images(1)))


def test_a_loaded_model_is_converted_with_its_owner(lite, tmp_path):
    tf.saved_model.save(models.affine(), str(tmp_path), signatures=models.affine().affine)
    loaded = tf.saved_model.load(str(tmp_path))
    concrete_func = loaded.signatures["serving_default"]
    data = lite.TFLiteConverter.from_concrete_functions([concrete_func], loaded).convert()
    models.close(models.run(data, x=models.x())["y"], models.affine().affine(models.x())["y"])


@pytest.mark.parametrize("kind", [keras, tf_keras], ids=["keras", "tf_keras"])
def test_a_recurrent_model_of_a_fixed_batch(lite, kind, tmp_path):
    model = kind.Sequential(
        [
            kind.Input((6, 4)),
            kind.layers.LSTM(5, return_sequences=True),
            kind.layers.Flatten(),
            kind.layers.Dense(3),
        ]
    )
    run_model = tf.function(lambda x: model(x))
    concrete_func = run_model.get_concrete_function(tf.TensorSpec([1, 6, 4], tf.float32))
    if kind is tf_keras:
        model.save(str(tmp_path), save_format="tf", signatures=concrete_func)
        converter = lite.TFLiteConverter.from_saved_model(str(tmp_path))
    else:
        converter = lite.TFLiteConverter.from_concrete_functions([concrete_func])
    x = np.random.default_rng(0).random((1, 6, 4), np.float32)
    data = converter.convert()
    for _ in range(2):
        models.close(run_first(lite, data, x), model(x))


@pytest.mark.filterwarnings("ignore:.*_experimental_lower_tensor_list_ops has no effect")
def test_a_recurrent_model_with_what_one_finds_for_it(lite):
    model = keras.Sequential([keras.Input((None, 4)), keras.layers.GRU(5), keras.layers.Dense(3)])
    converter = lite.TFLiteConverter.from_keras_model(model)
    converter.target_spec.supported_ops = [
        lite.OpsSet.TFLITE_BUILTINS,
        lite.OpsSet.SELECT_TF_OPS,
    ]
    converter._experimental_lower_tensor_list_ops = False
    converter.experimental_enable_resource_variables = True
    data = converter.convert()
    if lite is not tf.lite:  # no runtime here has TensorFlow's kernels
        x = np.random.default_rng(0).random((2, 7, 4), np.float32)
        models.close(run_first(lite, data, x), model(x))


class OnDevice(tf.Module):
    """The model of the guide to training on devices."""

    def __init__(self):
        self.model = tf_keras.Sequential(
            [tf_keras.layers.Flatten(input_shape=(4, 4)), tf_keras.layers.Dense(3, name="dense")]
        )
        self.model.compile(
            optimizer=tf_keras.optimizers.legacy.SGD(0.1),
            loss=tf_keras.losses.CategoricalCrossentropy(from_logits=True),
        )

    @tf.function(input_signature=[tf.TensorSpec([None, 4, 4]), tf.TensorSpec([None, 3])])
    def train(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.model.loss(y, self.model(x))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.model.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return {"loss": loss}

    @tf.function(input_signature=[tf.TensorSpec([None, 4, 4])])
    def infer(self, x):
        logits = self.model(x)
        return {"output": tf.nn.softmax(logits, axis=-1), "logits": logits}

    @tf.function(input_signature=[tf.TensorSpec([], tf.string)])
    def save(self, checkpoint_path):
        names = [weight.name for weight in self.model.weights]
        values = [weight.read_value() for weight in self.model.weights]
        tf.raw_ops.Save(filename=checkpoint_path, tensor_names=names, data=values)
        return {"checkpoint_path": checkpoint_path}


def test_a_model_that_is_trained_on_the_device(lite, tmp_path):
    m = OnDevice()
    signatures = {name: getattr(m, name).get_concrete_function() for name in ("train", "infer", "save")}
    tf.saved_model.save(m, str(tmp_path), signatures=signatures)
    converter = lite.TFLiteConverter.from_saved_model(str(tmp_path))
    converter.target_spec.supported_ops = [
        lite.OpsSet.TFLITE_BUILTINS,
        lite.OpsSet.SELECT_TF_OPS,
    ]
    converter.experimental_enable_resource_variables = True
    data = converter.convert()
    assert sorted(models.interface(data)["signatures"]) == ["infer", "save", "train"]
    assert "FlexSave" in file_facts.read(data).custom_ops
    if lite is not tf.lite:
        assert file_facts.read(data).custom_ops == {"FlexSave"}


def test_training_goes_on_where_nothing_is_saved():
    """Without the op that writes files there is no need for TensorFlow's kernels: it trains on LiteRT."""
    m = OnDevice()
    data = litecast.convert({"train": m.train, "infer": m.infer})
    interpreter = models.interpreter(data)
    train, infer = map(interpreter.get_signature_runner, ("train", "infer"))
    random = np.random.default_rng(0)
    for _ in range(5):
        x = random.random((8, 4, 4), np.float32)
        y = np.eye(3, dtype=np.float32)[random.integers(0, 3, 8)]
        models.close(train(x=x, y=y)["loss"], m.train(x, y)["loss"])
    models.close(infer(x=x)["logits"], m.infer(x)["logits"])


def test_a_session_of_tensorflow_1(lite_v1):
    tf1 = tf.compat.v1
    with tf1.Graph().as_default(), tf1.Session() as sess:
        images_in = tf1.placeholder(tf.float32, [None, 16, 16, 1], name="images")
        w = tf1.get_variable("w", [3, 3, 1, 4])
        net = tf.nn.relu(tf.nn.conv2d(images_in, w, 1, "SAME"))
        is_training = tf1.placeholder_with_default(False, [], "is_training")
        net = tf.cond(is_training, lambda: tf.nn.dropout(net, 0.5), lambda: net)
        logits = tf.reshape(net, [-1, 16 * 16 * 4]) @ tf1.get_variable("dense", [16 * 16 * 4, 10])
        out = tf.nn.softmax(logits, name="probabilities")
        sess.run(tf1.global_variables_initializer())
        expected = sess.run(out, {images_in: images()})
        tflite_model = lite_v1.TFLiteConverter.from_session(sess, [images_in], [out]).convert()
    models.close(models.run_positional(tflite_model, images())[0], expected)


def test_a_frozen_function_as_a_graph(lite_v1, tmp_path):
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    model = keras.Sequential([keras.Input((4,), name="x"), keras.layers.Dense(3, activation="tanh")])
    full_model = tf.function(lambda x: model(x)).get_concrete_function(tf.TensorSpec([None, 4], name="x"))
    frozen_func = convert_variables_to_constants_v2(full_model)
    tf.io.write_graph(frozen_func.graph, str(tmp_path), "frozen.pb", as_text=False)
    converter = lite_v1.TFLiteConverter.from_frozen_graph(
        graph_def_file=str(tmp_path / "frozen.pb"),
        input_arrays=[tensor.op.name for tensor in frozen_func.inputs],
        output_arrays=[tensor.op.name for tensor in frozen_func.outputs],
        input_shapes={"x": [2, 4]},
    )
    models.close(models.run_positional(converter.convert(), models.x())[0], model(models.x()))


class Codec(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def encode(self, x):
        return {"encoded_result": (x + 1.0) / 3.0}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def decode(self, x):
        return {"decoded_result": x * 3.0 - 1.0}


def test_signatures_are_called_by_their_names(lite, tmp_path):
    model = Codec()
    tf.saved_model.save(
        model,
        str(tmp_path),
        signatures={
            "encode": model.encode.get_concrete_function(),
            "decode": model.decode.get_concrete_function(),
        },
    )
    tflite_model = lite.TFLiteConverter.from_saved_model(str(tmp_path)).convert()
    interpreter = lite.Interpreter(model_content=tflite_model)
    assert interpreter.get_signature_list() == {
        "decode": {"inputs": ["x"], "outputs": ["decoded_result"]},
        "encode": {"inputs": ["x"], "outputs": ["encoded_result"]},
    }
    encoded = interpreter.get_signature_runner("encode")(x=tf.constant([1.0, 2.0, 3.0]))["encoded_result"]
    decoded = interpreter.get_signature_runner("decode")(x=encoded)["decoded_result"]
    models.close(decoded, [1.0, 2.0, 3.0])


@pytest.mark.parametrize("catch", ["ConverterError", "Exception"])
def test_other_ops_are_allowed_when_the_first_try_fails(lite, catch):
    from tensorflow.lite.python.convert import ConverterError

    class Words(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "x")])
        def serve(self, x):
            return {"n": tf.strings.length(tf.strings.lower(x))}

    model = Words()
    converter = lite.TFLiteConverter.from_concrete_functions([model.serve.get_concrete_function()], model)
    try:
        data = converter.convert()
    except {"ConverterError": ConverterError, "Exception": Exception}[catch] as error:
        assert "TF Select ops: StringLength, StringLower" in str(error)
        assert {each.operator.name for each in getattr(error, "errors", [])} == {
            "tf.StringLength",
            "tf.StringLower",
        }
        # The reference's converter works only once.
        converter = lite.TFLiteConverter.from_concrete_functions([model.serve.get_concrete_function()], model)
        converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS, lite.OpsSet.SELECT_TF_OPS]
        data = converter.convert()
    assert {"FlexStringLength", "FlexStringLower"} <= set(models.ops(data))


@pytest.mark.long
def test_a_backbone_with_a_head_and_its_preprocessing(lite):
    base = keras.applications.MobileNetV2(
        (96, 96, 3), include_top=False, weights=None, pooling="avg", alpha=0.35
    )
    base.trainable = False
    inputs = keras.Input((96, 96, 3))
    x = keras.layers.RandomFlip("horizontal")(inputs)
    x = keras.layers.Rescaling(1.0 / 127.5, offset=-1)(x)
    x = keras.layers.Dropout(0.2)(base(x, training=False))
    model = keras.Model(inputs, keras.layers.Dense(5)(x))
    tflite_model = lite.TFLiteConverter.from_keras_model(model).convert()
    image = np.random.default_rng(0).integers(0, 256, (1, 96, 96, 3)).astype(np.float32)
    models.close(run_first(lite, tflite_model, image), model(image, training=False))


def test_normalization_that_was_adapted_and_several_inputs(lite):
    normalization = keras.layers.Normalization()
    normalization.adapt(np.random.default_rng(0).normal(3, 2, (100, 4)).astype(np.float32))
    numbers = keras.Input((4,), name="numbers")
    kind = keras.Input((1,), name="kind", dtype="int32")
    embedded = keras.layers.Flatten()(keras.layers.Embedding(5, 3)(kind))
    joined = keras.layers.Concatenate()([normalization(numbers), embedded])
    price = keras.layers.Dense(1, name="price")(joined)
    class_ = keras.layers.Dense(2, activation="softmax", name="class")(joined)
    model = keras.Model([numbers, kind], {"price": price, "class": class_})
    data = lite.TFLiteConverter.from_keras_model(model).convert()
    inputs = {"numbers": models.x(3), "kind": np.array([[0], [4], [2]], np.int32)}
    runner = lite.Interpreter(model_content=data).get_signature_runner()
    got, expected = runner(**inputs), model(list(inputs.values()))
    for name in ("price", "class"):
        models.close(got[name], expected[name])


def test_a_file_of_keras_is_loaded_and_converted(lite, tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    for name in ("m.keras", "m.h5"):
        model.save(tmp_path / name)
        loaded = keras.models.load_model(tmp_path / name)
        data = lite.TFLiteConverter.from_keras_model(loaded).convert()
        models.close(run_first(lite, data, models.x()), model(models.x()))


def test_a_model_as_an_array_of_c(lite):
    function = tf.function(lambda x: tf.sin(x), input_signature=[tf.TensorSpec([1], tf.float32)])
    data = lite.TFLiteConverter.from_concrete_functions(
        [function.get_concrete_function()], tf.Module()
    ).convert()
    text = ", ".join(f"0x{byte:02x}" for byte in data)
    assert bytes.fromhex(text.replace("0x", "").replace(", ", "")) == data and data[4:8] == b"TFL3"


# ---- what is not built yet ----


def quantize(converter, lite):
    converter.optimizations = [lite.Optimize.DEFAULT]


def quantize_to_half(converter, lite):
    converter.optimizations = [lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]


def quantize_fully(converter, lite):
    converter.optimizations = [lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([models.x(1)] for _ in range(3))
    converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    converter.inference_output_type = tf.uint8


@pytest.mark.parametrize("settings", [quantize, quantize_to_half, quantize_fully])
def test_quantization_converts_there_and_is_refused_in_words_here(lite, settings):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    converter = lite.TFLiteConverter.from_keras_model(model)
    settings(converter, lite)
    if lite is tf.lite:
        assert converter.convert()
        return
    with pytest.raises(
        litecast.NotYetSupported, match="optimizations=.'DEFAULT'. is not supported"
    ) as caught:
        converter.convert()
    assert isinstance(caught.value, NotImplementedError)
