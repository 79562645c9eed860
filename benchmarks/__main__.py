"""`python -m benchmarks`: measures on every database that is found, tells and keeps the results.

Exits with 1 where a ratio is below its floor. Only a run of everything, in its own size, is held
against the floors and kept.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from benchmarks.results import FOLDER, HERE, Results, floors, line
from benchmarks.rows import HEADS, Row
from benchmarks.surroundings import DATABASES, Surroundings, found


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    asked = _asked()
    is_whole = not asked.only and not asked.objects
    surroundings, left_out = found()
    failures: list[str] = []
    for one in surroundings:
        if asked.database in (None, one.key):
            results = _measured(one, asked)
            if is_whole:
                results.keep(FOLDER / one.key)
                failures += results.failures
    for sentence in left_out:
        print(f"Left out: {sentence}")
    for sentence in failures:
        print(f"Warning: {sentence}", file=sys.stderr)
    return 1 if failures else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="only this benchmark")
    parser.add_argument("--objects", metavar="N", type=int, help="with so many objects")
    parser.add_argument("--database", choices=DATABASES, help="only this database")
    return parser.parse_args()


def _measured(on: Surroundings, asked: argparse.Namespace) -> Results:
    """The rows of one database, each printed when it is there."""
    print(f"\n{on.label}\n{line(HEADS)}", flush=True)
    limits, rows = floors(on.key), []
    with _lines(on, asked) as told:
        surroundings = next(told, {})
        for given in told:
            row = replace(Row(**given), floor=limits.get(given["key"]))
            print(line(row.cells), flush=True)
            rows.append(row)
    return Results(on.label, surroundings, rows)


@contextmanager
def _lines(on: Surroundings, asked: argparse.Namespace) -> Iterator[Iterator[dict[str, Any]]]:
    """What a run of its own tells, line by line; its files vanish with it."""
    command = [sys.executable, "-m", "benchmarks.measuring", str(asked.objects or 0)]
    with (
        tempfile.TemporaryDirectory(prefix="sluice-benchmark-") as folder,
        subprocess.Popen(
            [*command, *(asked.only or ())],
            stdout=subprocess.PIPE,
            env=on.environment(folder),
            cwd=HERE.parent,
            text=True,
        ) as run,
    ):
        assert run.stdout is not None
        try:
            yield map(json.loads, run.stdout)
        except BaseException:
            run.terminate()
            raise
    if run.returncode:
        sys.exit(run.returncode)


if __name__ == "__main__":
    sys.exit(main())
