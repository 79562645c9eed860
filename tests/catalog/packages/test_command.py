"""The command `package`, as people type it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Package
from tests.cast import Cast
from tests.catalog.packages.samples import recipes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "recipes.json"
    path.write_text(json.dumps(recipes()))
    return path


def run(*arguments: Any) -> str:
    out = io.StringIO()
    call_command("package", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_plan_apply_export(file: Path, tmp_path: Path) -> None:
    assert "+ objectTypes cust_recipe" in run("plan", file)
    assert not Package.objects.exists()
    with pytest.raises(CommandError, match="--yes"):
        run("apply", file)
    assert "recipes is applied." in run("apply", file, "--yes")
    assert "No changes." in run("plan", file)
    assert json.loads(run("plan", file, "--json")) == {
        "packageKey": "recipes",
        "changes": [],
        "problems": [],
        "notYetActive": [],
    }
    assert "recipes is applied." in run("apply", file)
    assert json.loads(run("export", "--package", "recipes")) == recipes()
    run("export", "--output", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == recipes()
    changed = recipes()
    changed["userRelationTypes"][0]["name"] = "Owner"
    file.write_text(json.dumps(changed))
    told = run("plan", file)
    assert "~ userRelationTypes core_business_owner" in told
    assert 'name: "Business owner" -> "Owner"' in told


@pytest.mark.django_db
def test_problems_end_it_with_every_place(file: Path) -> None:
    broken = recipes()
    broken["conditions"][0]["userRelationTypeKey"] = "core_owner"
    broken["workflowStates"][0]["color"] = "red"
    file.write_text(json.dumps(broken))
    with pytest.raises(CommandError, match="2 problems"):
        run("plan", file)
    with pytest.raises(CommandError) as refusal:
        run("apply", file, "--yes")
    assert "/conditions/0/userRelationTypeKey: " in str(refusal.value)
    assert "/workflowStates/0/color: " in str(refusal.value)
    del broken["workflowStates"][0]["color"]
    file.write_text(json.dumps(broken))
    told = run("apply", file, "--yes", "--allow-unknown-keys")
    assert "! /conditions/0: " in told


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_names_the_place(file: Path) -> None:
    file.write_text('{"packageKey": "a",\n "packageKey": "b"}')
    with pytest.raises(CommandError, match="line 2, column 2"):
        run("apply", file, "--yes")
    file.write_bytes(b"[" * 100_000)
    with pytest.raises(CommandError, match="64 deep"):
        run("apply", file, "--yes")
    with pytest.raises(CommandError, match="can't be read"):
        run("plan", file.with_name("none.json"))


def test_it_acts_on_behalf_of_somebody(file: Path, cast: Cast) -> None:
    with pytest.raises(CommandError):
        run("apply", file, "--yes", "--as", "owner")
    run("apply", file, "--yes", "--as", "admin")
    assert Package.objects.get().applied_by == "admin"
    with pytest.raises(CommandError):
        run("export", "--as", "viewer")
    assert json.loads(run("export", "--as", "admin")) == recipes()
