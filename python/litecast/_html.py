"""How a notebook shows a model."""

from __future__ import annotations

from html import escape

from ._model import size_text, tensor_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._model import Model


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th style='text-align:left'>{escape(cell)}</th>" for cell in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


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
    title = f"{size_text(model.size)}, {count} ops, converted in {report.seconds:.2f} s"
    notes = "".join(f"<p>{escape(warning)}</p>" for warning in report.warnings)
    return (
        f"<div><p><b>litecast model</b>: {escape(title)}</p>"
        + _table(["signature", "", "name", "type"], tensors)
        + _table(["op", "count"], ops)
        + notes
        + "</div>"
    )
