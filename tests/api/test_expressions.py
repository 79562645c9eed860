"""`expressions/evaluate/`: values, places of what is wrong, the gate, and what would hold it up."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import AttributeType, Board, Relation
from permissions.models import Condition
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

ADDRESS = "/api/v1/expressions/evaluate/"


def tried(api: Client, expression: Any, who: str = "member", **more: Any) -> Any:
    answer = api(who).post(ADDRESS, {"expression": expression, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()["value"]


def refused(api: Client, expression: Any, **more: Any) -> dict[str, Any]:
    answer = api("member").post(ADDRESS, {"expression": expression, **more})
    body = problem(answer, 422)
    found: dict[str, Any] = body["errors"][0]
    return found


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2", 3),
        ("1 / 4", "0.25"),
        ("{{ 1 + 2 }}", 3),
        ("Total {{ 1 + 2 }}", "Total 3"),
        ("@currentUserId", "member"),
        ("'{{'", "{{"),
        ("@object.name", "Soup"),
        ("@object", "soup"),
        ("@object.attributes.price * 2", "9.0"),
        ("[@object.attributes.note, @object.parent]", [None, None]),
        ("@input.lines[1].a", True),
        ("date('2026-01-31')", "2026-01-31"),
        ("@now > date('2020-01-01')", True),
    ],
)
def test_an_expression_is_tried(
    api: Client, kitchen: Kitchen, expression: str, value: object
) -> None:
    soup = kitchen.make(key="soup", attributes={"price": "4.50"})
    given = {"lines": [None, {"a": True}]}
    assert tried(api, expression, objectId=soup.pk, input=given) == value


@pytest.mark.parametrize(
    ("expression", "code", "place"),
    [
        ("", "syntaxError", "line 1, column 1"),
        ("1 +\n + 2", "syntaxError", "line 2, column 2"),
        ("uper('a')", "unknownFunction", "line 1, column 1"),
        ("1 / 0", "divisionByZero", "column 5"),
        ("Total {{ 1 / 0 }}", "divisionByZero", "column 14"),
        ("@object.name", "unknownVariable", "column 1"),
        ("@event.before", "unknownVariable", "column 1"),
        ("9" * 41, "numberTooLarge", "column 1"),
        ("matches('a', '(')", "invalidPattern", "column 14"),
        ("(" * 30_000 + ")" * 30_000, "tooLong", "column 10001"),
        ("(" * 4_000 + "1" + ")" * 4_000, "tooDeep", "column 65"),
        ("1 +" * 300_000 + " 1", "tooLong", "column 10001"),
        ("{{" * 50_000, "syntaxError", "column"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    api: Client, kitchen: Kitchen, expression: str, code: str, place: str
) -> None:
    found = refused(api, expression)
    assert (found["pointer"], found["code"]) == ("/expression", code)
    assert place in found["detail"]


def test_an_object_that_is_not_seen_is_not_found(api: Client, kitchen: Kitchen, cast: Cast) -> None:
    hidden = Board.objects.create(key="hidden", name="Hidden", workspace=cast.lab, type="private")
    secret = kitchen.make("Secret", board=hidden)
    body = {"expression": "@object.name", "objectId": secret.pk}
    unseen = problem(api("member").post(ADDRESS, body), 404)
    missing = problem(api("member").post(ADDRESS, {**body, "objectId": 10**9}), 404)
    assert {**unseen, "instance": None} == {**missing, "instance": None}
    assert tried(api, "@object.name", "admin", objectId=secret.pk) == "Secret"


def test_hidden_attributes_are_missing(api: Client, kitchen: Kitchen, cast: Cast) -> None:
    price = AttributeType.objects.get(key="price")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(attribute=price, user_relation_type=kitchen.business_owner)
    soup = kitchen.make(
        attributes={"price": "4.5"}, user_relations={kitchen.business_owner: [cast["owner"]]}
    )
    shown = "coalesce(@object.attributes.price, 'none')"
    assert tried(api, shown, objectId=soup.pk) == "none"
    assert tried(api, shown, "owner", objectId=soup.pk) == "4.5"
    assert tried(api, shown, "admin", objectId=soup.pk) == "4.5"


def test_relations_of_relations_end_before_they_take_long(api: Client, kitchen: Kitchen) -> None:
    every = [kitchen.make(f"Dish {n}") for n in range(12)]
    Relation.objects.bulk_create(
        Relation(type=kitchen.goes_with, source=one, target=other)
        for one in every
        for other in every
    )
    hop = ".relations.goes_with"
    assert len(tried(api, f"@object{hop}{hop}.key", objectId=every[0].pk)) == 12
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = refused(api, f"@object{hop * 6}", objectId=every[0].pk)
    assert found["code"] == "tooManySteps"
    assert len(asked) < 2_000
