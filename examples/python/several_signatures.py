"""Converts two functions into one file; they share their weights there: several_signatures.py"""

import numpy as np
import tensorflow as tf

import litecast
from litecast import tflite


class Embedding(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = tf.Variable(tf.random.normal([1000, 16], seed=1))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, name="ids")])
    def embed(self, ids: tf.Tensor) -> tf.Tensor:
        return tf.gather(self.table, ids)

    @tf.function(input_signature=[tf.TensorSpec([None, 16], tf.float32, name="vectors")])
    def score(self, vectors: tf.Tensor) -> tf.Tensor:
        return tf.matmul(vectors, self.table, transpose_b=True)


def main() -> None:
    model = litecast.convert(Embedding())
    print(model.summary())

    interpreter = tflite.Interpreter(model_content=bytes(model))
    embed = interpreter.get_signature_runner("embed")
    score = interpreter.get_signature_runner("score")
    vectors = embed(ids=np.array([7, 42], np.int32))["output_0"]
    print("closest:", score(vectors=vectors)["output_0"].argmax(axis=1))


if __name__ == "__main__":
    main()
