"""What litecast says of its arguments, said of a converter's attributes."""

from __future__ import annotations

import re

from .._diagnostic import Diagnostic

_WORDS = (
    (r"select_tf_ops=True", "OpsSet.SELECT_TF_OPS among target_spec.supported_ops"),
    (r"with input_shapes", "in the input signature"),
    (r"\bsupported_backends\b", "target_spec.experimental_supported_backends"),
    (r"custom_ops=\['\w+'\]", "allow_custom_ops = True"),
    (r"((?:in|out)put_arrays(?:=\[[^\]]*\])?)", r"the argument \1 of litecast.convert"),
)


def of_converter(text: str) -> str:
    for pattern, words in _WORDS:
        text = re.sub(pattern, words, text)
    return text


def diagnostic_of_converter(diagnostic: Diagnostic) -> Diagnostic:
    return diagnostic._replace(remedy=of_converter(diagnostic.remedy))
