"""Converts a Keras model that lies in memory, and compares the answers: keras_model.py"""

import keras
import numpy as np

import litecast
from litecast import tflite


def main() -> None:
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1), name="image"),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    converted = litecast.convert(model)
    print(converted.summary())

    image = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)
    runner = tflite.Interpreter(model_content=bytes(converted)).get_signature_runner()
    (got,) = runner(image=image).values()
    difference = np.abs(got - np.asarray(model(image))).max()
    print(f"largest difference from Keras: {difference:.1e}")
    assert difference < 1e-5


if __name__ == "__main__":
    main()
