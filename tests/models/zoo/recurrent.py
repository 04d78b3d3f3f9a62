"""Recurrent layers of Keras 3 and tf_keras: all kinds, both ends, masks, states, free lengths."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .registry import floats, integers, model
from .weights import randomise

_STEPS = {"steps": (7, 4, 11)}


def _network(name, stack, *, steps=None, features=5):
    x = keras.Input((steps, features), name="x")
    network = keras.Model(x, stack(x), name=name)
    return randomise(network, np.zeros((1, steps or 3, features), "float32"))


def _stack(*items):
    def run(x):
        for layer in items:
            x = layer(x)
        return x

    return run


@model(x=floats("batch", 9, 5), fused=1)
def lstm_last_state():
    return _network("lstm_last_state", _stack(layers.LSTM(6), layers.Dense(3)), steps=9)


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=1)
def lstm_free_length():
    return _network("lstm_free_length", layers.LSTM(6, return_sequences=True))


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=1)
def lstm_stacked_with_states():
    def build(x):
        y, h, c = layers.LSTM(6, return_sequences=True, return_state=True)(x)
        z = layers.LSTM(4)(y, initial_state=[layers.Dense(4)(h), layers.Dense(4)(c)])
        return {"sequence": y, "hidden": h, "cell": c, "last": z}

    return _network("lstm_stacked_with_states", build)


@model(x=floats("batch", 8, 5), fused=0)
def gru_last_state():
    return _network("gru_last_state", _stack(layers.GRU(6), layers.Dense(3)), steps=8)


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=0)
def gru_reset_before_free_length():
    stack = _stack(layers.GRU(6, reset_after=False, return_sequences=True), layers.GRU(4))
    return _network("gru_reset_before_free_length", stack)


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=2)
def simple_rnn_backwards():
    stack = _stack(layers.SimpleRNN(6, go_backwards=True, return_sequences=True), layers.SimpleRNN(4))
    return _network("simple_rnn_backwards", stack)


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=2)
def bidirectional_lstm_and_gru():
    stack = _stack(
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
        layers.Bidirectional(layers.GRU(3), merge_mode="sum"),
    )
    return _network("bidirectional_lstm_and_gru", stack)


@model(x=floats("batch", 4, 5), fused=0)
def lstm_unrolled():
    return _network("lstm_unrolled", layers.LSTM(4, unroll=True), steps=4)


@model(tokens=integers("batch", "steps", low=0, high=20), sizes=_STEPS, fused=0)
def masked_text_lstm_and_gru():
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    x = layers.Embedding(20, 6, mask_zero=True)(tokens)
    x = layers.LSTM(5, return_sequences=True)(x)
    y = layers.GRU(4)(x)
    network = keras.Model(tokens, layers.Dense(3)(y), name="masked_text_lstm_and_gru")
    return randomise(network, np.ones((2, 4), "int32"))


@model(x=floats("batch", 5, 6, 6, 2), fused=0)
def convolutional_lstm():
    x = keras.Input((5, 6, 6, 2), name="x")
    y = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True)(x)
    y = layers.ConvLSTM2D(2, 3, strides=2)(y)
    network = keras.Model(x, y, name="convolutional_lstm")
    return randomise(network, np.zeros((1, 5, 6, 6, 2), "float32"))


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=0)
def stacked_cells_and_custom_activations():
    cells = [
        layers.LSTMCell(4, activation="relu", recurrent_activation="hard_sigmoid"),
        layers.GRUCell(5, activation="softsign"),
        layers.SimpleRNNCell(3),
    ]
    stack = _stack(layers.RNN(layers.StackedRNNCells(cells), return_sequences=True))
    return _network("stacked_cells_and_custom_activations", stack)


@model(x=floats("batch", 6, 5), fused=1)
def tf_keras_lstm_and_gru():
    import tf_keras

    x = tf_keras.Input((6, 5), name="x")
    y = tf_keras.layers.LSTM(6, return_sequences=True)(x)
    y = tf_keras.layers.GRU(4)(y)
    network = tf_keras.Model(x, y, name="tf_keras_lstm_and_gru")
    return randomise(network, np.zeros((1, 6, 5), "float32"))


@model(x=floats("batch", "steps", 5), sizes=_STEPS, fused=2)
def attention_over_lstm():
    def build(x):
        y = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
        weights = layers.Softmax(axis=1)(layers.Dense(1)(y))
        return layers.Dense(3)(keras.ops.sum(y * weights, axis=1))

    return _network("attention_over_lstm", build)
