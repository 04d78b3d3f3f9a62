"""The list of the ops that convert: docs/ops.md, and the table that `litecast ops` prints."""

import collections
import json
import pathlib
import subprocess
import textwrap

import notes
import refused

ROOT = pathlib.Path(__file__).parent.parent.parent
TABLE = ROOT / "src/report/op_coverage_table.inc"
PAGE = ROOT / "docs/ops.md"
FIELDS = ("op", "becomes", "dtypes", "refused", "reason", "rank", "free_sizes", "runtime",
          "delegates", "note")  # fmt: skip

HEAD = """# Operations

What becomes of each operation of TensorFlow, as the tests have shown it on the runtime; `litecast ops` says the same
on the command line. *Becomes*: the runtime's ops in most cases; others may stand for other attributes, types and
shapes. *Types*: element types of the first operand. *Refused*: those for which no ops of the runtime give the exact
result. *Rank*: the largest that was tried. *Free*: whether sizes may be left free. *Runtime*: the oldest that has the
kernels. *Delegates*: those that take all of these ops, as far as their own conditions are met. *Option*: what has the
refused ones converted, at the cost of kernels that the application must bring.

| Operation | Becomes | Types | Refused | Rank | Free | Runtime | Delegates | Option | Note |
|---|---|---|---|---|---|---|---|---|---|
"""

TAIL = """
## With `--select-tf-ops` only

No ops of the runtime are known for these; TensorFlow's own kernels run them. What stands in neither list can be left to
a kernel of yours, `--allow-custom-ops`, unless it runs functions of the model.

"""


def _version(text):
    return tuple(int(part) for part in text.split("."))


def _most_common(right):
    """The ops that most of the computed cases became; of float32 ones where there are any."""
    computed = [r for r in right if r["computed"]]
    chosen = [r for r in computed if r["dtype"] == "float32"] or computed
    counts = collections.Counter(tuple(r["ops"]) for r in chosen)
    return min(counts, key=lambda ops: (-counts[ops], len(ops), ops), default=())


def _row(op, results):
    right = [r for r in results if r["kind"] == "right"]
    told = [r for r in results if r["kind"] == "refused"]
    becomes = _most_common(right)
    # Constants are folded whatever their type is; of some ops there are no other cases.
    dtypes = sorted({r["dtype"] for r in right if r["computed"]} or {r["dtype"] for r in right})
    never = sorted({r["dtype"] for r in told} - set(dtypes))
    why = {refused.reason(r["case"], "refused", r["row"]) for r in told if r["dtype"] in never}
    versions = [r["runtime"] for r in right if tuple(r["ops"]) == becomes and r["runtime"]]
    return {
        "op": op,
        "becomes": " ".join(becomes),
        "dtypes": " ".join(dtypes),
        "refused": " ".join(never),
        "reason": "; ".join(sorted(filter(None, why))),
        "rank": max((r["rank"] for r in right), default=0),
        "free_sizes": any(r["free_sizes"] for r in right),
        "runtime": min(versions, key=_version, default=""),
        "delegates": " ".join(
            name for name, ops in notes.DELEGATES.items() if becomes and ops >= set(becomes)
        ),
        "note": notes.NOTES.get(op, ""),
    }


def _table(rows):
    def literal(value):
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)

    return "".join("{" + ", ".join(literal(row[f]) for f in FIELDS) + "},\n" for row in rows)


# An option that would help where nothing is refused would only puzzle.
def _option(row, known):
    return known[row["op"]]["option"] if row["refused"] else ""


def _page(rows, known):
    def cells(row):
        return (
            row["op"],
            row["becomes"].replace(" ", ", "),
            row["dtypes"].replace(" ", ", "),
            row["refused"].replace(" ", ", ") + (f" ({row['reason']})" if row["reason"] else ""),
            str(row["rank"]) if row["dtypes"] else "",
            ("yes" if row["free_sizes"] else "no") if row["dtypes"] else "",
            row["runtime"],
            row["delegates"].replace(" ", ", "),
            f"`{_option(row, known)}`" if _option(row, known) else "",
            row["note"],
        )

    table = "".join("| " + " | ".join(cells(row)) + " |\n" for row in rows)
    names = [name for name, op in sorted(known.items()) if not op["builtin"]]
    return HEAD + table + TAIL + textwrap.fill(", ".join(names), 120, break_on_hyphens=False) + "\n"


def _known(litecast):
    said = subprocess.run([litecast, "ops", "--json"], capture_output=True, text=True, check=True)
    return {op["op"]: op for op in json.loads(said.stdout)}


def _recorded():
    lines = TABLE.read_text().splitlines()
    return {row["op"]: row for row in (dict(zip(FIELDS, json.loads(f"[{x[1:-2]}]"))) for x in lines)}


def _contradictions(rows, recorded):
    """A run may be of some cases only: it must show nothing that the list does not say."""
    for row in rows:
        listed = recorded.get(row["op"])
        if not listed:
            yield f"{row['op']} is not listed"
            continue
        for dtype in sorted({*row["dtypes"].split()} - {*listed["dtypes"].split()}):
            yield f"{row['op']} converts with {dtype}"
        for dtype in sorted(
            {*row["refused"].split()} - {*listed["refused"].split(), *listed["dtypes"].split()}
        ):
            yield f"{row['op']} is refused with {dtype}"
        if row["free_sizes"] and not listed["free_sizes"]:
            yield f"{row['op']} converts with free sizes"
    for op in sorted({*recorded} - {row["op"] for row in rows}):
        yield f"{op} is listed but not converted"


def update(results, options):
    """Writes the list, or says in what the one that stands differs from the results."""
    by_op = collections.defaultdict(list)
    for result in results:
        by_op[result["case"].rsplit("-", 1)[0]].append(result)
    known = _known(options.litecast)
    builtin = {name for name, op in known.items() if op["builtin"]}
    rows = [_row(name, by_op.get(name, [])) for name in sorted({*builtin, *by_op})]
    if options.op_list == "check":
        return "; ".join(list(_contradictions(rows, _recorded()))[:5])
    silent = [row["op"] for row in rows if not row["dtypes"] and not row["note"]]
    if silent:
        return "neither right cases nor a note: " + ", ".join(silent)
    TABLE.write_text(_table(rows))
    PAGE.write_text(_page(rows, known))
    return ""
