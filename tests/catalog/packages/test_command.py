"""The command `package`, as people type it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Package
from catalog.packages.kinds import said
from catalog.packages.places import entry_at
from tests.cast import Cast
from tests.catalog.packages.samples import kept, recipes


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
        "moves": [],
        "warnings": [],
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
def test_each_line_of_a_plan_names_what_it_is_about(file: Path) -> None:
    told = run("plan", file).splitlines()
    assert [line for line in told if line.startswith("+ conditions")] == [
        (
            "+ conditions objectTypeKey cust_recipe, userRelationTypeKey core_business_owner, "
            "workflowStateKey draft, editable true"
        ),
        (
            "+ conditions transitionKey approve, workflowKey cust_lifecycle, "
            "userRelationTypeKey core_steward, editable true"
        ),
        (
            "+ conditions objectTypeKey cust_recipe, attributeTypeKey price, "
            "userRelationTypeKey core_business_owner"
        ),
    ]
    run("apply", file, "--yes")
    changed = recipes()
    del changed["conditions"][1]
    file.write_text(json.dumps(changed))
    assert run("plan", file).splitlines() == [
        (
            "- conditions transitionKey approve, workflowKey cust_lifecycle, "
            "userRelationTypeKey core_steward, editable true"
        )
    ]


@pytest.mark.django_db
def test_what_has_no_effect_is_named(file: Path) -> None:
    file.write_text(json.dumps(kept()))
    told = run("plan", file).splitlines()
    assert "! /sources/0 (erp): Sources come with a later version." in told
    start = "! /workflowTransitionTriggers/1 (type object_moved, workflowKey cust_lifecycle, "
    assert any(line.startswith(start) for line in told)


@pytest.mark.django_db
def test_a_problem_names_the_entry(file: Path) -> None:
    broken = recipes()
    broken["conditions"][2]["userRelationTypeKey"] = "core_owner"
    broken["workflowStates"][0]["color"] = "red"
    broken["automations"][0]["actions"][0]["templateKey"] = "reviews"
    file.write_text(json.dumps(broken))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("package", "plan", str(file), stdout=out)
    starts = [line.partition(": ")[0] for line in out.getvalue().splitlines() if line[0] == "✗"]
    assert starts == [
        "✗ /automations/0/actions/0/templateKey (notify_owner_on_review)",
        (
            "✗ /conditions/2/userRelationTypeKey (attributeTypeKey price, "
            "userRelationTypeKey core_owner)"
        ),
        "✗ /workflowStates/0/color (review)",
    ]


@pytest.mark.parametrize(
    ("pointer", "entry"),
    [
        ("", ""),
        ("/packageKey", ""),
        ("/states/0", "draft"),
        ("/states/0/name", "draft"),
        ("/states/1/name", "name Draft"),
        ("/states/2", ""),
        ("/states/9", ""),
        ("/states/x", ""),
        ("/states/0/moves/0/to", "draft/submit"),
        ("/states/0/moves/1/to", "draft"),
        ("/no~1thing/0/x", "slash"),
    ],
)
def test_a_pointer_leads_to_an_entry(pointer: str, entry: str) -> None:
    document = {
        "packageKey": "p",
        "states": [
            {"key": "draft", "moves": [{"key": "submit"}, {"to": "x"}]},
            {"name": "Draft"},
            7,
        ],
        "no/thing": [{"key": "slash"}],
    }
    assert entry_at(document, pointer) == entry


def test_what_an_entry_says_is_one_short_line() -> None:
    assert said({"name": "x", "at": [1, None], "is": True}) == "name x, at [1, null], is true"
    assert len(said({"name": "x" * 1000})) == 200


@pytest.mark.django_db
def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert "recipes is applied." in run("apply", file, "--yes")
    assert json.loads(run("export", "--package", "recipes")) == recipes()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_another_encoding_is_refused_with_the_remedy(file: Path, encoding: str) -> None:
    file.write_bytes(json.dumps(recipes()).encode(encoding))
    with pytest.raises(CommandError, match="not in UTF-8: save it as UTF-8"):
        run("plan", file)


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
    assert "! /conditions/0 (objectTypeKey cust_recipe, userRelationTypeKey core_owner, " in told


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
