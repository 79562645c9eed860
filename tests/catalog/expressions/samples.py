"""A context for tests: plain values and a read-only thing, as the application supplies them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from catalog.expressions import (
    Code,
    ExpressionError,
    Purse,
    UnknownSelector,
    Value,
    parse,
    parse_value,
)


class Thing:
    """A Selectable with its parts and a key."""

    def __init__(self, key: str, parts: Mapping[str, object]) -> None:
        self._key = key
        self._parts = parts

    def select(self, name: str, purse: Purse) -> object:
        if name not in self._parts:
            raise UnknownSelector(name, tuple(self._parts))
        return self._parts[name]

    def __str__(self) -> str:
        return self._key


class Sample:
    """Variables by name; those that are left out are not available."""

    def __init__(self, **variables: object) -> None:
        self._variables = variables

    def lookup(self, root: str) -> object:
        return self._variables[root]


NOW = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
STOCK = Thing("stock", {"name": "Stock", "attributes": {"price": Decimal("2.00")}})
BREAD = Thing("bread", {"name": "Bread", "attributes": {}})
SOUP = Thing(
    "tomato-soup",
    {
        "key": "tomato-soup",
        "name": "Tomato Soup",
        "stateKey": "review",
        "stateSince": datetime(2026, 1, 1, 9, 0, tzinfo=UTC),
        "attributes": {"price": Decimal("4.50"), "a-b": 3, "due": "2026-01-15", "flag": True},
        "relations": {"requires": [STOCK, BREAD], "none": []},
        "userRelations": {"reviewer": ["ana", "bob"]},
        "parent": None,
    },
)
CONTEXT = Sample(
    objectId=7,
    objectTypeKey="recipe",
    currentUserId="ana",
    now=NOW,
    object=SOUP,
    event={"before": "draft", "after": "review"},
    input={"lines": ["a", "b"], "odd key": 1, "day": date(2026, 2, 1), "nested": [[1], [2, 3]]},
    steps={"my-step": {"out": 5}, "2": {"out": 6}},
    item=None,
    variables={"a": 5, "b": 2},
)


def value_of(expression: str, **variables: object) -> Value:
    """The value in the sample context, or in one of these variables alone."""
    return parse(expression).evaluate(Sample(**variables) if variables else CONTEXT)


def compiled(value: object) -> object:
    """A compiled JSON value, evaluated in the sample context."""
    return parse_value(value).evaluate(CONTEXT)


def refused(expression: str, **variables: object) -> ExpressionError:
    """The error of reading or evaluating the expression."""
    with pytest.raises(ExpressionError) as caught:
        value_of(expression, **variables)
    return caught.value


def assert_refused(expression: str, code: Code, marked: str | None = None) -> ExpressionError:
    """The expression is refused with this code, at the first stretch of text that is marked."""
    error = refused(expression)
    assert error.code == code.value, error
    if marked is not None:
        assert expression[error.position : error.position + error.length] == marked, error
    return error
