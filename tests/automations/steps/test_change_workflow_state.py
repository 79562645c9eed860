"""`changeWorkflowState`: what is refused when it is published, and what it does."""

from __future__ import annotations

from typing import Any

import pytest

from automations.models import ExecutionItem
from catalog.models import Change, GovernedObject
from tests.cast import Cast
from tests.kitchen import Kitchen, definition, published
from tests.settling import settle
from workflows.authoring.checks import check
from workflows.lifecycle import service

pytestmark = pytest.mark.django_db


def step(**fields: Any) -> dict[str, Any]:
    return {"id": "move", "type": "changeWorkflowState", **fields}


@pytest.mark.parametrize(
    ("fields", "code", "nearest"),
    [
        ({"toStateKey": "aproved"}, "unknownReference", "approved"),
        ({"toStateKey": "{{ @object. }}"}, "syntaxError", None),
        ({"toStateKey": 3}, "wrongType", None),
        ({}, "missing", None),
    ],
)
def test_what_cannot_be_done_is_told_when_it_is_saved(
    kitchen: Kitchen, fields: dict[str, Any], code: str, nearest: str | None
) -> None:
    [problem] = check(definition(step(**fields)))
    assert (problem.pointer, problem.code) == ("/steps/0/toStateKey", code)
    assert nearest in (None, problem.nearest)


def test_it_moves_the_object_as_a_person_would(kitchen: Kitchen, cast: Cast) -> None:
    published("approve", definition(step(toStateKey="{{ concat('appro', 'ved') }}")))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["approved"]
    [kept] = ExecutionItem.objects.get().steps
    assert kept["output"] == {
        "before": "review",
        "after": "approved",
        "transitionKey": "approve",
        "approvalId": None,
        "override": False,
    }
    moved = Change.objects.filter(field="stateKey").order_by("id").last()
    assert moved is not None
    assert (moved.via_kind, moved.before, moved.after) == ("execution", "review", "approved")


def test_a_move_that_the_lifecycle_does_not_have_fails_with_what_is_allowed(
    kitchen: Kitchen, cast: Cast
) -> None:
    published("stay", definition(step(toStateKey="review")))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    [kept] = ExecutionItem.objects.get().steps
    assert kept["status"] == "failed"
    assert kept["error"]["code"] == "transitionNotAllowed"
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["review"]
