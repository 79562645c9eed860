"""`setAttributeValue`: what is refused when it is published, and what it does."""

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
    return {"id": "set", "type": "setAttributeValue", **fields}


@pytest.mark.parametrize(
    ("fields", "pointer", "code", "nearest"),
    [
        ({"attributeKey": "servins", "value": 1}, "attributeKey", "unknownReference", "servings"),
        ({"attributeKey": "servings", "value": "many"}, "value", "wrongType", None),
        ({"attributeKey": "cuisine", "value": "frensh"}, "value", "notAnOption", "french"),
        ({"attributeKey": "note", "value": "{{ 1 + }}"}, "value", "syntaxError", None),
        ({"attributeKey": "note", "value": "{{ uper('a') }}"}, "value", "unknownFunction", None),
        ({"attributeKey": "note"}, "value", "missing", None),
        ({"attributeKey": "note", "value": 1, "valeu": 2}, "valeu", "unknownKey", "value"),
    ],
)
def test_what_cannot_be_done_is_told_when_it_is_saved(
    kitchen: Kitchen, fields: dict[str, Any], pointer: str, code: str, nearest: str | None
) -> None:
    [problem] = check(definition(step(**fields)))
    assert (problem.pointer, problem.code) == (f"/steps/0/{pointer}", code)
    assert nearest in (None, problem.nearest)


def test_it_writes_one_change_in_the_objects_history(kitchen: Kitchen, cast: Cast) -> None:
    doubled = "{{ @object.attributes.servings * 2 }}"
    published("double", definition(step(attributeKey="servings", value=doubled)))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert GovernedObject.objects.get(pk=soup.pk).attributes["servings"] == 8
    [kept] = ExecutionItem.objects.get().steps
    assert kept["input"] == {"attributeKey": "servings", "value": 8}
    assert kept["output"] == {"before": 4, "after": 8}
    change = Change.objects.get(field="attributes.servings")
    assert (change.via_kind, change.before, change.after) == ("execution", 4, 8)


def test_null_takes_the_value_away(kitchen: Kitchen, cast: Cast) -> None:
    published("forget", definition(step(attributeKey="servings", value=None)))
    soup = kitchen.make()
    service.move(soup, "submit", actor=cast.acting("owner"))
    settle()
    assert "servings" not in GovernedObject.objects.get(pk=soup.pk).attributes
