"""Kills an import of many lines with SIGKILL; `--resume` ends with exactly the file's content."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.faults.test_kill import command
from tests.serving import ROOT, surroundings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LINES = 100_000
KILLS = 4
BAD_EVERY = 9_973
WAIT_SECONDS = 120
PACKAGE = {
    "packageKey": "parts",
    "objectTypes": [{"key": "part", "name": "Part"}],
    "attributeTypes": [
        {"key": "number", "objectTypeKey": "part", "type": "integer", "unique": True},
        {"key": "weight", "objectTypeKey": "part", "type": "decimal"},
    ],
    "relationTypes": [{"key": "needs", "sourceObjectTypeKey": "part"}],
}
# Everything that the import left, so that it can be held against the file and against itself.
ASK = """
import json
from collections import Counter
from catalog.models import Change, GovernedObject, Import, ImportLateLine, Relation, UniqueValue
from journal.models import Event
print(json.dumps({
    "objects": {
        key: [name, attributes, parent]
        for key, name, attributes, parent in GovernedObject.objects.values_list(
            "key", "name", "attributes", "parent__key")
    },
    "relations": sorted(Relation.objects.values_list("source__key", "target__key")),
    "unique": UniqueValue.objects.count(),
    "histories": Counter(Counter(Change.objects.filter(verb="created").values_list(
        "object_id", flat=True)).values()),
    "events": Counter(Event.objects.exclude(kind="packageApplied").values_list("kind", flat=True)),
    "imports": list(Import.objects.values_list("status", "created", "bad_lines", "lines_done")),
    "late": ImportLateLine.objects.count(),
}))
"""


def line(number: int) -> dict[str, Any]:
    """Every tenth part needs one far ahead, every seventh lies below one far ahead or behind."""
    told: dict[str, Any] = {
        "key": f"part-{number}",
        "name": f"Part {number}",
        "attributes": {"number": number, "weight": f"{number}.5"},
    }
    if number % BAD_EVERY == 0:
        told["attributes"]["weight"] = "heavy"
    if number % 10 == 0:
        told["relations"] = {"needs": [f"part-{good(LINES - number + 1)}"]}
    if number % 7 == 0:
        told["parentKey"] = f"part-{good(number % 1000 + 1)}"
    return told


def good(number: int) -> int:
    """A line near this one that is not bad, and that no parent circle leads through."""
    while number % BAD_EVERY == 0 or number % 7 == 0:
        number = number % LINES + 1
    return number


def begin(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    words = ["import_objects", str(folder / "parts.jsonl"), "--object-type", "part", *options]
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=surroundings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def lines_done(folder: Path) -> int:
    ask = "from catalog.models import Import; print(Import.objects.latest('pk').lines_done)"
    return int(command(folder, "shell", "-v0", "-c", ask).splitlines()[-1])


def test_killed_in_the_middle_of_a_hundred_thousand_lines(tmp_path: Path) -> None:
    (tmp_path / "parts.json").write_text(json.dumps(PACKAGE))
    command(tmp_path, "migrate", "-v0")
    command(tmp_path, "package", "apply", str(tmp_path / "parts.json"), "--yes")
    wanted = {number: line(number) for number in range(1, LINES + 1)}
    with (tmp_path / "parts.jsonl").open("w") as out:
        out.writelines(json.dumps(one) + "\n" for one in wanted.values())

    reached = 0
    for kill in range(KILLS):
        running = begin(tmp_path, *(["--resume"] if kill else []))
        reached = wait_until_past(tmp_path, reached, running)
        sleep(random.random() * 2)
        running.kill()
        running.communicate()
        assert running.returncode == -9, "it had ended before it was killed"
    last = begin(tmp_path, "--resume", "--json")
    told, _ = last.communicate(timeout=WAIT_SECONDS * 3)

    bad = [number for number in wanted if number % BAD_EVERY == 0]
    found = json.loads(command(tmp_path, "shell", "-v0", "-c", ASK).splitlines()[-1])
    kept = [one for number, one in wanted.items() if number % BAD_EVERY]
    assert last.returncode == 1
    assert [one["line"] for one in json.loads(told)["bad"]] == bad
    assert found["objects"] == {
        one["key"]: [one["name"], one["attributes"], one.get("parentKey")] for one in kept
    }
    needed = [
        [one["key"], key] for one in kept for key in one.get("relations", {}).get("needs", [])
    ]
    assert found["relations"] == sorted(needed)
    assert found["unique"] == len(kept)
    assert found["histories"] == {"1": len(kept)}, "an object was created twice, or in silence"
    assert found["events"] == {"objectCreated": len(kept)}
    assert found["imports"] == [["done", len(kept), len(bad), LINES]]
    assert found["late"] == 0


def wait_until_past(folder: Path, reached: int, running: subprocess.Popen[bytes]) -> int:
    deadline = monotonic() + WAIT_SECONDS
    while monotonic() < deadline:
        assert running.poll() is None, "it ended before it could be killed"
        try:
            done = lines_done(folder)
        except subprocess.CalledProcessError:
            done = reached  # its row is not there yet
        if done > reached + 5_000:
            return done
        sleep(0.2)
    raise AssertionError("The import does not come on.")
