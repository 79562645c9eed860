"""The check of keys: what never matches is listed until it is mended, or until its keys come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from accounts import gate
from accounts.exceptions import Invalid, Problem
from accounts.findings import Finding, finding_kinds
from catalog.models import ObjectType, PackageEntry, UserRelationType
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from catalog.packages.single import save_one
from catalog.services import assigning, objects
from notifications.models import Template
from permissions.models import Condition
from tests.cast import Cast, make_cast
from tests.catalog.packages.samples import Document, recipes
from tests.kitchen import SYSTEM
from workflows.models import Transition, Workflow

pytestmark = pytest.mark.django_db

TASTER = {"packageKey": "tasters", "userRelationTypes": [{"key": "taster", "name": "Taster"}]}
CONDITION = {"userRelationTypeKey": "taster", "editable": True}
TEMPLATE = {
    "key": "for_tasters",
    "subject": "Taste",
    "body": "<p>{{ join(@object.userRelations.taster, ', ') }}</p>",
    "recipientRelationTypes": ["taster"],
}
AUTOMATION = {
    "key": "on_tasting",
    "trigger": {"event": "workflowStateChanged", "toStateKey": "tasting"},
    "stream": {"objectTypeKey": "cust_recipe"},
    "actions": [{"type": "setAttributeValue", "attributeKey": "price", "value": 1}],
}
TRIGGER = {
    "type": "user_relation_changed",
    "changeUserRelationTypeKey": "taster",
    "fromStateKey": "draft",
    "toStateKey": "review",
}
ENTRIES: list[tuple[str, dict[str, Any], list[tuple[str, str | None]]]] = [
    ("conditions", CONDITION, [("/userRelationTypeKey", None)]),
    (
        "conditions",
        {"workflowStateKey": "revue", "editable": True},
        [("/workflowStateKey", "review")],
    ),
    (
        "conditions",
        {"attributeTypeKey": "prize", "editable": True},
        [("/attributeTypeKey", "price")],
    ),
    ("conditions", {"transitionKey": "aprove", "editable": True}, [("/transitionKey", "approve")]),
    ("workflowTransitionTriggers", TRIGGER, [("/changeUserRelationTypeKey", None)]),
    ("notificationTemplates", TEMPLATE, [("/body", None), ("/recipientRelationTypes/0", None)]),
    ("automations", AUTOMATION, [("/trigger/toStateKey", None)]),
]


def found(key: str = "neverMatches") -> list[Finding]:
    return sorted(finding_kinds[key].find(), key=lambda one: one.place)


def with_entry(name: str, entry: dict[str, Any]) -> Document:
    document = recipes()
    document[name].append(entry)
    return document


def place(document: Document, name: str) -> str:
    return f"/{name}/{len(document[name]) - 1}"


def problems_of(document: Document) -> list[Problem]:
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=SYSTEM)
    return refusal.value.problems


@pytest.mark.parametrize(("name", "entry", "lacking"), ENTRIES)
def test_unknown_keys_are_refused_and_where_let_in_are_listed_until_mended(
    name: str, entry: dict[str, Any], lacking: list[tuple[str, str | None]]
) -> None:
    document = with_entry(name, entry)
    at = place(document, name)
    told = {(one.pointer, one.nearest) for one in problems_of(document)}
    assert told == {(at + pointer, nearest) for pointer, nearest in lacking}
    assert not ObjectType.objects.exists()

    done = apply(document, actor=SYSTEM, allow_unknown_keys=True)
    assert (at, "It names a key that doesn't exist, and never matches.") in [
        (one.pointer, one.detail) for one in done.not_yet_active
    ]
    listed = found()
    assert {one.place for one in listed} == {
        f"package recipes, {at}{pointer}" for pointer, _ in lacking
    }
    assert {str(one.severity) for one in listed} == {"error"}
    assert all("never matches" in one.detail and one.remedy for one in listed)
    assert export("recipes", actor=SYSTEM) == document
    assert not plan(document, actor=SYSTEM, allow_unknown_keys=True).changes
    assert found("unknownKey") == []

    apply(recipes(), actor=SYSTEM)
    assert found() == []


def nearly_all() -> Document:
    document = recipes()
    document["conditions"] = [CONDITION]
    document["notificationTemplates"].append(TEMPLATE)
    return document


def may_edit(cast: Cast, thing: Any) -> bool:
    return bool(gate.allows(cast.acting("member"), "edit", thing))


def laid(cast: Cast) -> Any:
    apply(nearly_all(), actor=SYSTEM, allow_unknown_keys=True)
    soup = objects.create(ObjectType.objects.get(), actor=SYSTEM, name="Soup")
    assert not may_edit(cast, soup)
    assert len(found()) == 3
    return soup


def whole(cast: Cast, soup: Any) -> None:
    """What waited has its effect, and nothing is told of it any more."""
    assert found() == []
    assert not PackageEntry.objects.filter(is_kept=True).exists()
    assert Template.objects.filter(key="for_tasters").exists()
    assert not Condition.objects.filter(never_matches=True).exists()
    condition = Condition.objects.get()
    taster = UserRelationType.objects.get(key="taster")
    assert (condition.user_relation_type, condition.is_editable) == (taster, True)
    assert not may_edit(cast, soup)
    assigning.assign(soup, taster, cast.member, actor=SYSTEM)
    assert may_edit(cast, soup)
    assert export("recipes", actor=SYSTEM) == nearly_all()
    assert not plan(nearly_all(), actor=SYSTEM).changes


def test_when_the_key_comes_with_another_package_what_waited_takes_effect() -> None:
    cast = make_cast()
    soup = laid(cast)
    planned = plan(TASTER, actor=SYSTEM)
    assert [
        (one.kind, [(each.field, each.before, each.after) for each in one.fields])
        for one in planned.changes
        if one.action == "change"
    ] == [
        ("conditions", [("neverMatches", True, False)]),
        ("notificationTemplates", [("neverMatches", True, False)]),
    ]
    assert len(found()) == 3
    apply(TASTER, actor=SYSTEM)
    whole(cast, soup)
    assert not plan(TASTER, actor=SYSTEM).changes


def test_when_the_key_is_made_by_hand_what_waited_takes_effect() -> None:
    cast = make_cast()
    soup = laid(cast)
    save_one("userRelationTypes", {"key": "other"}, actor=SYSTEM)
    assert len(found()) == 3
    save_one("userRelationTypes", {"key": "taster", "name": "Taster"}, actor=SYSTEM)
    whole(cast, soup)


def test_what_waits_although_its_keys_are_there_is_told_until_it_is_applied() -> None:
    document = recipes()
    document["conditions"].append(CONDITION)
    apply(document, actor=SYSTEM, allow_unknown_keys=True)
    UserRelationType.objects.create(key="taster", name="Taster")
    (waiting,) = found()
    assert waiting.severity == "warning"
    assert waiting.remedy == "Apply the package recipes once more."
    apply(document, actor=SYSTEM)
    assert found() == []
    assert not plan(document, actor=SYSTEM).changes


def test_a_workflow_begins_when_its_own_package_is_applied_again() -> None:
    """It acts on somebody's behalf: that of whoever applies it."""
    document = with_entry("automations", AUTOMATION)
    apply(document, actor=SYSTEM, allow_unknown_keys=True)
    assert not Workflow.objects.filter(key="on_tasting").exists()
    tasting = {
        "packageKey": "tasting",
        "workflowStates": [{"key": "tasting", "workflowKey": "cust_lifecycle", "position": 9}],
    }
    apply(tasting, actor=SYSTEM)
    assert not Workflow.objects.filter(key="on_tasting").exists()
    (waiting,) = found()
    assert (waiting.severity, waiting.remedy) == (
        "warning",
        "Apply the package recipes once more.",
    )
    apply(document, actor=SYSTEM)
    assert Workflow.objects.get(key="on_tasting").live_version is not None
    assert found() == []


def test_a_workflow_that_runs_is_not_stopped_by_a_flag() -> None:
    apply(recipes(), actor=SYSTEM)
    document = recipes()
    document["automations"][0]["trigger"]["toStateKey"] = "tasting"
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=SYSTEM, allow_unknown_keys=True)
    assert refusal.value.problems[0].pointer == "/automations/0/trigger/toStateKey"
    new = with_entry("automations", {**AUTOMATION, "actions": [{"type": "nothing"}]})
    with pytest.raises(Invalid) as refusal:
        apply(new, actor=SYSTEM, allow_unknown_keys=True)
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.code) == ("/automations/1/actions/0/type", "unknownStepType")


# --- keys that are gone ---------------------------------------------------------------------------


def unknown() -> Iterable[tuple[str, str]]:
    return [(one.place, one.detail) for one in found("unknownKey")]


def test_a_live_workflow_that_names_what_is_gone_is_an_error() -> None:
    apply(recipes(), actor=SYSTEM)
    assert unknown() == []
    Template.objects.all().delete()
    (one,) = found("unknownKey")
    assert one.severity == "error"
    assert one.place == "workflow notify_owner_on_review, /actions/0/templateKey"
    assert "There is no notification template 'review_notification'." in one.detail
    assert one.url == "/workflows/notify_owner_on_review/"


def test_a_comment_type_that_no_category_has_is_an_error() -> None:
    apply(recipes(), actor=SYSTEM)
    Transition.objects.filter(key="approve").update(required_comment_type_key="reason")
    (one,) = found("unknownKey")
    assert one.place == "transition approve, /requiredCommentTypeKey"
    assert "There is no comment type 'reason'." in one.detail
    assert one.url.startswith("/admin/workflows/transition/")
