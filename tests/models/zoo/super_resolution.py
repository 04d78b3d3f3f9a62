"""Images of bytes in, larger images of bytes out; every resize."""

import keras
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, images, integers, model
from .weights import randomise


@model(image=integers("batch", 24, 32, 3, low=0, high=256, dtype="uint8"))
def espcn_bytes_in_and_out():
    image = keras.Input((24, 32, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1 / 255.0)(layers.Lambda(lambda v: tf.cast(v, tf.float32))(image))
    y = layers.Conv2D(16, 5, padding="same", activation="tanh")(x)
    y = layers.Conv2D(8, 3, padding="same", activation="relu")(y)
    y = layers.Conv2D(12, 3, padding="same")(y)
    y = layers.Lambda(lambda v: tf.nn.depth_to_space(v, 2))(y)
    # In steps of eight, so that float noise does not decide on a byte.
    y = layers.Lambda(lambda v: tf.cast(tf.clip_by_value(tf.round(v * 2) * 8 + 128, 0, 255), tf.uint8))(y)
    network = keras.Model(image, y, name="espcn_bytes_in_and_out")
    return randomise(network, integers(4, 24, 32, 3, low=0, high=256, dtype="uint8").sample("sr"))


@model(image=integers("batch", "height", "width", 3, low=0, high=256, dtype="uint8"),
       sizes={"height": (16, 20, 25), "width": (20, 16, 31)})  # fmt: skip
def upscale_free_size_bytes():
    image = keras.Input((None, None, 3), dtype="uint8", name="image")

    def upscale(method):
        def resize(v):
            return tf.image.resize(v, tf.shape(v)[1:3] * 2, method)

        return layers.Lambda(resize, output_shape=(None, None, 3))

    x = layers.Lambda(lambda v: tf.cast(v, tf.float32) / 255.0)(image)
    smooth = upscale("bilinear")(x)
    y = layers.Conv2D(8, 3, padding="same", activation="relu")(smooth)
    y = layers.Add()([layers.Conv2D(3, 3, padding="same")(y), upscale("nearest")(x)])
    network = keras.Model(image, y, name="upscale_free_size_bytes")
    return randomise(network, integers(4, 16, 20, 3, low=0, high=256, dtype="uint8").sample("sr2"))


@model(image=images("batch", 16, 16, 3))
def edsr_pixel_shuffle():
    image = keras.Input((16, 16, 3), name="image")
    x = head = layers.Conv2D(12, 3, padding="same")(image)
    for _ in range(3):
        y = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
        y = layers.Rescaling(0.3)(layers.Conv2D(12, 3, padding="same")(y))
        x = layers.Add()([x, y])
    x = layers.Conv2D(48, 3, padding="same")(layers.Add()([x, head]))
    x = layers.Lambda(lambda v: tf.nn.depth_to_space(v, 4), output_shape=(64, 64, 3))(x)
    network = keras.Model(image, x, name="edsr_pixel_shuffle")
    return randomise(network, images(4, 16, 16, 3).sample("edsr"))


@graph(x=floats("batch", 9, 12, 3))
def resize_with_all_flags(x):
    v1 = tf.compat.v1.image
    return {
        "bilinear": tf.image.resize(x, [18, 20]),
        "bilinear_down": tf.image.resize(x, [5, 7]),
        "nearest": tf.image.resize(x, [13, 24], "nearest"),
        "bilinear_corners": v1.resize_bilinear(x, [17, 23], align_corners=True),
        "bilinear_legacy": v1.resize_bilinear(x, [18, 24]),
        "nearest_corners": v1.resize_nearest_neighbor(x, [17, 23], align_corners=True),
        "nearest_legacy": v1.resize_nearest_neighbor(x, [12, 18]),
        "same_size": tf.image.resize(x, [9, 12]) + 1.0,
    }


@graph(x=integers("batch", 8, 10, 3, low=0, high=256, dtype="uint8"))
def resize_of_bytes(x):
    x = tf.reverse(x, [2])
    return {
        "nearest": tf.image.resize(x, [16, 20], "nearest"),
        "bilinear": tf.image.resize(x, [16, 20]),
        "scaled": tf.image.convert_image_dtype(x, tf.float32),
    }


@graph(x=images("batch", 12, 16, 3))
def image_operations(x):
    return {
        "cropped": tf.image.crop_to_bounding_box(x, 2, 3, 8, 9),
        "padded": tf.image.pad_to_bounding_box(x, 1, 2, 16, 20),
        "central": tf.image.central_crop(x, 0.5),
        "flipped": tf.image.flip_left_right(x) + tf.image.flip_up_down(x),
        "rotated": tf.image.rot90(x),
        "brighter": tf.image.adjust_brightness(x, 0.1),
        "gray": tf.image.rgb_to_grayscale(x),
        "contrast": tf.image.adjust_contrast(x, 1.5),
        "standard": tf.image.per_image_standardization(x),
        "yuv": tf.image.rgb_to_yuv(x),
        "gradients": tf.image.sobel_edges(x),
        "kernel": tf.nn.conv2d(x, constant("image kernel", 3, 3, 3, 1), 1, "SAME"),
    }
