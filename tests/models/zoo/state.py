"""Models that remember: variables that signatures assign and share, and recurrent layers with
state."""

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from .calls import call, stateful
from .registry import constant, floats, integers
from .weights import randomise


def _signature(**inputs):
    return tf.function(
        input_signature=[tf.TensorSpec(i.shape, i.dtype, name=n) for n, i in inputs.items()]
    )


_X = floats(2, 3)
_BOTH = (
    call("add", x=_X),
    call("read"),
    call("add", x=_X),
    call("add", x=_X),
    call("reset"),
    call("add", x=_X),
    call("read"),
)


@stateful(*_BOTH)
def counters():
    module = tf.Module()
    module.total = tf.Variable(constant("total", 2, 3))
    module.count = tf.Variable(3)
    module.long = tf.Variable(2**40, dtype=tf.int64)
    module.flag = tf.Variable(False)
    module.factor = tf.Variable(1.5)  # nothing assigns it

    @_signature(x=_X)
    def add(x):
        before = module.total * module.factor
        module.total.assign_add(x)
        between = module.total.read_value()
        module.total.assign(tf.tanh(module.total) + x)
        module.count.assign_add(1)
        module.long.assign_sub(tf.cast(module.count, tf.int64))
        module.flag.assign(tf.logical_not(module.flag))
        return {"before": before, "between": between, "after": module.total.read_value()}

    @_signature()
    def read():
        return {
            "total": module.total - 1.0,
            "count": module.count * 2,
            "long": module.long.read_value(),
            "flag": module.flag.read_value(),
        }

    @_signature()
    def reset():
        module.count.assign(0)
        module.total.assign(tf.zeros_like(module.total))
        return {"count": module.count + 5}

    module.exported = {"add": add, "read": read, "reset": reset}
    return module


@stateful(*(call("serving_default", x=np.float32(v)) for v in (1.0, -2.0, 3.5, -1.0, 0.25)))
def assigned_in_branches():
    module = tf.Module()
    module.total = tf.Variable(1.0)
    module.refused = tf.Variable(0)

    @_signature(x=floats())
    def serve(x):
        if x > 3.0:
            module.total.assign(x)  # neither branch gives a tensor
        if x > 0.0:
            module.total.assign_add(x)
            y = x * 2.0
        else:
            module.refused.assign_add(1)
            y = module.total * 3.0
        return {"y": y, "total": module.total.read_value(), "refused": module.refused + 0}

    module.exported = {"serving_default": serve}
    return module


@stateful(
    call("count", n=np.int32(3)),
    call("count", n=np.int32(0)),
    call("fill", limit=np.float32(9.5)),
    call("count", n=np.int32(4)),
)
def assigned_in_loops():
    module = tf.Module()
    module.total = tf.Variable(0.5)
    module.rounds = tf.Variable(0)

    @_signature(n=integers())
    def count(n):
        for i in tf.range(n):
            module.total.assign(module.total * 0.5 + tf.cast(i, tf.float32))
            if i % 2 == 0:
                module.rounds.assign_add(1)
        return {"total": module.total.read_value(), "rounds": module.rounds.read_value()}

    @_signature(limit=floats())
    def fill(limit):
        while module.total < limit:  # the loop carries nothing else
            module.total.assign_add(1.25)
        return {"total": module.total.read_value()}

    module.exported = {"count": count, "fill": fill}
    return module


_GRADIENT = floats(4, 3)
_ADAM = {"beta1_power": 0.9, "beta2_power": 0.99, "lr": 0.1, "beta1": 0.9, "beta2": 0.99}
_RMS_PROP = {"lr": 0.1, "rho": 0.9, "momentum": 0.5, "epsilon": 0.1}
_SIGN = {"lr": 0.1, "sign_decay": 0.8, "beta": 0.9}
_PROXIMAL = {"l1": 0.3, "l2": 0.2}
_FTRL = _PROXIMAL | {"lr": 0.4, "lr_power": -0.6}
_OPTIMIZER_STEPS = {
    "adam": ("Adam", ("var", "m", "v"), _ADAM | {"epsilon": 1e-3}),
    "nesterov_adam": ("Adam", ("var", "m", "v"), _ADAM | {"epsilon": 1e-3, "use_nesterov": True}),
    "amsgrad": ("AdamWithAmsgrad", ("var", "m", "v", "vhat"), _ADAM | {"epsilon": 1e-3}),
    "ada_max": (
        "AdaMax",
        ("var", "m", "v"),
        {"beta1_power": 0.9, "lr": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3},
    ),
    "momentum": ("Momentum", ("var", "accum"), {"lr": 0.1, "momentum": 0.8}),
    "nesterov": (
        "Momentum",
        ("var", "accum"),
        {"lr": 0.1, "momentum": 0.8, "use_nesterov": True},
    ),
    "keras_momentum": ("KerasMomentum", ("var", "accum"), {"lr": 0.1, "momentum": 0.8}),
    "keras_nesterov": (
        "KerasMomentum",
        ("var", "accum"),
        {"lr": 0.1, "momentum": 0.8, "use_nesterov": True},
    ),
    "adagrad": ("Adagrad", ("var", "accum"), {"lr": 0.1}),
    "adagrad_v2": (
        "AdagradV2",
        ("var", "accum"),
        {"lr": 0.1, "epsilon": 0.01, "update_slots": False},
    ),
    "adagrad_da": (
        "AdagradDA",
        ("var", "gradient_accumulator", "gradient_squared_accumulator"),
        _PROXIMAL | {"lr": 0.4, "global_step": np.int64(3)},
    ),
    "adadelta": (
        "Adadelta",
        ("var", "accum", "accum_update"),
        {"lr": 0.7, "rho": 0.9, "epsilon": 0.1},
    ),
    "add_sign": ("AddSign", ("var", "m"), _SIGN | {"alpha": 1.5}),
    "power_sign": ("PowerSign", ("var", "m"), _SIGN | {"logbase": 0.9}),
    "rms_prop": ("RMSProp", ("var", "ms", "mom"), _RMS_PROP),
    "centered_rms_prop": ("CenteredRMSProp", ("var", "mg", "ms", "mom"), _RMS_PROP),
    "ftrl": ("Ftrl", ("var", "accum", "linear"), _FTRL),
    "ftrl_by_rate": ("Ftrl", ("var", "accum", "linear"), _FTRL | {"multiply_linear_by_lr": True}),
    "ftrl_v2": ("FtrlV2", ("var", "accum", "linear"), _FTRL | {"l2_shrinkage": 0.3}),
    "ftrl_v2_by_rate": (
        "FtrlV2",
        ("var", "accum", "linear"),
        _FTRL | {"l2_shrinkage": 0.3, "multiply_linear_by_lr": True},
    ),
    "proximal_adagrad": ("ProximalAdagrad", ("var", "accum"), _PROXIMAL | {"lr": 0.4}),
    "proximal": ("ProximalGradientDescent", ("var",), _PROXIMAL | {"alpha": 0.4}),
}


@stateful(*(call("train", g=_GRADIENT) for _ in range(4)))
def optimizer_steps():
    module = tf.Module()
    module.kept = []
    steps = []
    for name, (op, slots, numbers) in _OPTIMIZER_STEPS.items():
        variables = [tf.Variable(constant(name, 4, 3))]
        variables += [tf.Variable(np.full((4, 3), 0.1, "float32")) for _ in slots[1:]]
        module.kept += variables
        steps.append((name, op, dict(zip(slots, variables, strict=True)), numbers))

    @_signature(g=_GRADIENT)
    def train(g):
        after = {}
        for name, op, slots, numbers in steps:
            gradient = {"delta" if op == "ProximalGradientDescent" else "grad": g}
            handles = {slot: variable.handle for slot, variable in slots.items()}
            getattr(tf.raw_ops, "ResourceApply" + op)(**handles, **numbers, **gradient)
            after |= {f"{name}_{slot}": v.read_value() for slot, v in slots.items()}
        return after

    module.exported = {"train": train}
    return module


@stateful(*(call("serving_default", x=floats(3)) for _ in range(6)))
def ring_buffer():
    module = tf.Module()
    module.rows = tf.Variable(constant("rows", 4, 3))
    module.next = tf.Variable(0)

    @_signature(x=floats(3))
    def serve(x):
        module.rows[module.next % 4].assign(x)
        module.next.assign_add(1)
        latest = tf.roll(module.rows, -(module.next % 4), 0)
        return {"latest": latest, "mean": tf.reduce_mean(module.rows, 0)}

    module.exported = {"serving_default": serve}
    return module


_HEAD = floats(1, 2, 1, 4)
_STEP = call("step", query=_HEAD, key=_HEAD, value=_HEAD)


@stateful(_STEP, _STEP, _STEP, call("reset"), _STEP, _STEP)
def key_value_cache():
    module = tf.Module()
    module.keys = tf.Variable(np.zeros((1, 2, 6, 4), "float32"))
    module.values = tf.Variable(np.zeros((1, 2, 6, 4), "float32"))
    module.length = tf.Variable(0)

    @_signature(query=_HEAD, key=_HEAD, value=_HEAD)
    def step(query, key, value):
        module.keys[:, :, module.length, :].assign(key[:, :, 0])
        module.values[..., module.length : module.length + 1, :].assign(value)
        hidden = tf.where(tf.range(6) <= module.length, 0.0, -1e9)
        scores = tf.matmul(query, module.keys, transpose_b=True) + hidden
        module.length.assign_add(1)
        return {"y": tf.matmul(tf.nn.softmax(scores), module.values), "n": module.length + 0}

    @_signature()
    def reset():
        module.length.assign(0)
        return {"n": module.length + 0}

    module.exported = {"step": step, "reset": reset}
    return module


def _rows(*indices):
    return call("rows", i=np.array(indices, "int32"), x=floats(2, 3))


def _elements(*indices):
    return call("elements", i=np.array(indices, "int32"), x=floats(2))


@stateful(
    _rows(1, 3), _elements([0, 1], [3, 2]), _rows(0, 2), _elements([1, 1], [2, 2]), _rows(3, 0)
)
def scattered_assignments():
    module = tf.Module()
    module.v = v = tf.Variable(np.arange(12, dtype="float32").reshape(4, 3) + 1)

    @_signature(i=integers(2), x=floats(2, 3))
    def rows(i, x):
        v.scatter_update(tf.IndexedSlices(x, i))
        a = v.read_value()
        v.scatter_add(tf.IndexedSlices(x, i))
        v.scatter_sub(tf.IndexedSlices(x * 0.5, i))
        b = v.read_value()
        v.scatter_mul(tf.IndexedSlices(x, i))
        v.scatter_div(tf.IndexedSlices(tf.abs(x) + 1.0, i))
        c = v.read_value()
        v.scatter_max(tf.IndexedSlices(x, i))
        v.scatter_min(tf.IndexedSlices(x + 1.0, i))
        return {"a": a, "b": b, "c": c, "d": v.read_value()}

    @_signature(i=integers(2, 2), x=floats(2))
    def elements(i, x):
        v.scatter_nd_update(i, x)
        a = v.read_value()
        v.scatter_nd_add(i, x * 2.0)
        b = v.read_value()
        v.scatter_nd_sub(i, x)
        return {"a": a, "b": b, "e": tf.gather_nd(v, i), "r": tf.gather(v, i[0])}

    module.exported = {"rows": rows, "elements": elements}
    return module


@stateful(*(call("serving_default", i=np.int32(i), x=floats(3)) for i in (2, 0, -1, 1)))
def assigned_slices():
    module = tf.Module()
    module.v = v = tf.Variable(constant("slices", 4, 3))

    @_signature(i=integers(), x=floats(3))
    def serve(i, x):
        four = tf.concat([x, x[:1]], 0)
        v[i].assign(x)
        a = v.read_value()
        v[:, 1].assign(four)
        v[1:3, ::2].assign(tf.reshape(four, [2, 2]) * 2.0)
        b = v.read_value()
        v[2:4, 0:2].assign(tf.reshape(four, [2, 2]))
        v[..., -1].assign(four * 3.0)
        v[-1, -1].assign(x[0] * 7.0)
        return {"a": a, "b": b, "c": v.read_value()}

    module.exported = {"serving_default": serve}
    return module


_BATCH = {"x": floats(5, 8), "y": floats(5, 4)}


@stateful(
    call("infer", x=_BATCH["x"]),
    *(call("train", **_BATCH) for _ in range(4)),
    call("infer", x=_BATCH["x"]),
)
def training_steps():
    module = tf.Module()
    module.w = tf.Variable(constant("w", 8, 4))
    module.b = tf.Variable(np.zeros(4, "float32"))
    module.optimizer = keras.optimizers.Adam(0.05)
    module.optimizer.build([module.b])

    @_signature(**_BATCH)
    def train(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(tf.matmul(x, module.w) + module.b - y))
        by_w, by_b = tape.gradient(loss, [module.w, module.b])
        module.w.assign_sub(0.1 * by_w)
        module.optimizer.apply_gradients([(by_b, module.b)])
        return {"loss": loss}

    @_signature(x=_BATCH["x"])
    def infer(x):
        return {"y": tf.matmul(x, module.w) + module.b}

    module.exported = {"train": train, "infer": infer}
    return module


def _recurrent(library, name, layer):
    x = library.Input(batch_shape=(2, 5, 3), name="x")
    model = library.Model(x, layer(6, stateful=True, return_sequences=True)(x), name=name)
    return randomise(model, np.zeros((2, 5, 3), "float32"))


_SEQUENCES = tuple(call("serving_default", x=floats(2, 5, 3)) for _ in range(3))


@stateful(*_SEQUENCES)
def stateful_lstm():
    return _recurrent(keras, "stateful_lstm", keras.layers.LSTM)


@stateful(*_SEQUENCES)
def stateful_gru():
    return _recurrent(keras, "stateful_gru", keras.layers.GRU)


@stateful(*_SEQUENCES)
def stateful_simple_rnn():
    return _recurrent(keras, "stateful_simple_rnn", keras.layers.SimpleRNN)


@stateful(*_SEQUENCES)
def stateful_lstm_of_tf_keras():
    return _recurrent(tf_keras, "stateful_lstm_of_tf_keras", tf_keras.layers.LSTM)


@stateful(*(call("serving_default", x=floats(3)) for _ in range(4)))
def reference_variables(folder):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [3], name="x")
        total = v1.get_variable("total", initializer=constant("total", 3), use_resource=False)
        rows = v1.get_variable("rows", initializer=constant("rows", 2, 3), use_resource=False)
        count = v1.get_variable("count", initializer=1.0, use_resource=False)
        with tf.control_dependencies([v1.assign_add(total, x)]):
            first = tf.identity(total) * 2.0
        with tf.control_dependencies([first, v1.scatter_update(rows, [1], x[None])]):
            counted = v1.assign_sub(count, 0.5)
        with tf.control_dependencies([counted]):
            second = tf.reduce_sum(rows.read_value(), 0) + counted
        outputs = {"first": first, "second": second}
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, folder, {"x": x}, outputs)
