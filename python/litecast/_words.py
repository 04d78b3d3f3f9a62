"""What the library says of the command line's options, said of this package's arguments."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_ARRAYS = r"--(input|output)-arrays [^\s;]+(?: --\1-arrays [^\s;]+)*"


def _list_of_arrays(match: re.Match[str]) -> str:
    return f"{match[1]}_arrays={match[0].split()[1::2]}"


def in_python(text: str) -> str:
    """ "custom_ops=['Svd']" for "--allow-custom-ops=Svd", and so on."""
    if "--" not in text:
        return text
    import re

    text = re.sub(_ARRAYS, _list_of_arrays, text)
    text = re.sub(r"--(input|output)-arrays", r"\1_arrays", text)
    text = text.replace("--input-shape", "input_shapes")
    text = text.replace("--select-tf-ops", "select_tf_ops=True")
    text = text.replace("--supported-backends", "supported_backends")
    return re.sub(r"--allow-custom-ops=(\w+)", r"custom_ops=['\1']", text)
