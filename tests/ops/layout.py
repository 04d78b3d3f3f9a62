"""The same op with channels last, for those that TensorFlow computes only so."""

import numpy as np

LAST = {
    "NCHW": "NHWC", "NCDHW": "NDHWC", "CHANNELS_FIRST": "CHANNELS_LAST",
}  # fmt: skip
LISTS = ("strides", "ksize", "dilations")  # attributes or operands, an entry an axis
SIZES = ("input_sizes", "ksize", "strides")  # operands, an entry an axis
# Operands that are images; the first one of an op where it is not named.
IMAGES = {
    "Conv2DBackpropInput": ("out_backprop",),
    "Conv3DBackpropInputV2": ("out_backprop",),
    "DepthwiseConv2dNativeBackpropInput": ("out_backprop",),
}


def channels_first(attributes):
    return attributes.get("data_format") in LAST


def _last(entries):
    return [entries[0], *entries[2:], entries[1]]


def _image_last(array):
    return np.moveaxis(array, 1, -1)


def to_channels_last(op, operands, attributes):
    """The operands and attributes of the op with channels last."""
    images = IMAGES.get(op, (next(iter(operands)),))
    operands = {
        key: _image_last(a) if key in images else np.array(_last(a)) if key in SIZES else a
        for key, a in operands.items()
    }
    operands = {key: np.ascontiguousarray(a) for key, a in operands.items()}
    made = dict(attributes)
    made["data_format"] = LAST[attributes["data_format"]]
    for key in LISTS:
        if attributes.get(key) and len(attributes[key]) > 3:
            made[key] = _last(attributes[key])
    pads = attributes.get("explicit_paddings")
    if pads:
        made["explicit_paddings"] = [*pads[:2], *pads[4:], *pads[2:4]]
    return operands, made


def to_channels_first(op, outputs):
    return [np.ascontiguousarray(np.moveaxis(o, -1, 1)) if o.ndim > 2 else o for o in outputs]
