"""The command: report, exit codes, what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import (
    GovernedObject,
    ObjectType,
)
from tests.catalog.importing.files import soup, written

pytestmark = pytest.mark.django_db


def _run(*arguments: str) -> str:
    out = io.StringIO()
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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jsonl", "--object-type", "recipe"], "no file"),
        (["x.csv", "--object-type", "recipe"], "JSON Lines can"),
        (["x.jsonl", "--object-type", "recipe", "--resume"], "Importing the whole file again"),
    ],
)
def test_the_command_says_what_it_can_not_do(
    recipe: ObjectType, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as failed:
        _run(*arguments)
    assert failed.value.returncode == 1


def test_the_command_refuses_unknown_keys(recipe: ObjectType, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(written(soup()))
    with pytest.raises(CommandError, match="no such object type"):
        _run(str(path), "--object-type", "recipes")
    with pytest.raises(CommandError, match="no such board"):
        _run(str(path), "--object-type", "recipe", "--board", "none")
    assert not GovernedObject.objects.exists()
