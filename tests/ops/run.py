#!/usr/bin/env python3
"""Converts thousands of models of one op and compares them on LiteRT with TensorFlow.

    run.py [--op REGEX] [--case NAME] [--rows N] [--jobs N] [--litecast BINARY]

Prints what is wrong and at the end `N passed, N failed`. A case that TensorFlow has no kernel for is
not counted, nor one that is refused for a reason that stands in refused.py. In a run of all cases
it is a failure, too, when an entry there excuses no case, or one that is right.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import op_list  # noqa: E402

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
FAILURES = ("wrong", "refused", "broken")


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--op", default="", help="regular expression on the names of ops")
    parser.add_argument("--case", help="one case by name")
    parser.add_argument("--rows", type=int, help="take about the first N cases of an op, not all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, help="leave the last model in this folder")
    parser.add_argument("--litecast", type=pathlib.Path, default=ROOT / "build/litecast")
    parser.add_argument("--results", type=pathlib.Path, help="a JSON file to write all results to")
    parser.add_argument(
        "--op-list", choices=["check", "write"],
        help="compare the list of ops (docs/ops.md and `litecast ops`) with the results, or write it",
    )  # fmt: skip
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    return parser.parse_args()


def selected(options, shard=0, jobs=1):
    """The numbers of rows to check, with their op: [(op, number, row)]. Cases are made one by one."""
    import cases

    if options.case:
        name, number = options.case.rsplit("-", 1)
        op = next(op for op in cases.all_ops() if op.name == name)
        return [(op, int(number), op.rows()[int(number)])]
    ops = [op for op in cases.all_ops() if re.search(options.op, op.name)][shard::jobs]
    return [
        (op, *row)
        for op in ops
        for row in enumerate(op.first_rows(options.rows) if options.rows else op.rows())
    ]


def work(options):
    """Checks each case of the shard from a number on; says each number before it begins, so that
    a crash of the runtime has a name."""
    import check

    shard, jobs, start = map(int, options.worker.split("/"))
    chosen = selected(options, shard, jobs)
    folder = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="litecast-ops-"))
    folder.mkdir(exist_ok=True)
    litecast = options.litecast.resolve()
    try:
        for place, (op, number, row) in enumerate(chosen[start:], start):
            case = op.case(number, row)
            begins = {"begins": place, "case": case.name} | case.facts()
            print(json.dumps(begins), flush=True)
            print(json.dumps(vars(check.check(case, folder, litecast))), flush=True)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


def run_shard(shard, options):
    """All results of a shard, over as many workers as crashes demand."""
    results, start = [], 0
    while start is not None:
        command = [sys.executable, *sys.argv, "--worker", f"{shard}/{options.jobs}/{start}"]
        errors = tempfile.TemporaryFile("w+")
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        begun = None
        for line in worker.stdout:
            if not line.startswith("{"):
                continue
            message = json.loads(line)
            if "begins" in message:
                begun = message
            else:
                results.append(begun | message)
                begun = None
        status = worker.wait()
        start = None
        if begun:
            told = f"the worker died with status {status}"
            results.append(begun | {"kind": "wrong", "told": told})
            start = begun["begins"] + 1
        elif status:
            errors.seek(0)
            sys.exit(errors.read())
    return results


def kind_of(result):
    import refused

    kind = result["kind"]
    if kind in ("refused", "wrong") and refused.reason(result["case"], kind, result["row"]):
        return f"{kind} for a known reason"
    return kind


def print_failures(results):
    """Alike failures of an op together: all cases of them by name, the first one in full."""
    alike = collections.defaultdict(list)
    for result in results:
        if kind_of(result) in FAILURES:
            told = re.sub(r"[0-9.]+(e[-+]\d+)?", "#", result["told"])
            alike[result["kind"], result["case"].rsplit("-", 1)[0], told].append(result)
    for (kind, op, _), those in sorted(alike.items()):
        first = those[0]
        print(f"{kind.upper()} {op}, {len(those)} cases: {first['told']}")
        print(f"    {first['row']}")
        print(f"    tests/ops/run.py --case {first['case']}")
        if those[1:]:
            print("    and " + " ".join(r["case"] for r in those[1:]))


def print_stale(results, is_complete):
    """What refused.py says wrongly; how much that is."""
    import refused

    stale = [*refused.too_wide(results), *refused.idle(results)] if is_complete else []
    for line in stale:
        print(f"STALE {line}")
    return len(stale)


def report(results, is_complete, out_of_date):
    counts = collections.Counter(map(kind_of, results))
    print_failures(results)
    ops = {result["case"].rsplit("-", 1)[0] for result in results}
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    stale = print_stale(results, is_complete)
    print(f"{len(results)} cases of {len(ops)} ops: {kinds}")
    failed = sum(counts[kind] for kind in FAILURES) + stale + out_of_date
    print(f"{counts['right']} passed, {failed} failed")
    return 1 if failed or not results else 0


def main():
    options = parse()
    if options.worker:
        return work(options)
    if not options.litecast.exists():
        sys.exit(f"{options.litecast} does not exist: scripts/build makes it")
    if options.case:
        options.jobs = 1
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        shards = list(pool.map(lambda shard: run_shard(shard, options), range(options.jobs)))
    results = sorted((r for shard in shards for r in shard), key=lambda r: r["case"])
    if options.results:
        options.results.write_text(json.dumps(results, indent=0))
    print(f"in {time.monotonic() - started:.0f} s")
    told = options.op_list and op_list.update(results, options)
    if told:
        print(f"docs/ops.md is not current ({told}): run tests/ops/run.py --op-list write")
    return report(results, not (options.op or options.case or options.rows), bool(told))


if __name__ == "__main__":
    sys.exit(main())
