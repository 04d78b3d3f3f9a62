"""Lookup tables of text and numbers, filled with constants and from text files."""

import os
import tempfile

import numpy as np
import tensorflow as tf

from .calls import call, stateful
from .registry import constant

_WORDS = ("the", "cat", "sat", "on", "καρπός")


def _words(*choice):
    return np.array([word.encode() for word in choice], object)


def _table(keys, values, default, key_type, value_type):
    return tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(
            tf.constant(keys, key_type), tf.constant(values, value_type)
        ),
        default,
    )


def _text_file(lines, *, key=None, value=None, key_type=tf.string, value_type=tf.int64, **options):
    index = tf.lookup.TextFileIndex
    file = os.path.join(tempfile.mkdtemp(), "vocabulary.txt")
    with open(file, "w", encoding="utf-8", newline="") as out:
        out.write(lines)
    key = index.WHOLE_LINE if key is None else key
    value = index.LINE_NUMBER if value is None else value
    return tf.lookup.TextFileInitializer(file, key_type, key, value_type, value, **options)


_LOOKUPS = (
    call("serving_default", words=_words("cat", "the", "dog"), numbers=np.array([3, -7], "int64")),
    call("serving_default", words=_words("", "καρπός"), numbers=np.array([9, 3, 4, 2**40], "int64")),
    call("count"),
)


@stateful(*_LOOKUPS)
def tables_of_all_types():
    module = tf.Module()
    text, short, long = tf.string, tf.int32, tf.int64
    far = [-(2**62), 3, 2**40, 2**61, 9]
    near = [3, 5, 4, 9, -7]
    module.tables = tables = {
        "text_to_long": _table(_WORDS, [7, 5, 3, 1, -2], -1, text, long),
        "text_to_int": _table(_WORDS, [7, 5, 3, 1, -2], -1, text, short),
        "text_to_float": _table(_WORDS, [0.5, 1.5, 2.5, 3.5, 4.5], -1.0, text, tf.float32),
        "text_to_text": _table(_WORDS, _WORDS[::-1], "?", text, text),
        "long_to_text": _table(far, _WORDS, "?", long, text),
        "near_to_float": _table(near, [0.5, 1.5, 2.5, 3.5, 4.5], -1.0, long, tf.float32),
        "near_to_long": _table(near, [7, 5, 3, 1, -2], -1, long, long),
        "far_to_long": _table(far, [7, 5, 3, 1, -2], -1, long, long),
        "far_to_float": _table(far, [0.5, 1.5, 2.5, 3.5, 4.5], -1.0, long, tf.float32),
    }
    module.calls = tf.Variable(0)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None], tf.string, name="words"),
            tf.TensorSpec([None], tf.int64, name="numbers"),
        ]
    )
    def serve(words, numbers):
        module.calls.assign_add(1)
        answers = {
            name: table.lookup(words if name.startswith("text") else numbers)
            for name, table in tables.items()
        }
        return {**answers, "size": tf.reshape(tables["far_to_long"].size(), [1])}

    @tf.function(input_signature=[])
    def count():
        return {"calls": module.calls + 0}

    module.exported = {"serving_default": serve, "count": count}
    return module


@stateful(
    call("see", words=_words("cat")),
    call("see", words=_words("sat", "cat", "unheard")),
    call("best"),
    call("see", words=_words("sat", "sat", "sat", "x", "x")),
    call("best"),
)
def vocabulary_shared_by_signatures():
    module = tf.Module()
    lines = "\n".join(_WORDS)
    index = tf.lookup.TextFileIndex
    module.numbers = tf.lookup.StaticHashTable(_text_file(lines + "\n"), -1)
    module.words = tf.lookup.StaticHashTable(
        _text_file(
            lines,
            key=index.LINE_NUMBER,
            value=index.WHOLE_LINE,
            key_type=tf.int64,
            value_type=tf.string,
        ),
        "?",
    )
    module.counts = tf.Variable(tf.zeros([6], tf.int64))
    module.vectors = tf.Variable(constant("vectors", 6, 3))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def see(words):
        number = module.numbers.lookup(words) + 1
        module.counts.scatter_add(tf.IndexedSlices(tf.ones_like(number), number))
        return {"vectors": tf.gather(module.vectors, number), "counts": module.counts + 0}

    @tf.function(input_signature=[])
    def best():
        number = tf.reshape(tf.argmax(module.counts), [1])
        return {"word": module.words.lookup(number - 1), "count": tf.gather(module.counts, number)}

    module.exported = {"see": see, "best": best}
    return module


@stateful(
    call("serving_default", words=_words("b", "a")),
    call("serving_default", words=_words("c", "b", "a")),
)
def columns_of_text_files():
    module = tf.Module()
    lines = "a|10|0.5\nb|20|1.5\r\nc|30|2.5"
    module.whole = tf.lookup.StaticHashTable(_text_file("a\nb\r\nc\n", value_index_offset=5), -1)
    module.first = tf.lookup.StaticHashTable(_text_file("a\nb\nc\n", vocab_size=2), -1)
    module.column = tf.lookup.StaticHashTable(_text_file(lines, key=0, value=1, delimiter="|"), -1)
    module.real = tf.lookup.StaticHashTable(
        _text_file(
            lines, key=1, value=2, key_type=tf.int64, value_type=tf.float32, delimiter="|"
        ),
        -1.0,
    )
    module.seen = tf.Variable(0, dtype=tf.int64)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def serve(words):
        number = module.column.lookup(words)
        module.seen.assign_add(tf.reduce_sum(number))
        return {
            "whole": module.whole.lookup(words),
            "first": module.first.lookup(words),
            "column": number,
            "real": module.real.lookup(number),
            "seen": module.seen + 0,
        }

    module.exported = {"serving_default": serve}
    return module
