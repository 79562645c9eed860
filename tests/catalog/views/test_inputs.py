"""What stands in an input, and what comes back from it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.exceptions import Problem
from catalog.models import AttributeType
from catalog.views.inputs import PREFIX, changed, inputs_for, read, written
from catalog.views.values import shown


def attribute(kind: str, item: str = "") -> AttributeType:
    return AttributeType(key="it", name="It", type=kind, item_type=item)


@pytest.mark.parametrize(
    ("kind", "item", "typed", "value"),
    [
        ("string", "", "  kept as typed ", "  kept as typed "),
        ("string", "", "   ", None),
        ("text", "", "two\r\nlines", "two\nlines"),
        ("integer", "", " -12 ", -12),
        ("integer", "", "1.5", "1.5"),
        ("integer", "", "9" * 50, "9" * 50),
        ("decimal", "", "12.50", "12.50"),
        ("boolean", "", "true", True),
        ("boolean", "", "false", False),
        ("boolean", "", "maybe", "maybe"),
        ("date", "", "2026-03-31", "2026-03-31"),
        ("enum", "", "", None),
        ("list", "string", "a\r\n\r\n b \r\n", ["a", "b"]),
        ("list", "integer", "1\n2\nx", [1, 2, "x"]),
        ("list", "", "\n", None),
    ],
)
def test_what_is_typed_becomes_json(kind: str, item: str, typed: str, value: Any) -> None:
    assert read(attribute(kind, item), typed) == value


@pytest.mark.parametrize(
    ("kind", "stored", "text"),
    [
        ("boolean", True, "true"),
        ("datetime", "2026-03-31T14:30:00.000000Z", "2026-03-31T14:30:00"),
        ("datetime", "2026-03-31T14:30:00.250000Z", "2026-03-31T14:30:00.250000"),
        ("list", ["a", True, 3], "a\ntrue\n3"),
        ("string", None, ""),
    ],
)
def test_what_is_stored_stands_in_the_input(kind: str, stored: Any, text: str) -> None:
    assert written(attribute(kind), stored) == text


STORED = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text() | st.integers())
)


@given(kind=st.sampled_from(AttributeType.ValueType.values), stored=STORED)
def test_an_untouched_input_changes_nothing(kind: str, stored: Any) -> None:
    """Whatever is stored: line breaks, spaces, lists of lists, values of another type."""
    one = attribute(kind)
    posted = {PREFIX + "it": written(one, stored).replace("\r\n", "\n").replace("\n", "\r\n")}
    assert changed([one], {"it": stored}, posted) == {}


def test_what_is_missing_from_the_form_is_left_alone() -> None:
    assert changed([attribute("string")], {"it": "x"}, {}) == {}
    assert changed([attribute("string")], {"it": "x"}, {PREFIX + "it": "y"}) == {"it": "y"}


def test_problems_stand_at_their_input_in_the_words_of_forms() -> None:
    problems = [
        Problem("/attributes/it/1", "wrongType", "A whole number is expected here, without quotes.")
    ]
    (field,) = inputs_for(
        [attribute("integer")], {}, posted={PREFIX + "it": "x"}, problems=problems
    )
    assert (field.text, field.problem) == ("x", "A whole number is expected here.")
    assert field.id == "input-attributes-it"


@pytest.mark.parametrize(
    ("kind", "stored", "text", "exact"),
    [
        ("decimal", "1234567.5", "1,234,567.5", "1234567.5"),
        ("decimal", "12.50", "12.50", "12.50"),
        ("decimal", "0.123456789", "0.123457…", "0.123456789"),
        ("decimal", "1E+400", "1E+400", "1E+400"),
        ("decimal", "much", "much", "much"),
        ("integer", 8107, "8107", ""),
    ],
)
def test_numbers_are_shown_as_people_read_them(
    kind: str, stored: object, text: str, exact: str
) -> None:
    value = shown(AttributeType(key="x", type=kind), stored, {})
    assert (value.text, value.exact) == (text, exact)


def test_dates_keep_their_moment() -> None:
    assert shown(AttributeType(key="x", type="date"), "2026-03-31", {}).moment == date(2026, 3, 31)
