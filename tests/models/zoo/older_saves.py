"""SavedModels as older programs write them: TensorFlow 1 graphs, and tf_keras."""

import tensorflow as tf
import tf_keras

from .registry import constant, floats, images, integers, model
from .weights import randomise

v1 = tf.compat.v1


def save_v1(folder, build, inputs):
    """`build` makes outputs of placeholders; `inputs` is {name: (dtype, shape)}."""
    with tf.Graph().as_default(), v1.Session() as session:
        placeholders = {n: v1.placeholder(d, s, name=n) for n, (d, s) in inputs.items()}
        outputs = build(**placeholders)
        session.run([v1.global_variables_initializer(), v1.tables_initializer()])
        builder = v1.saved_model.Builder(folder)
        signature = v1.saved_model.predict_signature_def(placeholders, outputs)
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()


def _variable(name, *shape, partitions=None, **options):
    partitioner = v1.fixed_size_partitioner(partitions) if partitions else None
    initial = v1.constant_initializer(constant(name, *shape), verify_shape=False)
    return v1.get_variable(
        name, shape, tf.float32, initializer=initial, partitioner=partitioner, **options
    )


def _classifier(x, **options):
    y = tf.nn.conv2d(x, _variable("kernel", 3, 3, 2, 6, **options), 2, "SAME")
    y = tf.nn.relu(tf.nn.bias_add(y, _variable("bias", 6, **options)))
    y = tf.reshape(tf.nn.max_pool2d(y, 2, 2, "VALID"), [-1, 54])
    return {"scores": tf.matmul(y, _variable("head", 54, 4, **options)) + _variable("head_bias", 4, **options)}


@model(x=floats("batch", 12, 12, 2))
def tf1_resource_variables(folder):
    save_v1(folder, lambda x: _classifier(x, use_resource=True), {"x": (tf.float32, [None, 12, 12, 2])})


@model(x=floats("batch", 12, 12, 2))
def tf1_reference_variables(folder):
    save_v1(folder, lambda x: _classifier(x, use_resource=False), {"x": (tf.float32, [None, 12, 12, 2])})


@model(ids=integers("batch", 3, low=0, high=10))
def tf1_partitioned_embedding(folder):
    def build(ids):
        table = _slices("table", 10, 6)
        rows = tf.gather(tf.concat(table, 0), ids)
        return {"rows": rows, "mean": tf.reduce_mean(rows, 1)}

    def _slices(name, rows, width):
        whole = constant(name, rows, width)

        def initial(shape, dtype=None, partition_info=None):
            start = partition_info.var_offset[0]
            return tf.constant(whole[start : start + shape[0]])

        variable = v1.get_variable(
            name, [rows, width], initializer=initial, partitioner=v1.fixed_size_partitioner(3)
        )
        return list(variable)

    save_v1(folder, build, {"ids": (tf.int32, [None, 3])})


@model(image=images("batch", 16, 16, 3), training=integers(low=0, high=9))
def tf1_slim_style_network(folder):
    """Placeholders with defaults, identities and a batch norm of loose ops, as slim wrote them."""

    def build(image, training):
        net = image
        for i, filters in enumerate((6, 8)):
            with v1.variable_scope(f"block{i}"):
                kernel = _variable("weights", 3, 3, net.shape[-1], filters)
                net = tf.nn.conv2d(net, kernel, 1, "SAME")
                gamma, beta = _variable("gamma", filters), _variable("beta", filters)
                mean = _variable("mean", filters)
                net = (net - mean) * (gamma / tf.sqrt(tf.abs(gamma) + 1.1)) + beta
                net = tf.identity(tf.nn.relu6(net), name="out")
                net = tf.nn.avg_pool2d(net, 2, 2, "SAME")
        net = tf.reduce_mean(net, [1, 2], name="pool")
        logits = tf.squeeze(tf.nn.conv2d(net[:, None, None], _variable("logits", 1, 1, 8, 5), 1, "VALID"), [1, 2])
        return {"logits": logits, "step": training + 0 * tf.cast(net[0, 0], tf.int32) + 1}

    save_v1(folder, build, {"image": (tf.float32, [None, 16, 16, 3]), "training": (tf.int32, [])})


@model(image=images("batch", 20, 20, 3))
def tf_keras_functional():
    layers = tf_keras.layers
    image = x = tf_keras.Input((20, 20, 3), name="image")
    for i, filters in enumerate((8, 12)):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU(6.0)(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    network = tf_keras.Model(image, layers.Dense(4, name="scores")(x), name="tf_keras_functional")
    return randomise(network, images(4, 20, 20, 3).sample("tf_keras"))


@model(x=floats("batch", 10))
def tf_keras_sequential():
    layers = tf_keras.layers
    network = tf_keras.Sequential(
        [
            tf_keras.Input((10,), name="x"),
            layers.Dense(12, activation="swish"),
            layers.BatchNormalization(),
            layers.Dense(6, activation=layers.LeakyReLU(0.2)),
            layers.LayerNormalization(),
            layers.Dense(3),
        ],
        name="tf_keras_sequential",
    )
    return randomise(network, floats(8, 10).sample("sequential"))


@model(tokens=integers("batch", 9, low=0, high=30))
def tf_keras_attention():
    layers = tf_keras.layers
    tokens = tf_keras.Input((9,), dtype="int32", name="tokens")
    x = layers.Embedding(30, 12)(tokens)
    x = layers.Add()([x, layers.MultiHeadAttention(3, 4)(x, x)])
    x = layers.LayerNormalization()(x)
    network = tf_keras.Model(tokens, layers.Dense(5)(x[:, 0]), name="tf_keras_attention")
    return randomise(network, tf.zeros([4, 9], tf.int32))
