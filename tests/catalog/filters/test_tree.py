"""Values of expressions: evaluated once, checked again, compared like constants."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.exceptions import Invalid
from catalog.filters import Record, Schema, matches, parse_stream

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


class Context:
    def __init__(self, **given: Any) -> None:
        self.given = given
        self.asked = 0

    def lookup(self, root: str) -> object:
        self.asked += 1
        return {"now": NOW, "input": self.given}[root]


def record(**attributes: Any) -> Record:
    return Record(
        object_type_key="recipe",
        board_key="kitchen",
        state_key="draft",
        key="soup",
        name="Soup",
        state_since=datetime(2026, 3, 1, tzinfo=UTC),
        created_at=NOW,
        modified_at=NOW,
        attributes=attributes,
        relations=frozenset({("requires", "stock")}),
    )


def stream(schema: Schema, key: str, operator: str, value: object) -> Any:
    criterion = {"attributeKey": key, "operator": operator, "value": value}
    return parse_stream({"objectTypeKey": "recipe", "attributes": [criterion]}, schema)


@pytest.mark.parametrize(
    ("key", "operator", "value", "given", "expected"),
    [
        ("price", "equals", "{{ @input.x }}", Decimal("2.50"), True),
        ("price", "equals", "{{ @input.x }}", "2.500", True),
        ("price", "lessThan", "{{ @input.x * 2 }}", 2, True),
        ("title", "contains", "{{ @input.x }}", "HOT", True),
        ("title", "equals", "so {{ @input.x }}", "hot", True),
        ("servings", "equals", "{{ @input.x }}", Decimal(4), True),
        ("servings", "in", ["{{ @input.x }}", 9], 4, True),
        ("due", "lessThan", "{{ @now }}", None, True),
        ("@stateSince", "lessThan", "{{ addDays(@now, -5) }}", None, True),
        ("@stateSince", "lessThan", "{{ addDays(@now, -50) }}", None, False),
        ("@modifiedAt", "equals", "@now", None, True),
        ("price", "equals", "{{ @input.missing }}", None, False),
        ("price", "notEquals", "{{ @input.missing }}", None, True),
    ],
)
def test_values_are_compared_in_their_stored_form(
    schema: Schema, key: str, operator: str, value: object, given: object, expected: bool
) -> None:
    parsed = stream(schema, key, operator, value)
    values = parsed.values(Context(x=given))
    found = record(price="2.5", title="so hot", servings=4, due="2026-03-01")
    assert matches(parsed, found, values) is expected


@pytest.mark.parametrize("given", ["cheap", True, [1], {"a": 1}])
def test_a_value_of_another_type_is_refused_with_its_place(schema: Schema, given: object) -> None:
    parsed = stream(schema, "price", "equals", "{{ @input.x }}")
    with pytest.raises(Invalid) as refused:
        parsed.values(Context(x=given))
    assert [one.pointer for one in refused.value.problems] == ["/attributes/0/value"]


def test_an_expression_that_fails_is_refused_with_its_place(schema: Schema) -> None:
    parsed = stream(schema, "servings", "in", [1, "{{ 1 / @input.x }}"])
    with pytest.raises(Invalid) as refused:
        parsed.values(Context(x=0))
    (problem,) = refused.value.problems
    assert (problem.pointer, problem.code) == ("/attributes/0/value/1", "divisionByZero")


def test_expressions_are_evaluated_once_for_all_objects(schema: Schema) -> None:
    parsed = stream(schema, "price", "equals", "{{ @input.x }}")
    context = Context(x=1)
    values = parsed.values(context)
    assert [matches(parsed, record(price=str(one)), values) for one in range(3)] == [
        False,
        True,
        False,
    ]
    assert context.asked == 1


def test_a_target_may_be_an_expression(schema: Schema) -> None:
    criterion = {"relationTypeKey": "requires", "targetKey": "{{ @input.x }}"}
    parsed = parse_stream({"objectTypeKey": "recipe", "relations": [criterion]}, schema)
    for target, expected in (("stock", True), ("Stock", False), (None, False)):
        assert matches(parsed, record(), parsed.values(Context(x=target))) is expected


def test_changes_of_an_event(schema: Schema) -> None:
    def hold(operator: str, change: tuple[Any, Any] | None, *value: Any) -> bool:
        raw = {"attributeKey": "price", "operator": operator}
        raw |= {"value": value[0]} if value else {}
        parsed = parse_stream({"objectTypeKey": "recipe", "attributes": [raw]}, schema)
        changes = None if change is None else {"price": change}
        return matches(parsed, record(price="2"), changes=changes)

    change = ("1", "2")
    assert hold("changed", change)
    assert hold("changedFrom", change, "1.0")
    assert hold("changedTo", change, 2)
    assert not hold("changedTo", change, 1)
    assert not hold("changedFrom", change, None)
    assert hold("changedFrom", (None, "2"), None)
    assert hold("changedTo", ("2", None), None)
    assert not hold("changed", None)
    assert not hold("changedTo", None, 2)
