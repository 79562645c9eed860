"""The command: report, exit codes, what it refuses."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import (
    GovernedObject,
    ObjectType,
)
from tests.catalog.importing.files import soup, written

pytestmark = pytest.mark.django_db


def _run(*arguments: str, fails: bool = False) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) if fails else nullcontext():
        call_command("import_objects", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_a_report_and_fails_where_lines_are_bad(
    recipe: ObjectType, tmp_path: Path
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(written(soup()) + b"\n")
    report = json.loads(_run(str(path), "--object-type", "recipe", "--json"))
    assert report["created"] == 1
    assert "1 unchanged" in _run(str(path), "--object-type", "recipe")
    path.write_bytes(written(soup("b", stateKey="none")) + b"\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 lines were not imported") as failed:
        call_command("import_objects", str(path), "--object-type", "recipe", stdout=out)
    assert failed.value.returncode == 1
    assert "line 1: /stateKey: recipe has no state none." in out.getvalue()


def test_the_command_says_that_there_is_no_file(recipe: ObjectType) -> None:
    with pytest.raises(CommandError, match="no file") as failed:
        _run("nowhere.jsonl", "--object-type", "recipe")
    assert failed.value.returncode == 1


def test_the_command_reads_csv_and_writes_every_bad_line_into_a_report(
    recipe: ObjectType, tmp_path: Path
) -> None:
    path, told = tmp_path / "Recipes.CSV", tmp_path / "bad.jsonl"
    path.write_bytes(b"key,name,attributes.servings\r\na,A,2\r\nb,B,two\r\nc,C,3,\r\n")
    with pytest.raises(CommandError, match="2 lines were not imported"):
        _run(str(path), "--object-type", "recipe", "--report", str(told))
    bad = [json.loads(line) for line in told.read_text().splitlines()]
    assert [(one["line"], one["problems"][0]["pointer"]) for one in bad] == [
        (3, "/attributes/servings"),
        (4, ""),
    ]
    assert "(column 3)" in bad[0]["problems"][0]["detail"]
    assert list(GovernedObject.objects.values_list("key", flat=True)) == ["a"]
    out = _run(str(path), "--object-type", "recipe", "--format", "jsonl", "--json", fails=True)
    assert json.loads(out)["badLines"] == 4


def test_the_command_refuses_unknown_keys(recipe: ObjectType, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(written(soup()))
    with pytest.raises(CommandError, match="no such object type"):
        _run(str(path), "--object-type", "recipes")
    with pytest.raises(CommandError, match="no such board"):
        _run(str(path), "--object-type", "recipe", "--board", "none")
    assert not GovernedObject.objects.exists()
