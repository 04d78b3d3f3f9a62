"""Encoder-decoder networks for segmentation."""

import keras
import tensorflow as tf
from keras import layers

from .registry import images, model
from .weights import randomise


def _block(x, filters, name):
    for i in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv{i}")(x)
        x = layers.BatchNormalization(name=f"{name}_norm{i}")(x)
        x = layers.ReLU(name=f"{name}_relu{i}")(x)
    return x


def _encoder(x, widths):
    skips = []
    for i, width in enumerate(widths):
        x = _block(x, width, f"down{i}")
        skips.append(x)
        x = layers.MaxPooling2D(name=f"pool{i}")(x)
    return x, skips


class ResizeLike(layers.Layer):
    """Resizes the first image to the size of the second, which only the run knows."""

    def call(self, inputs):
        image, like = inputs
        return tf.image.resize(image, tf.shape(like)[1:3])

    def compute_output_shape(self, shapes):
        return (*shapes[1][:3], shapes[0][3])


def _finish(name, inputs, outputs, size):
    network = keras.Model(inputs, outputs, name=name)
    return randomise(network, images(4, size, size, 3).sample(name))


@model(image=images("batch", 64, 64, 3))
def unet_transposed_convolution():
    image = keras.Input((64, 64, 3), name="image")
    x, skips = _encoder(image, (8, 16, 24))
    x = _block(x, 32, "bottom")
    for i, skip in reversed(list(enumerate(skips))):
        x = layers.Conv2DTranspose(skip.shape[-1], 2, strides=2, padding="same", name=f"up{i}")(x)
        x = _block(layers.Concatenate()([x, skip]), skip.shape[-1], f"decode{i}")
    return _finish("unet_transposed_convolution", image, layers.Conv2D(4, 1)(x), 64)


@model(image=images("batch", "height", "width", 3), sizes={"height": (32, 48, 64), "width": (48, 32, 80)})
def unet_resize_free_size():
    image = keras.Input((None, None, 3), name="image")
    x, skips = _encoder(image, (8, 16))
    x = _block(x, 24, "bottom")
    for i, skip in reversed(list(enumerate(skips))):
        x = ResizeLike(name=f"up{i}")([x, skip])
        x = _block(layers.Concatenate()([x, skip]), skip.shape[-1], f"decode{i}")
    return _finish("unet_resize_free_size", image, layers.Conv2D(4, 1)(x), 32)


@model(image=images("batch", 65, 65, 3))
def deeplab_dilated_pyramid():
    image = keras.Input((65, 65, 3), name="image")
    x = _block(layers.Conv2D(16, 3, strides=2, padding="same")(image), 16, "stem")
    branches = [layers.Conv2D(8, 1, activation="relu")(x)]
    for rate in (2, 4, 6):
        branches.append(
            layers.Conv2D(8, 3, padding="same", dilation_rate=rate, activation="relu")(x)
        )
    pooled = layers.GlobalAveragePooling2D(keepdims=True)(x)
    pooled = layers.Conv2D(8, 1, activation="relu")(pooled)
    branches.append(layers.UpSampling2D(33, interpolation="bilinear")(pooled))
    x = layers.Conv2D(16, 1, activation="relu")(layers.Concatenate()(branches))
    x = layers.Resizing(65, 65, interpolation="bilinear")(x)
    return _finish("deeplab_dilated_pyramid", image, layers.Conv2D(5, 1)(x), 65)


@model(image=images("batch", 48, 64, 3))
def linknet_added_skips():
    image = keras.Input((48, 64, 3), name="image")
    x, skips = _encoder(image, (8, 12, 16))
    for i, skip in reversed(list(enumerate(skips))):
        x = layers.Conv2DTranspose(skip.shape[-1], 3, strides=2, padding="same", name=f"up{i}")(x)
        x = layers.Add()([layers.BatchNormalization()(x), skip])
        x = layers.Activation("relu6")(x)
    mask = layers.Conv2D(3, 1)(x)
    network = keras.Model(image, {"mask": mask, "edges": layers.Conv2D(1, 3, padding="same")(x)},
                          name="linknet_added_skips")
    return randomise(network, images(4, 48, 64, 3).sample("linknet"))
