"""What turns scores into answers: boxes of detected objects, labels of speech, the best sequence of
words, samples that a seed determines."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from .calls import call, stateful
from .registry import Input, constant, floats, graph, model
from .weights import randomise

BOXES, CLASSES = 24, 3


def _boxes(generator, shape):
    """Corners of boxes in the unit square, many of which overlap."""
    corner = generator.uniform(0, 0.6, (*shape[:-1], 2))
    size = generator.uniform(0.2, 0.4, (*shape[:-1], 2))
    return np.concatenate([corner, corner + size], -1)


def boxes(*shape):
    return Input((*shape, 4), "float32", _boxes)


@graph(
    boxes=boxes(2, BOXES),
    scores=floats(2, BOXES, CLASSES, low=0, high=1),
    constant_outputs=("count",),
    mutate=False,
)
def detections_of_each_class(boxes, scores):
    found = tf.image.combined_non_max_suppression(
        boxes[:, :, tf.newaxis], scores, max_output_size_per_class=4, max_total_size=7, iou_threshold=0.4,
        score_threshold=0.3,
    )  # fmt: skip
    return {"boxes": found[0], "scores": found[1], "classes": found[2], "count": found[3]}


@graph(
    boxes=boxes("batch", "boxes"),
    scores=floats("batch", "boxes", CLASSES, low=0, high=1),
    sizes={"boxes": (BOXES, 9, 40)},
    constant_outputs=("count",),
    mutate=False,
)
def detections_of_free_batches(boxes, scores):
    found = tf.image.combined_non_max_suppression(
        boxes[:, :, tf.newaxis], scores, max_output_size_per_class=4, max_total_size=7, iou_threshold=0.4,
        score_threshold=0.3,
    )  # fmt: skip
    return {"boxes": found[0], "scores": found[1], "classes": found[2], "count": found[3]}


@graph(
    deltas=floats("batch", BOXES, 4),
    logits=floats("batch", BOXES, CLASSES),
    constant_outputs=("count",),
    mutate=False,
)
def detections_from_anchors(deltas, logits):
    """As the heads of single-shot detectors are read: anchors, sizes as logarithms, the best class."""
    anchors = tf.constant(constant("anchors", BOXES, 4, low=0.2, high=0.8))
    center = anchors[:, :2] + deltas[..., :2] * 0.1 * anchors[:, 2:]
    half = tf.exp(tf.tanh(deltas[..., 2:]) * 0.2) * anchors[:, 2:] / 2
    corners = tf.concat([center - half, center + half], -1)
    scores = tf.sigmoid(logits)
    best = tf.reduce_max(scores, -1)

    def of_one(item):
        chosen, count = tf.image.non_max_suppression_padded(item[0], item[1], 5, 0.5, 0.2, pad_to_max_output_size=True)
        return tf.gather(item[0], chosen), tf.gather(item[1], chosen), count

    signature = (
        tf.TensorSpec([5, 4], tf.float32), tf.TensorSpec([5], tf.float32), tf.TensorSpec([], tf.int32),
    )  # fmt: skip
    found = tf.map_fn(of_one, (corners, best), fn_output_signature=signature)
    return {"boxes": found[0], "scores": found[1], "count": found[2]}


@graph(boxes=boxes(BOXES), scores=floats(BOXES, low=0, high=1), mutate=False)
def detections_whose_scores_decay(boxes, scores):
    """Soft suppression, after which fewer are left than were asked for."""
    chosen, decayed = tf.image.non_max_suppression_with_scores(
        boxes, scores, 16, iou_threshold=0.8, score_threshold=0.5, soft_nms_sigma=0.5
    )
    return {"boxes": tf.gather(boxes, chosen), "scores": decayed}


@graph(logits=floats("steps", "batch", 5), sizes={"steps": (9, 6, 14)}, mutate=False)
def labels_of_speech(logits):
    lengths = tf.fill(tf.shape(logits)[1:2], tf.shape(logits)[0])
    decoded, log = tf.nn.ctc_greedy_decoder(logits, lengths)
    return {"labels": tf.sparse.to_dense(decoded[0], -1), "log": log}


VOCABULARY, BEAMS, WORDS = 11, 3, 6


@graph(state=floats("batch", 8), mutate=False)
def beam_search(state):
    """The best of some sequences that are followed at once, written with tf.while_loop."""
    words = tf.constant(constant("words", VOCABULARY, 8))
    step = tf.constant(constant("step", 8, 8) * 0.5)
    batch = tf.shape(state)[0]
    states = tf.repeat(state[:, tf.newaxis], BEAMS, 1)
    # The beams are alike at first, so only one of them counts.
    scores = tf.tile(tf.constant([[0.0] + [-1e9] * (BEAMS - 1)]), [batch, 1])
    sequences = tf.zeros([batch, BEAMS, WORDS], tf.int32)

    def follow(i, states, scores, sequences):
        log = tf.nn.log_softmax(tf.einsum("bkd,vd->bkv", states, words))
        total = tf.reshape(scores[..., tf.newaxis] + log, [-1, BEAMS * VOCABULARY])
        scores, best = tf.math.top_k(total, BEAMS)
        beam, word = best // VOCABULARY, best % VOCABULARY
        sequences = tf.gather(sequences, beam, batch_dims=1)
        sequences = tf.where(tf.range(WORDS) == i, word[..., tf.newaxis], sequences)
        states = tf.gather(states, beam, batch_dims=1)
        states = tf.tanh(tf.einsum("bkd,de->bke", states, step) + tf.gather(words, word))
        return i + 1, states, scores, sequences

    shapes = [tf.TensorShape([]), states.shape, scores.shape, tf.TensorShape([None, BEAMS, WORDS])]
    _, _, scores, sequences = tf.while_loop(
        lambda i, *_: i < WORDS, follow, [0, states, scores, sequences], shape_invariants=shapes
    )
    return {"scores": scores, "sequences": sequences}


@keras.saving.register_keras_serializable("litecast")
class Sampling(layers.Layer):
    """A sample of a normal distribution, as variational autoencoders draw it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seeds = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_variance = inputs
        noise = keras.random.normal(tf.shape(mean), seed=self.seeds)
        return mean + tf.exp(0.5 * log_variance) * noise


@stateful(*(call("serving_default", x=floats(2, 6)) for _ in range(3)))
def sampler_of_an_autoencoder():
    x = keras.Input(batch_shape=(2, 6), name="x")
    drawn = Sampling()([layers.Dense(4)(x), layers.Dense(4, activation="tanh")(x)])
    network = keras.Model(x, layers.Dense(6)(drawn), name="sampler_of_an_autoencoder")
    return randomise(network, tf.zeros([2, 6]))


@stateful(*(call("serving_default", x=floats(2, 3)) for _ in range(3)))
def numbers_of_a_generator():
    module = tf.Module()
    # Near where the counter's lower half begins anew.
    module.numbers = tf.random.Generator.from_state([-1500, 3, 77], alg="philox")

    @tf.function(input_signature=[tf.TensorSpec([2, 3], tf.float32, "x")])
    def serve(x):
        numbers = module.numbers
        return {"y": x + numbers.normal([2, 3]), "whole": numbers.uniform([4], 0, 1000, tf.int32) + tf.cast(x[0, 0], tf.int32)}

    module.serve = serve
    return module


@model(x=floats("batch", 3), mutate=False)
def numbers_of_a_seed():
    """Stateless draws of all distributions, whose numbers must be TensorFlow's own."""
    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, "x")])
    def serve(x):
        shape = tf.shape(x)
        seed = tf.stack([shape[0], 7])
        return {
            "normal": x + tf.random.stateless_normal(shape, seed),
            "uniform": x * tf.random.stateless_uniform(shape, seed, 1.0, 2.0),
            "truncated": x - tf.random.stateless_truncated_normal(shape, seed),
            "whole": tf.cast(x, tf.int32) + tf.random.stateless_uniform(shape, seed, 0, 100, tf.int32),
        }

    module.serve = serve
    return module
