"""`expressions/evaluate/`: values, places of what is wrong, the gate, and what would hold it up."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.expressions.limits import MAX_ROWS
from catalog.models import (
    AttributeType,
    Board,
    GovernedObject,
    Relation,
    RelationType,
    UserRelation,
)
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


def relate_many(
    kitchen: Kitchen, source: GovernedObject, many: int, *types: RelationType
) -> list[GovernedObject]:
    """So many dishes to which the source relates in each of these ways."""
    dishes = GovernedObject.objects.bulk_create(
        GovernedObject(
            object_type=kitchen.recipe,
            board=source.board,
            key=f"{source.key}-{n}",
            name=f"Dish {n}",
        )
        for n in range(many)
    )
    Relation.objects.bulk_create(
        Relation(type=kind, source=source, target=dish) for kind in types for dish in dishes
    )
    return dishes


def test_rows_are_paid_for_and_one_relation_has_a_limit(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    served = RelationType.objects.create(key="served", name="Served with")
    dishes = relate_many(kitchen, soup, MAX_ROWS + 1, kitchen.goes_with, served)
    one, other = "count(@object.relations.goes_with)", "count(@object.relations.served)"
    found = refused(api, f"1 + {one}", objectId=soup.pk)
    assert (found["code"], "column 28" in found["detail"]) == ("resultTooLarge", True), found
    assert "goes_with leads to more than 5,000" in found["detail"]

    dishes[0].delete()
    both = f"[{one}, @object.relations.goes_with[-1].key]"
    assert tried(api, both, objectId=soup.pk) == [MAX_ROWS, dishes[-1].key]
    found = refused(api, f"{one} + {other}", objectId=soup.pk)
    place = f"column {len(one) + len(' + count(@object.relations') + 1}"
    assert (found["code"], place in found["detail"]) == ("tooManySteps", True), found


def queries_of(api: Client, expression: str, value: object, obj: GovernedObject) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert tried(api, expression, objectId=obj.pk) == value
    return len(asked)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("count(@object.relations.goes_with)", 3),
        ("count(@object.userRelations.reviewer)", 1),
        ("length(@object.parent.key)", 4),
        ("@object.attributes.servings", 4),
    ],
)
def test_what_is_selected_often_is_read_once(
    api: Client, kitchen: Kitchen, cast: Cast, part: str, value: int
) -> None:
    menu = kitchen.make("Menu", key="menu")
    soup = kitchen.make("Soup", parent=menu, user_relations={kitchen.reviewer: [cast["owner"]]})
    relate_many(kitchen, soup, 3, kitchen.goes_with)
    assert tried(api, "1") == 1  # so that the session is known
    few = queries_of(api, part, value, soup)
    assert queries_of(api, " + ".join([part] * 100), 100 * value, soup) == few
    if "goes_with" in part:
        Relation.objects.filter(source=soup)[0].delete()
        assert tried(api, part, objectId=soup.pk) == value - 1


def test_attributes_of_many_related_objects_take_as_many_queries_as_of_two(
    api: Client, kitchen: Kitchen, cast: Cast
) -> None:
    price = AttributeType.objects.get(key="price")
    Condition.objects.create(attribute=price, is_visible=False)
    Condition.objects.create(attribute=price, user_relation_type=kitchen.reviewer)
    soup, stew = kitchen.make("Soup", key="soup"), kitchen.make("Stew", key="stew")
    dishes = relate_many(kitchen, soup, 2, kitchen.goes_with)
    dishes += relate_many(kitchen, stew, 40, kitchen.goes_with)
    GovernedObject.objects.filter(pk__in=[one.pk for one in dishes]).update(
        attributes={"price": "2.00"}
    )
    for one in dishes[0], dishes[8], dishes[-1]:
        UserRelation.objects.create(type=kitchen.reviewer, object=one, user=cast.member)
    shown = "count(@object.relations.goes_with.attributes.price)"
    assert tried(api, "1") == 1  # so that the session is known
    few = queries_of(api, shown, 2, soup)
    assert queries_of(api, shown, 40, stew) == few
    prices = tried(api, "@object.relations.goes_with.attributes.price", objectId=stew.pk)
    assert [at for at, one in enumerate(prices) if one == "2.00"] == [6, 39]
    prices = tried(api, "@object.relations.goes_with.attributes.price", "admin", objectId=stew.pk)
    assert prices == ["2.00"] * 40


def test_a_relation_leads_to_what_is_seen_in_its_order(
    api: Client, kitchen: Kitchen, cast: Cast
) -> None:
    hidden = Board.objects.create(key="hidden", name="Hidden", workspace=cast.lab, type="private")
    soup, last, first = kitchen.make("Soup"), kitchen.make("Last"), kitchen.make("First")
    secret = kitchen.make("Secret", board=hidden)
    for target in (first, secret, last):
        Relation.objects.create(type=kitchen.goes_with, source=soup, target=target)
        Relation.objects.create(type=kitchen.goes_with, source=target, target=soup)
    names = "@object.relations.goes_with.name"
    assert tried(api, names, objectId=soup.pk) == ["First", "Last"]
    assert tried(api, names, "admin", objectId=soup.pk) == ["First", "Secret", "Last"]
