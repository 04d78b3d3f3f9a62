"""Transformers: text encoders with masks and free length, vision, cross-attention."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .registry import constant, floats, graph, images, integers, model
from .weights import randomise


class PositionEmbedding(layers.Layer):
    """Adds a learned vector for each position."""

    def __init__(self, longest, width, **options):
        super().__init__(**options)
        self.table = layers.Embedding(longest, width)

    def call(self, x):
        return x + self.table(tf.range(tf.shape(x)[1]))


def _encoder_block(x, heads, width, mask=None, dropout=0.1, before=False, activation="gelu"):
    y = layers.LayerNormalization(epsilon=1e-5)(x) if before else x
    y = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)(y, y, attention_mask=mask)
    x = layers.Add()([x, layers.Dropout(dropout)(y)])
    if not before:
        x = layers.LayerNormalization(epsilon=1e-5)(x)
    y = layers.LayerNormalization(epsilon=1e-5)(x) if before else x
    y = layers.Dense(width)(layers.Dense(2 * width, activation=activation)(y))
    x = layers.Add()([x, y])
    return x if before else layers.LayerNormalization(epsilon=1e-5)(x)


def _tokens(*shape, high=50):
    return integers(*shape, low=1, high=high)


@model(
    tokens=_tokens("batch", "length"),
    valid=integers("batch", "length", low=0, high=2),
    sizes={"length": (12, 7, 20)},
    tolerance=1e-4,
)
def text_encoder_masked_free_length():
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    valid = keras.Input((None,), dtype="int32", name="valid")
    x = layers.Embedding(50, 16)(tokens)
    x = PositionEmbedding(32, 16)(x)
    mask = layers.Lambda(lambda v: tf.cast(v, tf.bool)[:, tf.newaxis, :])(valid)
    for _ in range(2):
        x = _encoder_block(x, 4, 16, mask)
    pooled = layers.Dense(16, activation="tanh")(x[:, 0])
    outputs = {"hidden": x, "scores": layers.Dense(3)(pooled)}
    network = keras.Model([tokens, valid], outputs, name="text_encoder_masked_free_length")
    sample = np.random.default_rng(0).integers(1, 50, (4, 12)).astype("int32")
    return randomise(network, [sample, np.ones((4, 12), "int32")])


@model(tokens=_tokens("batch", 16))
def causal_decoder_fixed_length():
    tokens = keras.Input((16,), dtype="int32", name="tokens")
    x = PositionEmbedding(16, 24)(layers.Embedding(50, 24)(tokens))
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        y = layers.MultiHeadAttention(3, 8)(y, y, use_causal_mask=True)
        x = layers.Add()([x, y])
        y = layers.Dense(48, activation="silu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(24)(y)])
    network = keras.Model(tokens, layers.Dense(50)(x), name="causal_decoder_fixed_length")
    return randomise(network, np.ones((4, 16), "int32"))


@model(query=floats("batch", "targets", 12), memory=floats("batch", "sources", 8),
       sizes={"targets": (5, 9, 3), "sources": (11, 4, 8)})  # fmt: skip
def cross_attention_two_lengths():
    query = keras.Input((None, 12), name="query")
    memory = keras.Input((None, 8), name="memory")
    y, weights = layers.MultiHeadAttention(2, 6, output_shape=12)(
        query, memory, return_attention_scores=True
    )
    x = layers.LayerNormalization()(layers.Add()([query, y]))
    network = keras.Model([query, memory], {"x": x, "weights": weights}, name="cross_attention")
    return randomise(network, [np.ones((4, 5, 12), "float32"), np.ones((4, 11, 8), "float32")])


@model(query=floats("batch", 10, 16))
def grouped_query_attention():
    query = keras.Input((10, 16), name="query")
    y = layers.GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)(query, query)
    network = keras.Model(query, layers.Add()([query, y]), name="grouped_query_attention")
    return randomise(network, np.ones((4, 10, 16), "float32"))


@model(image=images("batch", 32, 32, 3))
def vision_transformer():
    image = keras.Input((32, 32, 3), name="image")
    x = layers.Conv2D(24, 8, strides=8)(image)
    x = layers.Reshape((16, 24))(x)
    x = PositionEmbedding(16, 24)(x)
    for _ in range(2):
        x = _encoder_block(x, 3, 24, before=True)
    x = layers.LayerNormalization()(x)
    x = layers.GlobalAveragePooling1D()(x)
    network = keras.Model(image, layers.Dense(10)(x), name="vision_transformer")
    return randomise(network, images(4, 32, 32, 3).sample("vit"))


class ClassToken(layers.Layer):
    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]), name="token_bias")

    def call(self, x):
        token = tf.broadcast_to(self.token, [tf.shape(x)[0], 1, x.shape[-1]])
        return tf.concat([token, x], 1)


@model(image=images("batch", 28, 28, 1))
def vision_transformer_class_token():
    image = keras.Input((28, 28, 1), name="image")
    x = layers.Lambda(
        lambda v: tf.image.extract_patches(v, [1, 7, 7, 1], [1, 7, 7, 1], [1, 1, 1, 1], "VALID")
    )(image)
    x = ClassToken()(layers.Dense(16)(layers.Reshape((16, 49))(x)))
    x = PositionEmbedding(17, 16)(x)
    x = _encoder_block(x, 2, 16, before=True, activation="relu")
    network = keras.Model(image, layers.Dense(10)(x[:, 0]), name="vit_class_token")
    return randomise(network, images(4, 28, 28, 1).sample("vit2"))


@model(image=images("batch", 32, 32, 6))
def window_attention():
    """Attention in shifted 8x8 windows, as in Swin."""
    image = keras.Input((32, 32, 6), name="image")

    def windows(v):
        v = tf.roll(v, [-4, -4], [1, 2])
        v = tf.reshape(v, [-1, 4, 8, 4, 8, 6])
        return tf.reshape(tf.transpose(v, [0, 1, 3, 2, 4, 5]), [-1, 64, 6])

    def join(v):
        v = tf.reshape(v, [-1, 4, 4, 8, 8, 6])
        v = tf.reshape(tf.transpose(v, [0, 1, 3, 2, 4, 5]), [-1, 32, 32, 6])
        return tf.roll(v, [4, 4], [1, 2])

    y = layers.Lambda(windows, output_shape=(64, 6))(image)
    y = layers.MultiHeadAttention(2, 3)(y, y)
    y = layers.Lambda(join, output_shape=(32, 32, 6))(y)
    network = keras.Model(image, layers.Add()([image, y]), name="window_attention")
    return randomise(network, images(4, 32, 32, 6).sample("swin"))


@graph(x=floats("batch", "length", 16), sizes={"length": (6, 9, 14)})
def attention_by_hand(x):
    """Attention of plain ops with an additive causal mask and rotary positions."""
    length = tf.shape(x)[1]
    position = tf.cast(tf.range(length), tf.float32)[:, None]
    angle = position / tf.pow(100.0, tf.range(4.0) / 4.0)[None, :]
    cosine, sine = tf.cos(angle), tf.sin(angle)

    def heads(name):
        v = tf.tensordot(x, constant(name, 16, 16) * 0.3, 1)
        v = tf.transpose(tf.reshape(v, [-1, length, 2, 8]), [0, 2, 1, 3])
        a, b = tf.split(v, 2, -1)
        return tf.concat([a * cosine - b * sine, a * sine + b * cosine], -1)

    scores = tf.matmul(heads("q"), heads("k"), transpose_b=True) / tf.sqrt(8.0)
    mask = tf.linalg.band_part(tf.ones([length, length]), -1, 0)
    weights = tf.nn.softmax(scores + (1.0 - mask) * -1e9)
    y = tf.transpose(tf.matmul(weights, heads("v")), [0, 2, 1, 3])
    return {"y": tf.reshape(y, [-1, length, 16]), "weights": weights}
