"""How a notebook shows a model."""

from __future__ import annotations

from html import escape

from ._model import size_text, tensor_text, time_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._model import Model
    from ._report import Report


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th style='text-align:left'>{escape(cell)}</th>" for cell in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# As many rows as a person looks through.
_MOST_LAYERS = 200


def _layers(report: Report) -> str:
    """What became of each layer and how large it is, to be folded out."""
    rows = [
        [
            layer.name or "(in no layer)",
            ", ".join(f"{count} {op}" if count > 1 else op for op, count in layer.ops.items()),
            size_text(layer.constant_bytes) if layer.constant_bytes else "",
        ]
        for layer in report.layers
    ]
    more = len(rows) - _MOST_LAYERS
    if more > 0:
        rows[_MOST_LAYERS:] = [[f"and {more} more", "", ""]]
    title = "1 layer" if len(report.layers) == 1 else f"{len(report.layers)} layers"
    table = _table(["layer", "ops", "weights"], rows)
    return f"<details><summary>{title}</summary>{table}</details>"


def _kernels(report: Report) -> str:
    rows = [
        [
            kernel.op,
            "TensorFlow's" if kernel.kind == "select_tf" else "yours",
            ", ".join(kernel.places[:3]) + (", …" if len(kernel.places) > 3 else ""),
            kernel.remedy,
        ]
        for kernel in report.kernels
    ]
    heads = ["kernel that the runtime must bring", "whose", "layers", "what would avoid it"]
    return _table(heads, rows)


def model_html(model: Model) -> str:
    report = model.report
    tensors = [
        [signature.key, direction, tensor.name, tensor_text(tensor)]
        for signature in report.signatures
        for direction, group in (("in", signature.inputs), ("out", signature.outputs))
        for tensor in group
    ]
    ops = [[op, str(count)] for op, count in report.ops.items()]
    count = sum(report.ops.values())
    title = f"{size_text(model.size)}, {count} ops, converted in {time_text(report.seconds)}"
    notes = "".join(f"<p>{escape(warning)}</p>" for warning in report.warnings)
    return (
        f"<div><p><b>litecast model</b>: {escape(title)}</p>"
        + _table(["signature", "", "name", "type"], tensors)
        + _table(["op", "count"], ops)
        + (_kernels(report) if report.kernels else "")
        + (_layers(report) if report.layers else "")
        + notes
        + "</div>"
    )
