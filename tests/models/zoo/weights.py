"""Makes the weights of a Keras model such that nothing in it can be lost unseen.

Kernels keep the signal's size (He); biases, gammas and layer scales are of order one;
the statistics of batch normalization are those of a batch that runs through the model.
"""

import zlib

import numpy as np

KERNELS = ("kernel", "embeddings", "depthwise_kernel", "pointwise_kernel")


def randomise(model, batch):
    """Sets all weights of a Keras 3 or tf_keras model; `batch` is what its call takes."""
    generator = np.random.default_rng(zlib.crc32(model.name.encode()))
    norms = []
    _drop_nothing(model)
    for layer in _leaves(model):
        kind = type(layer).__name__
        if kind == "Normalization":
            _set_input_statistics(layer, generator)
            continue
        if kind == "BatchNormalization":
            norms.append((layer, layer.momentum))
            layer.momentum = 0.0
        for weight in layer.weights:
            value = _weight(_name(weight), tuple(weight.shape), generator)
            if value is not None:
                weight.assign(value.astype("float32"))
    if norms:
        model(batch, training=True)
    for layer, momentum in norms:
        layer.momentum = momentum
    return model


def _drop_nothing(model):
    """Statistics of a batch that lost values by chance would not fit any batch."""
    for layer in model._flatten_layers(include_self=False):
        if isinstance(getattr(layer, "rate", None), float):
            layer.rate = 0.0


def _leaves(model):
    return [layer for layer in model._flatten_layers(include_self=False) if layer.weights]


def _name(weight):
    return weight.name.rpartition("/")[2].partition(":")[0]


def _weight(name, shape, generator):
    if "moving" in name or "seed" in name or "count" in name:
        return None
    if "gamma" in name or "scale" in name or "alpha" in name:
        return generator.uniform(0.5, 1.5, shape)
    if "beta" in name or "bias" in name or "mean" in name:
        return generator.standard_normal(shape) * 0.5
    if "depthwise" in name:
        fan_in = np.prod(shape[:-2])
    else:
        fan_in = np.prod(shape[:-1]) if len(shape) > 1 else 1
    if "embeddings" in name:
        fan_in = 2
    return generator.standard_normal(shape) * np.sqrt(2.0 / max(1, fan_in))


def _set_input_statistics(layer, generator):
    shape = tuple(layer.adapt_mean.shape)
    layer.adapt_mean.assign(generator.uniform(0.3, 0.6, shape).astype("float32"))
    layer.adapt_variance.assign(generator.uniform(0.04, 0.09, shape).astype("float32"))
    layer.finalize_state()
