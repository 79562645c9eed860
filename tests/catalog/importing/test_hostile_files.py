"""Hostile texts in files: refused with their line, or kept as the texts that they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from catalog.importing import uploads
from catalog.importing.report import Report
from catalog.importing.service import import_objects
from catalog.models import Board, GovernedObject, Import
from catalog.services.boards import default_board
from tests.cast import Cast
from tests.config.test_hostile_pages import shown_in
from tests.hostile import INERT, REFUSED
from tests.kitchen import Kitchen
from tests.pages import browser

FORMATS = ("jsonl", "csv")
# A key that looks like `soup`, or that is none.
KEYS = ("s\u043eup", "\uff53oup", "so\u200bup", "soup\u0301", "soup\0", "-soup", "=soup", "../soup")


def files(rows: list[tuple[str, str, str]]) -> dict[str, bytes]:
    """The same lines of key, name and note in each format."""
    lines = [
        json.dumps({"key": key, "name": name, "attributes": {"note": note}})
        for key, name, note in rows
    ]
    sheet = io.StringIO()
    csv.writer(sheet).writerows([("key", "name", "attributes.note"), *rows])
    return {
        "jsonl": "\n".join(lines).encode(),
        "csv": sheet.getvalue().encode(errors="surrogatepass"),
    }


@pytest.fixture
def board(kitchen: Kitchen) -> Board:
    return default_board(kitchen.recipe)


def loaded(content: bytes, format: str, kitchen: Kitchen, folder: Path) -> Report:
    path = folder / f"lines.{format}"
    path.write_bytes(content)
    return import_objects(path, actor=Actor.system(), object_type=kitchen.recipe)


@pytest.mark.parametrize("format", FORMATS)
def test_a_hostile_name_costs_its_line_and_no_other(
    kitchen: Kitchen, tmp_path: Path, format: str
) -> None:
    rows = [(f"bad{at}", name, "") for at, name in enumerate(REFUSED.values())]
    content = files([*rows, ("good", "Good", "")])[format]
    report = loaded(content, format, kitchen, tmp_path)
    assert report.bad_lines == len(REFUSED)
    assert list(GovernedObject.objects.values_list("key", flat=True)) == ["good"]
    for line in report.bad:
        assert all(problem.pointer in ("/name", "") for problem in line.problems), line
        assert len(str(line.as_json())) < 5_000


@pytest.mark.parametrize("format", FORMATS)
def test_a_key_in_other_letters_is_no_key(kitchen: Kitchen, tmp_path: Path, format: str) -> None:
    kitchen.make("Soup", key="soup")
    content = files([(key, "Soup", "") for key in KEYS])[format]
    report = loaded(content, format, kitchen, tmp_path)
    assert report.bad_lines == len(KEYS)
    assert {problem.pointer for line in report.bad for problem in line.problems} <= {"/key", ""}
    assert GovernedObject.objects.count() == 1


@pytest.mark.parametrize("format", FORMATS)
def test_other_names_and_notes_are_kept_as_they_are(
    kitchen: Kitchen, tmp_path: Path, format: str
) -> None:
    texts = {f"good{at}": text for at, text in enumerate(INERT.values())}
    content = files([(key, text, text) for key, text in texts.items()])[format]
    report = loaded(content, format, kitchen, tmp_path)
    assert report.sentences()[3:] == []
    for found in GovernedObject.objects.all():
        assert (found.name, found.attributes["note"]) == (texts[found.key], texts[found.key])


def test_a_hostile_file_is_inert_on_the_pages_of_its_import(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    """Its name, what is wrong with its lines, and the report of them."""
    member: Any = browser(cast.member)
    name = INERT["attribute"] + INERT["expression"]
    rows = [(f"a{at}", "A", "x" * 3_000 + text) for at, text in enumerate(INERT.values())]
    rows += [(text, text, "") for text in INERT.values()]
    for ending, content in files(rows).items():
        given = {"file": SimpleUploadedFile(f"{name}.{ending}", content)}
        checked = member.post(f"/boards/{board.key}/import/", given)
        assert checked.status_code == 302
        assert shown_in(member.get(checked.url).content.decode()) >= 1
        assert member.post(f"{checked.url}start/").status_code == 302
        assert uploads.run(Import.objects.latest("pk").pk)
        assert shown_in(member.get(checked.url).content.decode()) >= 1
        told = b"".join(member.get(f"{checked.url}report/").streaming_content).decode()
        for row in list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))[1:]:
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), row
    headings = io.StringIO()
    csv.writer(headings).writerow(("key", "name", INERT["expression"] + INERT["markup"]))
    given = {"file": SimpleUploadedFile("lines.csv", headings.getvalue().encode())}
    refused = member.post(f"/boards/{board.key}/import/", given)
    assert refused.status_code == 422
    assert shown_in(refused.content.decode()) >= 1
