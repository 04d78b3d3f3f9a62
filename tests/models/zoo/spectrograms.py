"""Spectrogram front ends: frames, windows, Fourier transforms, mel bands."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, model
from .weights import randomise


def _mel(bins, bands=16):
    return tf.signal.linear_to_mel_weight_matrix(bands, bins, 8000, 80.0, 3800.0)


@graph(wave=floats("batch", 1024))
def stft_log_mel(wave):
    spectrum = tf.signal.stft(wave, 256, 128, 256)
    power = tf.square(tf.abs(spectrum))
    mel = tf.tensordot(power, _mel(129), 1)
    return {"mel": mel, "log": tf.math.log(mel + 1e-3)}


@graph(wave=floats("batch", 800))
def frames_and_windows(wave):
    frames = tf.signal.frame(wave, 200, 80)
    windowed = frames * tf.signal.hann_window(200)
    padded = tf.signal.frame(wave, 200, 150, pad_end=True)
    return {"windowed": windowed, "energy": tf.reduce_sum(windowed**2, -1), "padded": padded}


@graph(wave=floats("batch", 512))
def fourier_by_matrices(wave):
    """The transform as two matrix products, as exported front ends have it."""
    n, k = np.arange(128)[:, None], np.arange(65)[None, :]
    frames = tf.signal.frame(wave, 128, 64) * tf.signal.hamming_window(128)
    real = tf.matmul(frames, np.cos(2 * np.pi * n * k / 128).astype("float32"))
    imaginary = tf.matmul(frames, np.sin(2 * np.pi * n * k / 128).astype("float32"))
    power = real**2 + imaginary**2
    decibel = 10.0 * tf.math.log(tf.maximum(power, 1e-6)) / np.log(10.0)
    top = tf.reduce_max(decibel, [1, 2], keepdims=True)
    return {"decibel": tf.maximum(decibel, top - 80.0), "power": power}


@graph(wave=floats("batch", 300))
def mfcc_front_end(wave):
    emphasised = wave[:, 1:] - 0.97 * wave[:, :-1]
    spectrum = tf.abs(tf.signal.stft(emphasised, 64, 32, 64))
    mel = tf.math.log(tf.matmul(spectrum, _mel(33, 12)) + 1e-2)
    n, k = np.arange(12)[:, None], np.arange(8)[None, :]
    cosine = np.cos(np.pi / 12 * (n + 0.5) * k).astype("float32")
    return {"mfcc": tf.matmul(mel, cosine)}


@model(wave=floats("batch", 1024))
def keyword_spotter():
    wave = keras.Input((1024,), name="wave")

    def front_end(v):
        spectrum = tf.abs(tf.signal.stft(v, 128, 64, 128))
        return tf.math.log(tf.matmul(spectrum, _mel(65)) + 1e-2)[..., tf.newaxis]

    x = layers.Lambda(front_end, output_shape=(15, 16, 1))(wave)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(3, strides=2, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    network = keras.Model(wave, layers.Dense(5)(x), name="keyword_spotter")
    return randomise(network, floats(4, 1024).sample("keyword"))


@graph(x=floats("batch", 8, 16))
def fourier_transforms(x):
    x = x * constant("fourier", 16, low=0.5, high=1.5)
    spectrum = tf.signal.rfft2d(x)
    return {
        "real": tf.math.real(spectrum),
        "imaginary": tf.math.imag(spectrum),
        "magnitude": tf.abs(spectrum),
        "row": tf.abs(tf.signal.rfft(x)),
    }


@graph(x=floats("batch", "length"), sizes={"length": (10, 7, 48)})
def fourier_transforms_of_free_length(x):
    spectrum = tf.signal.rfft(x)
    whole = tf.signal.fft(tf.complex(x, tf.reverse(x, [1]) * 0.5))
    # A filter between the transforms: the result is no copy of x.
    fading = 1.0 / (1.0 + tf.cast(tf.range(tf.shape(spectrum)[1]), tf.float32))
    back = tf.signal.irfft(spectrum * tf.cast(fading, tf.complex64), tf.shape(x)[1:])
    return {
        "real": tf.math.real(spectrum),
        "imaginary": tf.math.imag(spectrum),
        "whole": tf.math.real(whole) - tf.math.imag(whole),
        "filtered": back,
        "inverse": tf.math.real(tf.signal.ifft(whole * tf.complex(0.5, 1.0))),
        "samples": tf.abs(tf.signal.fft2d(tf.cast(x, tf.complex64))),
    }
