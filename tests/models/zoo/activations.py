"""Every activation that Keras has."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, model
from .weights import randomise


def _activations(names, options, x=floats("batch", 5, 9)):
    @graph(x=x, **options)
    def activations(x):
        y = x * constant("activation scale", 9, low=0.5, high=1.5)
        return {name: getattr(keras.activations, name)(y) for name in names}

    return activations


_activations(
    ["relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "celu"],
    {"name": "activations_rectifying"},
)
_activations(
    ["sigmoid", "tanh", "silu", "softsign", "mish", "exponential"],
    {"name": "activations_smooth"},
)
# So far that the exponential within them overflows.
_activations(
    ["softplus", "log_sigmoid", "mish"],
    {"name": "activations_softplus"},
    x=floats("batch", 5, 9, low=-150, high=150),
)
_activations(
    ["hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink"],
    {"name": "activations_hard"},
)
_activations(
    ["softmax", "log_softmax", "sparsemax", "squareplus", "sparse_plus", "sparse_sigmoid"],
    {"name": "activations_sparse"},
)


@graph(x=floats("batch", 4, 10))
def activations_of_options(x):
    a = keras.activations
    return {
        "relu_max": a.relu(x, max_value=1.5),
        "relu_threshold": a.relu(x, threshold=0.5),
        "relu_slope": a.relu(x, negative_slope=0.2, max_value=2.0, threshold=-0.5),
        "gelu_tanh": a.gelu(x, approximate=True),
        "elu_alpha": a.elu(x, alpha=0.3),
        "glu": a.glu(x, axis=-1),
        "threshold": a.threshold(x, 0.3, -1.0),
        "relu_n1_to_1": tf.clip_by_value(x, -1.0, 1.0),
        "crelu": tf.nn.crelu(x),
        "swish_beta": tf.nn.swish(x, 0.7),
        "softmax_axis": tf.nn.softmax(x, 1),
    }


@model(x=floats("batch", 8, 8, 6))
def activation_layers_after_convolutions():
    inputs = keras.Input((8, 8, 6), name="x")
    outputs = {}
    for name, layer in {
        "prelu": layers.PReLU(),
        "prelu_shared": layers.PReLU(shared_axes=[1, 2]),
        "leaky": layers.LeakyReLU(),
        "relu6": layers.ReLU(6.0),
        "swish": layers.Activation("swish"),
        "hard_swish": layers.Activation("hard_swish"),
        "tanh": layers.Activation("tanh"),
        "softmax": layers.Softmax(),
    }.items():
        outputs[name] = layer(layers.Conv2D(4, 3, name=f"conv_{name}")(inputs))
    network = keras.Model(inputs, outputs, name="activation_layers")
    return randomise(network, floats(4, 8, 8, 6).sample("activation layers"))
