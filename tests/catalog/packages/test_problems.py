"""Every problem at once: its pointer, its code, its value and the nearest key."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.exceptions import Problem
from catalog.packages.applying import apply, plan
from tests.catalog.packages.samples import Document, kept, recipes

FLOOD = {"key": "k", "name": "x" * 201}


def changed(path: str, value: Any, sample: Document | None = None) -> Document:
    """The recipes with one value replaced; `-` appends to a list."""
    document = sample or recipes()
    part: Any = document
    *inner, last = path.strip("/").split("/")
    for name in inner:
        part = part[int(name)] if isinstance(part, list) else part[name]
    if last == "-":
        part.append(value)
    elif isinstance(part, list):
        part[int(last)] = value
    else:
        part[last] = value
    return document


def problems(document: object, system: Actor) -> list[Problem]:
    return list(plan(document, actor=system).problems)


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code", "nearest"),
    [
        ("/packageKey", None, "/packageKey", "missing", None),
        ("/packageKey", "1st", "/packageKey", "malformedKey", None),
        ("/objectTipes", [], "/objectTipes", "unknownAssetKind", "objectTypes"),
        ("/objectTypes", {}, "/objectTypes", "wrongType", None),
        ("/applications/0", "kitchen", "/applications/0", "wrongType", None),
        ("/applications/0/nmae", "x", "/applications/0/nmae", "unknownKey", "name"),
        ("/applications/0/name", 7, "/applications/0/name", "wrongType", None),
        ("/applications/0", FLOOD, "/applications/0/name", "tooLong", None),
        ("/applications/-", {"name": "No key"}, "/applications/1/key", "missing", None),
        ("/applications/-", {"key": "a b"}, "/applications/1/key", "malformedKey", None),
        ("/applications/-", {"key": "bulk"}, "/applications/1/key", "malformedKey", None),
        ("/applications/-", {"key": "Kitchen"}, "/applications/1/key", "duplicate", "kitchen"),
        ("/applications/-", {"key": "kitchen"}, "/applications/1/key", "duplicate", "kitchen"),
        (
            "/objectTypes/0/applicationKey",
            "kichen",
            "/objectTypes/0/applicationKey",
            "unknownReference",
            "kitchen",
        ),
        ("/attributeTypes/0/type", "decimel", "/attributeTypes/0/type", "unknownValue", "decimal"),
        ("/attributeTypes/1/options", None, "/attributeTypes/1/options", "missing", None),
        ("/attributeTypes/0/options", ["a"], "/attributeTypes/0/options", "notAnEnum", None),
        ("/attributeTypes/1/default", "mian", "/attributeTypes/1/default", "notAnOption", "main"),
        ("/attributeTypes/0/required", 1, "/attributeTypes/0/required", "wrongType", None),
        (
            "/workflows/0/initStateKey",
            "daft",
            "/workflows/0/initStateKey",
            "unknownReference",
            "draft",
        ),
        ("/workflowStates/0/color", "orange", "/workflowStates/0/color", "badColor", None),
        ("/workflowStates/0/color", "#12345", "/workflowStates/0/color", "badColor", None),
        ("/workflowStates/0/position", 2**40, "/workflowStates/0/position", "outOfRange", None),
        ("/workflowStates/0/position", 1.5, "/workflowStates/0/position", "wrongType", None),
        ("/workflowStates/0/position", True, "/workflowStates/0/position", "wrongType", None),
        (
            "/workflowTransitionTriggers/0/toStateKey",
            "reviewed",
            "/workflowTransitionTriggers/0/toStateKey",
            "unknownReference",
            "review",
        ),
        (
            "/workflowTransitionTriggers/0/toStateKey",
            "draft",
            "/workflowTransitionTriggers/0/toStateKey",
            "selfTransition",
            None,
        ),
        (
            "/workflowTransitionTriggers/0/fromStateKey",
            None,
            "/workflowTransitionTriggers/0/fromStateKey",
            "missing",
            None,
        ),
        (
            "/workflowTransitionTriggers/0/changeThresholdTypeKey",
            "majorty",
            "/workflowTransitionTriggers/0/changeThresholdTypeKey",
            "unknownValue",
            "majority",
        ),
        (
            "/workflowTransitionTriggers/0/requiredCommentTypeKey",
            "reason",
            "/workflowTransitionTriggers/0/requiredCommentTypeKey",
            "unknownReference",
            None,
        ),
        (
            "/workflowTransitionTriggers/0/watchedAttributeKeys",
            ["prize"],
            "/workflowTransitionTriggers/0/watchedAttributeKeys/0",
            "unknownReference",
            "price",
        ),
        (
            "/workflowTransitionTriggers/0/userRelationTypeKeys",
            ["core_stewart"],
            "/workflowTransitionTriggers/0/userRelationTypeKeys/0",
            "unknownReference",
            "core_steward",
        ),
        (
            "/workflowTransitionTriggers/0/userRelationTypeKeys",
            ["core_steward", 5],
            "/workflowTransitionTriggers/0/userRelationTypeKeys/1",
            "wrongType",
            None,
        ),
        (
            "/workflowTransitionTriggers/0/userRelationTypeKeys",
            "core_steward",
            "/workflowTransitionTriggers/0/userRelationTypeKeys",
            "wrongType",
            None,
        ),
        (
            "/workflows/0/stateMapping",
            ["review"],
            "/workflows/0/stateMapping",
            "wrongType",
            None,
        ),
        (
            "/workflows/0/stateMapping",
            {"review": "draft"},
            "/workflows/0/stateMapping/review",
            "stillThere",
            None,
        ),
        (
            "/workflows/0/stateMapping",
            {"gone": "revew"},
            "/workflows/0/stateMapping/gone",
            "unknownReference",
            "review",
        ),
        (
            "/workflows/0/stateMapping",
            {"gone": "lost", "lost": "gone"},
            "/workflows/0/stateMapping/gone",
            "cycle",
            None,
        ),
        (
            "/workflows/0/stateMapping",
            {"gone": 5},
            "/workflows/0/stateMapping/gone",
            "malformedKey",
            None,
        ),
        (
            "/workflows/0/transitions",
            [{"key": "x", "fromStateKey": "draft", "toStateKey": "review", "workflowKey": "y"}],
            "/workflows/0/transitions/0/workflowKey",
            "wrongPlace",
            "cust_lifecycle",
        ),
        (
            "/conditions/0/workflowStateKey",
            "drafft",
            "/conditions/0/workflowStateKey",
            "unknownReference",
            "draft",
        ),
        (
            "/conditions/1/transitionKey",
            "aprove",
            "/conditions/1/transitionKey",
            "unknownReference",
            "approve",
        ),
        (
            "/conditions/2/attributeTypeKey",
            "pryce",
            "/conditions/2/attributeTypeKey",
            "unknownReference",
            "price",
        ),
        (
            "/conditions/1/attributeTypeKey",
            "price",
            "/conditions/1/attributeTypeKey",
            "severalAssets",
            None,
        ),
        ("/conditions/0/editable", "yes", "/conditions/0/editable", "wrongType", None),
        (
            "/notificationTemplates/0/Module_Id",
            "kitchn",
            "/notificationTemplates/0/Module_Id",
            "unknownReference",
            "kitchen",
        ),
        (
            "/notificationTemplates/0/recipientRelationTypes",
            ["core_stewart"],
            "/notificationTemplates/0/recipientRelationTypes/0",
            "unknownReference",
            "core_steward",
        ),
        (
            "/notificationTemplates/0/subject",
            "",
            "/notificationTemplates/0/subject",
            "missing",
            None,
        ),
        ("/automations/0/trigger", None, "/automations/0/trigger", "missing", None),
        ("/automations/0/actions", [], "/automations/0/actions", "missing", None),
        (
            "/automations/0/trigger/toStateKey",
            "revieww",
            "/automations/0/trigger/toStateKey",
            "unknownReference",
            "review",
        ),
        (
            "/automations/0/stream/objectTypeKey",
            "cust_recip",
            "/automations/0/stream/objectTypeKey",
            "unknownReference",
            "cust_recipe",
        ),
        (
            "/automations/0/actions/0/recipientRelationType",
            "core_owner",
            "/automations/0/actions/0/recipientRelationType",
            "unknownReference",
            "core_business_owner",
        ),
        (
            "/automations/0/actions/0/type",
            "sendNotificaton",
            "/automations/0/actions/0/type",
            "unknownStepType",
            "sendNotification",
        ),
        (
            "/automations/0/workspaceKey",
            "mian",
            "/automations/0/workspaceKey",
            "unknownReference",
            "main",
        ),
        ("/automations/0/owners", ["nobody"], "/automations/0/owners/0", "unknownReference", None),
    ],
)
def test_a_problem_has_its_place(
    path: str, value: Any, pointer: str, code: str, nearest: str | None, system: Actor
) -> None:
    found = problems(changed(path, value), system)
    assert [(one.pointer, one.code) for one in found].count((pointer, code)) == 1
    problem = next(one for one in found if (one.pointer, one.code) == (pointer, code))
    assert problem.nearest == nearest
    assert problem.detail.endswith((".", ":")) or "." in problem.detail
    assert not problems(recipes(), system)


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (
            "/workflowTransitionTriggers/0/type",
            "user_relation_changd",
            "/workflowTransitionTriggers/0/type",
            "unknownValue",
        ),
        (
            "/workflowTransitionTriggers/0/changeUserRelationTypeKey",
            None,
            "/workflowTransitionTriggers/0/changeUserRelationTypeKey",
            "missing",
        ),
        (
            "/workflowTransitionTriggers/1/pipelineKey",
            "nothing",
            "/workflowTransitionTriggers/1/pipelineKey",
            "unknownReference",
        ),
        (
            "/commentTypeCategories/0/defaultCommentTypeKey",
            "reasons",
            "/commentTypeCategories/0/defaultCommentTypeKey",
            "unknownReference",
        ),
        (
            "/commentTypeCategories/0/commentTypes/-",
            {"key": "Reason"},
            "/commentTypeCategories/0/commentTypes/1/key",
            "duplicate",
        ),
        (
            "/commentTypeCategories/0/commentTypes/-",
            5,
            "/commentTypeCategories/0/commentTypes/1",
            "wrongType",
        ),
        (
            "/commentTypeCategoryApplications/0/applicationKey",
            "kitchn",
            "/commentTypeCategoryApplications/0/applicationKey",
            "unknownReference",
        ),
        (
            "/policyRules/0/appliesTo/1/key",
            "daily",
            "/policyRules/0/appliesTo/1/key",
            "unknownReference",
        ),
        (
            "/policyRules/0/appliesTo/0",
            {"kind": "source"},
            "/policyRules/0/appliesTo/0/key",
            "missing",
        ),
        ("/sources/0/auth", "basic", "/sources/0/auth", "unknownValue"),
        ("/sources/0/secret", "s3cret", "/sources/0/secret", "unknownKey"),
        ("/sources/0/workflowKeys", ["none"], "/sources/0/workflowKeys/0", "unknownReference"),
    ],
)
def test_kept_entries_are_checked_too(
    path: str, value: Any, pointer: str, code: str, system: Actor
) -> None:
    found = [(one.pointer, one.code) for one in problems(changed(path, value, kept()), system)]
    assert (pointer, code) in found
    assert not problems(kept(), system)


@pytest.mark.parametrize("document", [None, [], "text", 5, {}])
def test_what_is_no_package_is_told(document: object, system: Actor) -> None:
    assert problems(document, system)


def test_all_problems_come_at_once_in_the_order_of_the_file(system: Actor) -> None:
    document = recipes()
    document["workflowStates"][0]["color"] = "red"
    document["conditions"][0]["userRelationTypeKey"] = "who"
    document["conditions"][1]["transitionKey"] = "what"
    document["automations"][0]["actions"][0]["templateKey"] = "which"
    document["automations"][0]["actions"].append({"type": "dance"})
    document["extra"] = []
    found = [(one.pointer, one.code) for one in problems(document, system)]
    assert found == [
        ("/automations/0/actions/0/templateKey", "unknownReference"),
        ("/automations/0/actions/1/type", "unknownStepType"),
        ("/conditions/0/userRelationTypeKey", "unknownReference"),
        ("/conditions/1/transitionKey", "unknownReference"),
        ("/extra", "unknownAssetKind"),
        ("/workflowStates/0/color", "badColor"),
    ]


def test_what_waits_for_a_broken_entry_is_not_told_as_unknown(system: Actor) -> None:
    document = recipes()
    document["objectTypes"][0]["name"] = 5
    document["notificationTemplates"][0]["subject"] = 5
    found = [one.pointer for one in problems(document, system)]
    assert found == ["/notificationTemplates/0/subject", "/objectTypes/0/name"]


def test_keys_that_differ_in_case_only_from_what_exists(system: Actor) -> None:
    apply(recipes(), actor=system)
    other = {"packageKey": "others", "userRelationTypes": [{"key": "Core_Steward"}]}
    (problem,) = problems(other, system)
    assert (problem.code, problem.nearest) == ("duplicate", "core_steward")
    (named,) = problems({"packageKey": "Recipes"}, system)
    assert (named.pointer, named.code) == ("/packageKey", "duplicate")


def test_two_lifecycles_must_be_told_apart(system: Actor) -> None:
    document = changed("/workflows/-", {"key": "other"})
    found = {one.pointer for one in problems(document, system) if one.code == "missing"}
    assert "/workflowStates/0/workflowKey" in found
    assert "/workflowTransitionTriggers/0/workflowKey" in found
    for name in ("workflowStates", "workflowTransitionTriggers"):
        for entry in document[name]:
            entry["workflowKey"] = "cust_lifecycle"
    assert not problems(document, system)
