"""Files that are none of lines of objects: read so far and no further, told of with their place."""

from __future__ import annotations

import io
from pathlib import Path, PosixPath
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actor import Actor
from accounts.exceptions import Invalid
from catalog.importing import reading, service
from catalog.importing.lines import JsonLines
from catalog.importing.reading import MOST_BAD, MOST_BLANK
from catalog.importing.service import import_objects
from catalog.importing.sheets import Schema, Sheet
from catalog.models import GovernedObject, Import, ImportBadLine, ObjectType
from tests.catalog.importing.files import Importer, soup, written

pytestmark = pytest.mark.django_db

SCHEMA = Schema({}, set(), set())
READERS: dict[str, Any] = {"jsonl": JsonLines, "csv": lambda path: Sheet(path, SCHEMA)}
HEADINGS = {"jsonl": b"", "csv": b"key,name\n"}


class Watched(io.FileIO):
    """A file that counts what is read of it."""

    taken = 0

    def readinto(self, buffer: Any) -> int | None:
        size = super().readinto(buffer)
        Watched.taken += size or 0
        return size


class WatchedPath(PosixPath):
    def open(self, *_: Any, **__: Any) -> Any:
        return io.BufferedReader(Watched(self))


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    Watched.taken = 0
    return WatchedPath(tmp_path / "lines")


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize(
    "line", [b"x", b"{", b"[]", b'{"key":"1"}', b'{"key":"a"}', b'{"key":"a","name":"A","no":1}']
)
def test_a_file_of_bad_lines_is_read_so_far_and_no_further(
    watched: Path, format: str, line: bytes
) -> None:
    line = line if format == "jsonl" else b"-,-,-" + line
    Path(watched).write_bytes(HEADINGS[format] + (line + b"\n") * 30 * MOST_BAD)
    with pytest.raises(Invalid, match=f"{MOST_BAD:,} lines can't be read") as refused:
        READERS[format](watched).survey()
    assert refused.value.code == "tooManyBad"
    first = 1 if format == "jsonl" else 2
    assert f"Line {MOST_BAD + first - 1:,}: reading stopped" in refused.value.detail
    assert f"The first is line {first}: " in refused.value.detail
    assert Watched.taken < 2 * (MOST_BAD + 1) * (len(line) + 1) + 2 * io.DEFAULT_BUFFER_SIZE


@pytest.mark.parametrize("format", READERS)
def test_lines_without_anything_are_passed_over_as_far_as_a_sheet_goes(
    watched: Path, format: str
) -> None:
    Path(watched).write_bytes(HEADINGS[format] + b"\n" * (MOST_BLANK + 100_000))
    with pytest.raises(Invalid, match="lines are empty") as refused:
        READERS[format](watched).survey()
    assert refused.value.code == "tooManyBlank"
    assert Watched.taken < MOST_BLANK + 4 * io.DEFAULT_BUFFER_SIZE
    Path(watched).write_bytes(HEADINGS[format] + b"\n" * 1000)
    assert not READERS[format](watched).survey().keys


def test_a_file_with_as_many_good_lines_is_read_to_its_end(
    load: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BAD", 3)
    report = load(soup("a"), soup("b"), soup("c"), b"x", b"y", b"z", soup("d"))
    assert (report.created, report.bad_lines) == (4, 3)
    with pytest.raises(Invalid, match=r"^Line 3: .*The first is line 1: This is not JSON"):
        load(b"x", b"y", b"z", soup("e"))
    assert not GovernedObject.objects.filter(key="e").exists()
    assert Import.objects.latest("pk").status == Import.Status.FAILED


def test_an_import_whose_lines_are_bad_for_the_most_part_stops_between_batches(
    recipe: ObjectType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BAD", 3)
    monkeypatch.setattr(service, "LINES", 2)
    bad = [soup(f"b{at}", attributes={"none": 1}) for at in range(5)]
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"\n".join(map(written, [soup("a"), *bad, soup("c")])))
    report = import_objects(path, actor=Actor.system(), object_type=recipe)
    assert (report.created, report.bad_lines) == (1, 3)
    run = Import.objects.get()
    assert run.status == Import.Status.FAILED
    assert run.problem.startswith("Stopped behind line 4: 3 lines are bad, and only 1 were good.")
    assert ImportBadLine.objects.count() == 3
    with pytest.raises(CommandError, match="Stopped behind line 4"):
        call_command("import_objects", str(path), "--object-type", "recipe")
