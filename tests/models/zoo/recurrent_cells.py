"""Recurrent cells that the runtime's fused ops are for, however they are written, and others that
deviate from them: TensorFlow 1's, tf_keras' and cells of the model's own."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from .older_saves import save_v1
from .registry import constant, floats, model
from .weights import randomise

_STEPS = {"steps": (7, 4, 11)}
_X = floats("batch", "steps", 5)


def _network(name, stack, features=5):
    x = keras.Input((None, features), name="x")
    network = keras.Model(x, stack(x), name=name)
    return randomise(network, np.zeros((1, 3, features), "float32"))


class _Cell(layers.Layer):
    """A cell with a state or two of `units` numbers; `step` says what it computes."""

    def __init__(self, units, step, states=2, gates=4):
        super().__init__()
        self.units, self.step, self.gates = units, step, gates
        self.state_size, self.output_size = [units] * states, units

    def build(self, shape):
        width = self.gates * self.units
        self.kernel = self.add_weight(shape=(shape[-1], width), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, width), name="recurrent")
        self.bias = self.add_weight(shape=(width,), name="bias")
        self.diagonal = self.add_weight(shape=(self.units,), name="diagonal")

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, size)) for size in self.state_size]

    def call(self, x, states, training=False):
        return self.step(self, x, *states)


def _coupled_gates(cell, x, h, c):
    f, g, o = ops.split(x @ cell.kernel + h @ cell.recurrent + cell.bias, 3, axis=-1)
    f = ops.sigmoid(f)
    c = f * c + (1.0 - f) * ops.tanh(g)
    h = ops.sigmoid(o) * ops.tanh(c)
    return h, [h, c]


def _nearly_coupled_gates(cell, x, h, c):
    f, g, o = ops.split(x @ cell.kernel + h @ cell.recurrent + cell.bias, 3, axis=-1)
    f = ops.sigmoid(f)
    c = f * c + (0.9 - f) * ops.tanh(g)
    h = ops.sigmoid(o) * ops.tanh(c)
    return h, [h, c]


def _one_logistic_for_all_gates(cell, x, h, c):
    """The state before the input, gates in another order, cut by slices after the activation."""
    weights = ops.concatenate([cell.recurrent, cell.kernel], axis=0)
    z = ops.matmul(ops.concatenate([h, x], axis=-1), weights) + cell.bias
    units = cell.units
    gates = ops.sigmoid(z[:, units:])
    c = ops.tanh(z[:, :units]) * gates[:, :units] + c * gates[:, units : 2 * units]
    h = ops.relu(c) * gates[:, 2 * units :]
    return h, [h, c]


def _relu_twice(cell, x, h, c):
    """The same as the last, but with one activation for both places."""
    z = ops.matmul(x, cell.kernel) + (ops.matmul(h, cell.recurrent) + cell.bias)
    i, o, f, g = ops.split(z, 4, axis=-1)
    c = ops.relu6(g) * ops.sigmoid(i) + ops.sigmoid(f) * c
    h = ops.relu6(c) * ops.sigmoid(o)
    return h, [h, c]


def _peephole_at_one_gate(cell, x, h, c):
    i, f, g, o = ops.split(x @ cell.kernel + h @ cell.recurrent + cell.bias, 4, axis=-1)
    c = ops.sigmoid(f + cell.diagonal * c) * c + ops.sigmoid(i) * ops.tanh(g)
    h = ops.sigmoid(o) * ops.tanh(c)
    return h, [h, c]


def _normalized(epsilon):
    def step(cell, x, h, c):
        def norm(z, scale, shift):
            mean = ops.mean(z, axis=-1, keepdims=True)
            variance = ops.mean(ops.square(z - mean), axis=-1, keepdims=True)
            return (z - mean) * ops.rsqrt(variance + epsilon) * scale + shift

        sums = ops.split(x @ cell.kernel + h @ cell.recurrent, 4, axis=-1)
        shifts = ops.split(cell.bias, 4)
        i, f, g, o = (norm(z, cell.diagonal, shift) for z, shift in zip(sums, shifts))
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]

    return step


def _residual_rnn(cell, x, h):
    h = ops.tanh(x @ cell.kernel + h @ cell.recurrent + cell.bias)
    return h + x[:, : cell.units], [h]


@model(x=_X, sizes=_STEPS, fused=1)
def normalized_cell():
    cell = _Cell(6, _normalized(1e-8))
    return _network("normalized_cell", layers.RNN(cell, return_sequences=True))


@model(x=_X, sizes=_STEPS, fused=4)
def own_cells():
    def stack(x):
        x = layers.RNN(_Cell(6, _coupled_gates, gates=3), return_sequences=True)(x)
        x = layers.RNN(_Cell(5, _relu_twice), return_sequences=True)(x)
        x = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(4), layers.SimpleRNNCell(3)]))(x)
        return layers.Dense(3)(x)

    return _network("own_cells", stack)


@model(x=_X, sizes=_STEPS, fused=0)
def own_cells_that_deviate():
    def stack(x):
        x = layers.RNN(_Cell(6, _nearly_coupled_gates, gates=3), return_sequences=True)(x)
        x = layers.RNN(_Cell(5, _one_logistic_for_all_gates), return_sequences=True)(x)
        x = layers.RNN(_Cell(5, _peephole_at_one_gate), return_sequences=True)(x)
        x = layers.RNN(_Cell(5, _normalized(1e-3)), return_sequences=True)(x)
        x = layers.LSTM(5, activation="linear", return_sequences=True)(x)
        return layers.RNN(_Cell(4, _residual_rnn, states=1, gates=1))(x)

    return _network("own_cells_that_deviate", stack)


@model(x=_X, sizes=_STEPS, fused=3)
def states_of_others():
    """First states from a loop's result, shared, and used elsewhere too."""

    def stack(x):
        y, h = layers.GRU(6, return_sequences=True, return_state=True)(x)
        first = layers.LSTM(6, return_sequences=True)(y, initial_state=[h, h * 2.0])
        second = layers.LSTM(6)(x, initial_state=[h, h])
        third = layers.SimpleRNN(6)(first, initial_state=layers.Dense(6)(h))
        return {"first": first, "second": second, "third": third, "h": h}

    return _network("states_of_others", stack)


def _of_fixed_batch(network, batch, steps):
    """Keras would export it with a free batch size."""
    module = tf.Module()
    module.network = network
    spec = tf.TensorSpec((batch, steps, 5), name="x")
    module.serve = tf.function(lambda x: network(x), input_signature=[spec])
    return module


@model(x=floats(2, "steps", 5), sizes=_STEPS, fused=2)
def constant_states():
    def stack(x):
        state = ops.convert_to_tensor(constant("state", 2, 6))
        y = layers.LSTM(6, return_sequences=True)(x, initial_state=[state, ops.zeros((2, 6))])
        return layers.SimpleRNN(4)(y)

    return _of_fixed_batch(_network("constant_states", stack), 2, None)


@model(x=floats(8, 9, 5), fused=3)
def many_samples():
    def stack(x):
        y = layers.LSTM(6, return_sequences=True, go_backwards=True)(x)
        return layers.Bidirectional(layers.LSTM(4))(y)

    return _of_fixed_batch(_network("many_samples", stack), 8, 9)


@model(x=floats(2, 9, 5), fused=2)
def two_samples():
    def stack(x):
        y = layers.LSTM(6, return_sequences=True)(x)
        return layers.SimpleRNN(4, return_sequences=True, go_backwards=True)(y)

    return _of_fixed_batch(_network("two_samples", stack), 2, 9)


@model(x=floats(1, 9, 5), fused=2)
def one_sample():
    def stack(x):
        y = layers.SimpleRNN(6, return_sequences=True, go_backwards=True)(x)
        return layers.LSTM(4)(y)

    return _of_fixed_batch(_network("one_sample", stack), 1, 9)


class _WrittenOut(tf.Module):
    """An LSTM of the model's own, as a function of a row."""

    def __init__(self, features, units):
        super().__init__()
        self.units = units
        self.kernel = tf.Variable(constant("kernel", features, 4 * units))
        self.recurrent = tf.Variable(constant("recurrent", units, 4 * units))
        self.bias = tf.Variable(constant("bias", 4 * units))

    def step(self, states, x):
        h, c = states
        z = tf.matmul(x, self.kernel) + tf.matmul(h, self.recurrent) + self.bias
        i, f, g, o = tf.split(z, 4, axis=-1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        return tf.sigmoid(o) * tf.tanh(c), c

    def first(self, x):
        zeros = tf.zeros([tf.shape(x)[0], self.units])
        return zeros, zeros


@model(x=_X, sizes=_STEPS, fused=3)
def scans_and_own_loops():
    """Forwards by tf.scan, backwards by tf.scan, and by a loop over x[:, t]."""
    module = tf.Module()
    module.cells = [_WrittenOut(5, 6), _WrittenOut(6, 4), _WrittenOut(4, 3)]

    @tf.function(input_signature=[tf.TensorSpec((None, None, 5), name="x")])
    def serve(x):
        one, two, three = module.cells
        y = tf.scan(one.step, tf.transpose(x, [1, 0, 2]), one.first(x))[0]
        y = tf.transpose(tf.scan(two.step, y, two.first(x), reverse=True)[0], [1, 0, 2])
        states = three.first(x)
        for t in tf.range(tf.shape(x)[1]):
            states = three.step(states, y[:, t])
        return {"y": y, "h": states[0]}

    module.serve = serve
    return module


def _cells():
    from tf_keras.src.layers.rnn import legacy_cells

    return legacy_cells


def _dynamic(folder, cell, **options):
    def build(x):
        initializer = tf.random_uniform_initializer(-0.8, 0.8, seed=3)
        with tf.compat.v1.variable_scope("rnn", initializer=initializer):
            y, state = tf.compat.v1.nn.dynamic_rnn(cell(), x, dtype=tf.float32, **options)
        return {"y": y, "last": tf.nest.flatten(state)[-1]}

    save_v1(folder, build, {"x": (tf.float32, [None, None, 5])})


@model(x=_X, sizes=_STEPS, fused=1)
def tf1_basic_lstm_cell(folder):
    _dynamic(folder, lambda: _cells().BasicLSTMCell(6, forget_bias=0.7))


@model(x=_X, sizes=_STEPS, fused=1)
def tf1_peephole_lstm_cell_with_projection(folder):
    _dynamic(
        folder,
        lambda: _cells().LSTMCell(
            6, num_proj=4, use_peepholes=True, cell_clip=0.6, proj_clip=0.4, forget_bias=0.3
        ),
    )


@model(x=_X, sizes=_STEPS, fused=2)
def tf1_cells_in_layers(folder):
    _dynamic(
        folder,
        lambda: _cells().MultiRNNCell([_cells().LSTMCell(6), _cells().BasicRNNCell(4)]),
        time_major=True,
    )


def _block(op, x, units, features, steps=None, **options):
    """TensorFlow's op for a whole sequence, [time, batch, features]."""
    length, batch = tf.shape(x)[0], tf.shape(x)[1]
    weights = {key: constant(key, units) for key in ("wci", "wcf", "wco")}
    return getattr(tf.raw_ops, op)(
        seq_len_max=tf.cast(length if steps is None else steps, tf.int64),
        x=x,
        cs_prev=tf.zeros([batch, units]),
        h_prev=tf.zeros([batch, units]),
        w=constant(op, features + units, 4 * units),
        b=constant("bias", 4 * units),
        **weights,
        **options,
    )


@model(x=_X, sizes=_STEPS, fused=2)
def block_lstms(folder):
    def build(x):
        x = tf.transpose(x, [1, 0, 2])
        first = _block("BlockLSTM", x, 6, 5, forget_bias=0.7, cell_clip=0.0)
        last = _block("BlockLSTMV2", first.h, 4, 6, cell_clip=0.6, use_peephole=True)
        return {"y": tf.transpose(last.h, [1, 0, 2])}

    save_v1(folder, build, {"x": (tf.float32, [None, None, 5])})


@model(x=_X, sizes=_STEPS, fused=0)
def block_lstm_of_few_steps(folder):
    def build(x):
        made = _block("BlockLSTM", tf.transpose(x, [1, 0, 2]), 6, 5, steps=4)
        return {"state": made.cs, "y": made.h}

    save_v1(folder, build, {"x": (tf.float32, [None, None, 5])})
