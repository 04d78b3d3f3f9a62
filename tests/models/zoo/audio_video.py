"""1-D networks on sound and 3-D networks on video."""

import keras
from keras import layers

from .registry import floats, model
from .weights import randomise


@model(wave=floats("batch", 400, 1))
def conv1d_residual_audio():
    wave = keras.Input((400, 1), name="wave")
    x = layers.Conv1D(8, 9, strides=4, padding="same", use_bias=False)(wave)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for rate in (1, 2, 4):
        y = layers.Conv1D(8, 3, dilation_rate=rate, padding="same")(x)
        y = layers.LeakyReLU(negative_slope=0.1)(layers.BatchNormalization()(y))
        x = layers.Add()([x, layers.Conv1D(8, 1)(y)])
    x = layers.GlobalAveragePooling1D()(layers.MaxPooling1D(2)(x))
    network = keras.Model(wave, layers.Dense(6)(x), name="conv1d_residual_audio")
    return randomise(network, floats(4, 400, 1).sample("audio"))


@model(wave=floats("batch", "time", 2), sizes={"time": (64, 100, 129)})
def causal_wavenet_free_length():
    wave = keras.Input((None, 2), name="wave")
    x = layers.Conv1D(8, 1)(wave)
    skips = []
    for rate in (1, 2, 4, 8):
        gate = layers.Conv1D(8, 2, dilation_rate=rate, padding="causal", activation="sigmoid")(x)
        signal = layers.Conv1D(8, 2, dilation_rate=rate, padding="causal", activation="tanh")(x)
        y = layers.Multiply()([gate, signal])
        skips.append(layers.Conv1D(8, 1)(y))
        x = layers.Add()([x, skips[-1]])
    y = layers.Conv1D(4, 1)(layers.ReLU()(layers.Add()(skips)))
    network = keras.Model(wave, y, name="causal_wavenet_free_length")
    return randomise(network, floats(4, 64, 2).sample("wavenet"))


@model(wave=floats("batch", 64, 3))
def conv1d_autoencoder():
    wave = x = keras.Input((64, 3), name="wave")
    for filters in (8, 12):
        x = layers.Conv1D(filters, 5, strides=2, padding="same", activation="elu")(x)
    x = layers.DepthwiseConv1D(3, padding="same")(x)
    x = layers.SeparableConv1D(12, 3, padding="same", activation="relu")(x)
    for filters in (8, 3):
        x = layers.Conv1DTranspose(filters, 4, strides=2, padding="same")(x)
    network = keras.Model(wave, x, name="conv1d_autoencoder")
    return randomise(network, floats(4, 64, 3).sample("autoencoder"))


@model(video=floats("batch", 8, 16, 18, 2))
def conv3d_video():
    video = keras.Input((8, 16, 18, 2), name="video")
    x = layers.Conv3D(6, 3, strides=(1, 2, 2), padding="same", use_bias=False)(video)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv3D(8, (3, 1, 1), padding="valid", activation="relu")(x)
    x = layers.Conv3D(8, (1, 3, 3), padding="same", activation="tanh")(x)
    x = layers.GlobalAveragePooling3D()(x)
    network = keras.Model(video, layers.Dense(5)(x), name="conv3d_video")
    return randomise(network, floats(4, 8, 16, 18, 2).sample("video"))


@model(volume=floats("batch", 4, 6, 6, 3))
def conv3d_transposed_volume():
    volume = keras.Input((4, 6, 6, 3), name="volume")
    x = layers.Conv3DTranspose(4, 3, strides=2, padding="same", activation="relu")(volume)
    x = layers.Conv3DTranspose(2, 2, strides=1, padding="valid")(x)
    network = keras.Model(volume, x, name="conv3d_transposed_volume")
    return randomise(network, floats(4, 4, 6, 6, 3).sample("volume"))


@model(video=floats("batch", 6, 20, 20, 3))
def frame_encoder_over_time():
    video = keras.Input((6, 20, 20, 3), name="video")
    frame = layers.Conv2D(8, 3, strides=2, activation="relu")
    x = layers.TimeDistributed(frame)(video)
    x = layers.TimeDistributed(layers.GlobalAveragePooling2D())(x)
    x = layers.Conv1D(8, 3, padding="same", activation="relu")(x)
    network = keras.Model(video, layers.Dense(4)(layers.Flatten()(x)), name="frame_encoder_over_time")
    return randomise(network, floats(4, 6, 20, 20, 3).sample("frames"))
