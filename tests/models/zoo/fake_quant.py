"""FakeQuant nodes, which become QUANTIZE and DEQUANTIZE."""

import tensorflow as tf

from .registry import constant, floats, graph


# A value on the border between two steps may fall to either side: one step of 255 is allowed.
@graph(x=floats("batch", 10), tolerance=6e-3)
def fake_quant_of_activations(x):
    y = tf.quantization.fake_quant_with_min_max_args(x, -4.0, 4.0)
    y = tf.matmul(y, constant("fake quant", 10, 6))
    return {"y": tf.quantization.fake_quant_with_min_max_vars(y, -10.0, 10.0)}


@graph(x=floats("batch", 8, 8, 3), tolerance=6e-3)
def fake_quant_of_weights(x):
    kernel = tf.quantization.fake_quant_with_min_max_vars_per_channel(
        constant("quantized kernel", 3, 3, 3, 4), [-3.0] * 4, [3.0] * 4, narrow_range=True
    )
    x = tf.quantization.fake_quant_with_min_max_vars(x, -4.0, 4.0)
    y = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + constant("quantized bias", 4))
    return {"y": tf.quantization.fake_quant_with_min_max_vars(y, 0.0, 40.0)}
