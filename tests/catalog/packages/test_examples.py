"""The examples that people copy from: they apply as they stand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.actor import Actor
from catalog.models import Lifecycle, ObjectType
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from permissions.models import Condition
from tests.serving import ROOT, surroundings
from workflows.models import Transition, Workflow

CONTRACT = """
{
  "packageKey": "recipes",
  "applications": [{"key": "recipes", "name": "Recipes"}],
  "objectTypes": [{"key": "cust_recipe", "name": "Recipe", "applicationKey": "recipes",
    "workflowKey": "cust_lifecycle"}],
  "attributeTypes": [{"key": "price", "name": "Price", "objectTypeKey": "cust_recipe",
    "type": "decimal", "required": false}],
  "userRelationTypes": [{"key": "core_business_owner", "name": "Business owner"},
    {"key": "core_steward", "name": "Steward"}],
  "workflows": [{"key": "cust_lifecycle", "name": "Recipe lifecycle", "initStateKey": "draft"}],
  "workflowStates": [{"key": "draft", "name": "Draft", "color": "#6B7280", "position": 1},
    {"key": "review", "name": "In Review", "color": "#F59E0B", "position": 2}],
  "workflowTransitionTriggers": [
    {"key": "submit_for_review", "name": "Submit for Review", "fromStateKey": "draft",
      "toStateKey": "review", "changeThresholdTypeKey": "majority"},
    {"type": "user_relation_changed", "changeUserRelationTypeKey": "core_steward",
      "fromStateKey": "draft", "toStateKey": "review", "orderNumber": 1}],
  "conditions": [{"objectTypeKey": "cust_recipe", "userRelationTypeKey": "core_business_owner",
    "workflowStateKey": "draft", "editable": true, "visible": true}],
  "automations": [{"key": "notify_owner_on_review", "name": "Notify owner",
    "trigger": {"event": "workflowStateChanged", "toStateKey": "review"},
    "stream": {"objectTypeKey": "cust_recipe"},
    "actions": [{"type": "sendNotification", "templateKey": "review_notification",
      "recipientRelationType": "core_business_owner"}]}],
  "notificationTemplates": [{"key": "review_notification",
    "subject": "{{ @object.name }} is in review", "body": "<p>…</p>", "Module_Id": "recipes",
    "notifyAuthor": false}]
}
"""

STATES = """
{ "workflowStates": [
    { "key": "draft", "name": "Draft", "color": "#6B7280", "position": 1 },
    { "key": "review", "name": "In Review", "color": "#F59E0B", "position": 2 },
    { "key": "approved", "name": "Approved", "color": "#10B981", "position": 3 } ] }
"""
TRANSITIONS = """
{ "workflowTransitionTriggers": [
    { "key": "submit_for_review", "name": "Submit for Review",
      "fromStateKey": "draft", "toStateKey": "review" },
    { "key": "approve", "name": "Approve", "fromStateKey": "review", "toStateKey": "approved" } ] }
"""
CONDITIONS = """
{ "conditions": [
    { "userRelationTypeKey": "core_business_owner", "workflowStateKey": "draft",
      "editable": true, "visible": true },
    { "userRelationTypeKey": "core_steward", "workflowStateKey": "review",
      "editable": true, "visible": true } ] }
"""
AUTOMATION = """
{ "key": "notify_owner_on_review", "name": "Notify Owner on Review Submission",
  "trigger": { "event": "workflowStateChanged", "toStateKey": "review" },
  "stream": { "objectTypeKey": "cust_recipe" },
  "actions": [ { "type": "sendNotification", "templateKey": "review_notification",
                 "recipientRelationType": "core_business_owner" } ] }
"""


def around(*parts: str) -> dict[str, Any]:
    """A package that has what the examples name, and the examples as they stand."""
    document: dict[str, Any] = {
        "packageKey": "seed",
        "objectTypes": [{"key": "cust_recipe", "workflowKey": "cust_lifecycle"}],
        "workflows": [{"key": "cust_lifecycle"}],
        "userRelationTypes": [{"key": "core_business_owner"}, {"key": "core_steward"}],
        "notificationTemplates": [
            {"key": "review_notification", "subject": "In review", "body": "<p>Look.</p>"}
        ],
    }
    for part in parts:
        document |= json.loads(part)
    return document


def test_the_contracts_example(system: Actor) -> None:
    document = json.loads(re.sub(r"\n\s+", " ", CONTRACT))
    done = apply(document, actor=system)
    assert [(one.pointer, one.kind) for one in done.not_yet_active] == [
        ("/workflowTransitionTriggers/1", "workflowTransitionTriggers")
    ]
    assert not plan(document, actor=system).changes
    assert json.dumps(export("recipes", actor=system)) == json.dumps(document)


def test_the_seeds_examples(system: Actor) -> None:
    document = around(STATES, TRANSITIONS, CONDITIONS)
    document["automations"] = [json.loads(AUTOMATION)]
    apply(document, actor=system)
    states = Lifecycle.objects.get().states.all()
    assert [one.key for one in states] == ["draft", "review", "approved"]
    assert Transition.objects.count() == 2
    recipe = ObjectType.objects.get()
    conditions = Condition.objects.filter(object_type=recipe).select_related("state")
    assert {one.state.key for one in conditions if one.state} == {"draft", "review"}
    assert Workflow.objects.get().status == "publishedEnabled"
    assert not plan(document, actor=system).changes
    assert json.dumps(export("seed", actor=system)) == json.dumps(document)


# --- the job of CI -------------------------------------------------------------------------------


def job() -> str:
    """The commands that the docs give for CI."""
    page = (ROOT / "docs" / "how-to" / "packages.md").read_text(encoding="utf-8")
    _, _, section = page.partition("## Check in CI\n")
    found = re.search(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def run_job(folder: Path, packages: dict[str, dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    """In a repository with these files, beside a checkout of Sluice."""
    (folder / "packages").mkdir()
    (folder / "manage.py").symlink_to(ROOT / "manage.py")
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    for name, package in packages.items():
        (folder / "packages" / name).write_text(json.dumps(package), encoding="utf-8")
    values = surroundings(folder, DATABASE_URL="", REDIS_URL="", CELERY_BROKER_URL="")
    words = ["bash", "-c", job()]
    return subprocess.run(words, cwd=folder, env=values, capture_output=True, text=True)


SCHEMA: dict[str, Any] = {
    "packageKey": "schema",
    "objectTypes": [{"key": "part", "name": "Part"}],
    "attributeTypes": [{"key": "size", "objectTypeKey": "part", "type": "integer"}],
}
NEEDS: dict[str, Any] = {
    "packageKey": "needs",
    "dependsOn": ["schema"],
    "attributeTypes": [{"key": "weight", "objectTypeKey": "part", "type": "decimal"}],
}


@pytest.mark.slow
def test_the_job_of_ci_goes_by_what_packages_depend_on(tmp_path: Path) -> None:
    done = run_job(tmp_path, {"a.json": NEEDS, "b.json": SCHEMA})
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        {"a.json": NEEDS, "b.json": SCHEMA | {"dependsOn": ["needs"]}},
        {"a.json": SCHEMA | {"objectTypes": [{"key": "no key"}]}},
    ],
    ids=["circle", "problem"],
)
def test_the_job_of_ci_fails(tmp_path: Path, wrong: dict[str, Any]) -> None:
    assert run_job(tmp_path, wrong).returncode != 0
