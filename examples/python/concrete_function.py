"""Converts a tf.function with its variables, without writing a SavedModel: concrete_function.py"""

import tensorflow as tf

import litecast


class Scale(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.factor = tf.Variable(3.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def scale(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"scaled": self.factor * x}


def main() -> None:
    module = Scale()
    model = litecast.convert(module.scale.get_concrete_function())
    print(model.summary())

    # The model has the values of that moment; the variable may change.
    module.factor.assign(5.0)
    again = litecast.convert(module.scale)
    assert bytes(again) != bytes(model)


if __name__ == "__main__":
    main()
