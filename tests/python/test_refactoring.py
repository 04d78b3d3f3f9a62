"""The examples of docs/refactoring.md: what is refused, in which words, and what converts instead."""

import inspect
import pathlib
import re

import numpy as np
import pytest

import litecast

GUIDE = pathlib.Path(__file__).parents[2] / "docs/refactoring.md"
BLOCK = re.compile(r"^> (?P<words>.+?)\n|^```python (?P<kind>before|after)(?: inputs=(?P<inputs>.+?))?\n(?P<code>.*?)^```", re.M | re.S)


def examples():
    """(kind, words of the refusal, inputs as source, code), in the page's order."""
    words = None
    for match in BLOCK.finditer(GUIDE.read_text()):
        if match["words"]:
            words = match["words"]
        else:
            yield pytest.param(match["kind"], words, match["inputs"], match["code"], id=f"{match['kind']}: {words}")


def built(code):
    import tensorflow as tf

    names = {"tf": tf, "np": np}
    exec(code, names)
    return names["model"]


@pytest.mark.parametrize("kind, words, inputs, code", examples())
def test_example(kind, words, inputs, code):
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    model = built(code)
    if kind == "before":
        with pytest.raises(litecast.ConversionError, match=re.escape(words)) as refused:
            litecast.convert(model)
        assert all(d.remedy for d in refused.value.diagnostics)
        return
    data = bytes(litecast.convert(model))
    arguments = [
        tf.constant(value, spec.dtype) for value, spec in zip(eval(inputs, {"np": np}), model.input_signature)
    ]
    expected = np.asarray(built(code)(*arguments))
    run = Interpreter(model_content=data).get_signature_runner()
    names = list(inspect.signature(model.python_function).parameters)
    got = next(iter(run(**{name: value.numpy() for name, value in zip(names, arguments)}).values()))
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_every_refusal_of_the_page_has_a_way_out():
    kinds = [p.values[0] for p in examples()]
    assert kinds.count("after") > 10 and kinds.count("before") > 10
