"""What an attribute may hold: the rules of every door."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.exceptions import Invalid, Problem
from catalog.attributes import MOST_ITEMS, clean, unique_token, usernames_in, validate
from catalog.models import AttributeType


def attribute(key: str, type: str, **more: Any) -> AttributeType:
    return AttributeType(key=key, name=key.title(), type=type, **more)


ATTRIBUTES = [
    attribute("title", "string", is_required=True),
    attribute("price", "decimal", default="1.50"),
    attribute("course", "enum", options=["starter", "main dish"]),
    attribute("courses", "list", item_type="enum", options=["starter", "main dish"]),
    attribute("tags", "list"),
    attribute("cook", "user"),
    attribute("cooks", "list", item_type="user", default=["eve"]),
]


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in problems]


def test_a_new_object_gets_defaults_and_must_have_what_is_required() -> None:
    assert validate(ATTRIBUTES, {"title": "Soup"}, complete=True) == (
        {"title": "Soup", "price": "1.5", "cooks": ["eve"]},
        [],
    )
    values, problems = validate(ATTRIBUTES, {}, complete=True)
    assert codes(problems) == [("/attributes/title", "required")]
    assert values == {"price": "1.5", "cooks": ["eve"]}


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_not_a_required_value(nothing: object) -> None:
    for complete in (True, False):
        _, problems = validate(ATTRIBUTES, {"title": nothing}, complete=complete)
        assert codes(problems) == [("/attributes/title", "required")]


def test_null_keeps_a_default_away_from_a_new_object_and_deletes_from_an_old_one() -> None:
    given = {"title": "Soup", "price": None, "cooks": None}
    assert validate(ATTRIBUTES, given, complete=True) == ({"title": "Soup"}, [])
    assert validate(ATTRIBUTES, {"price": None}, complete=False) == ({"price": None}, [])


def test_a_change_concerns_what_was_given() -> None:
    assert validate(ATTRIBUTES, {}, complete=False) == ({}, [])
    assert validate(ATTRIBUTES, {"price": 3}, complete=False) == ({"price": "3"}, [])


def test_all_problems_are_told_with_places_and_nearest_names() -> None:
    given = {
        "title": 7,
        "prise": 1,
        "a/b~c": 1,
        "course": "Starters",
        "courses": ["starter", "main dis", 3],
        "tags": "x",
        "cook": "",
    }
    _, problems = validate(ATTRIBUTES, given, complete=True, pointer="/x")
    assert codes(problems) == [
        ("/x/prise", "unknownAttribute"),
        ("/x/a~1b~0c", "unknownAttribute"),
        ("/x/title", "wrongType"),
        ("/x/course", "notAnOption"),
        ("/x/courses/1", "notAnOption"),
        ("/x/courses/2", "wrongType"),
        ("/x/tags", "wrongType"),
        ("/x/cook", "wrongType"),
    ]
    nearest = {one.pointer: one.nearest for one in problems}
    assert nearest["/x/prise"] == "price"
    assert nearest["/x/course"] == "starter"
    assert nearest["/x/courses/1"] == "main dish"


def test_usernames_are_asked_for_once_and_checked_one_by_one() -> None:
    given = {"title": "x", "cook": "bob", "cooks": ["eve", "mallory", 3]}
    assert usernames_in(ATTRIBUTES, given) == {"bob", "eve", "mallory"}
    assert usernames_in(ATTRIBUTES, {}) == {"eve"}
    known = {"bob", "eve"}.__contains__
    _, problems = validate(ATTRIBUTES, given, complete=True, known_users=known)
    assert codes(problems) == [
        ("/attributes/cooks/1", "unknownUser"),
        ("/attributes/cooks/2", "wrongType"),
    ]


def test_clean_answers_the_stored_form_or_refuses() -> None:
    assert clean(attribute("d", "decimal"), "2.50") == "2.5"
    assert clean(attribute("l", "list", item_type="integer"), [1, 2]) == [1, 2]
    with pytest.raises(Invalid) as refused:
        clean(attribute("l", "list", item_type="integer"), [1, True, "3"], "/value")
    assert codes(refused.value.problems) == [("/value/1", "wrongType"), ("/value/2", "wrongType")]
    with pytest.raises(Invalid):
        clean(attribute("d", "decimal"), None)


def test_lists_have_a_length_and_no_lists_in_them() -> None:
    tags = attribute("tags", "list")
    assert len(clean(tags, ["x"] * MOST_ITEMS)) == MOST_ITEMS
    for wrong in (["x"] * (MOST_ITEMS + 1), [["x"]], {"x": 1}):
        with pytest.raises(Invalid):
            clean(tags, wrong)


def test_what_is_shown_of_a_refused_value_is_short_and_can_be_sent() -> None:
    _, problems = validate(ATTRIBUTES, {"title": "\ud800" * 5000, "\ud800": 1}, complete=False)
    for one in problems:
        assert len(str(one.value)) <= 200
        (one.pointer + one.detail + str(one.value)).encode()


def test_unique_values_are_told_apart_however_long_they_are() -> None:
    assert unique_token("a") == "a"
    assert unique_token(12) == "12"
    assert unique_token(["a", True]) == '["a", true]'
    long, longer = unique_token("😀" * 1000), unique_token("😀" * 1001)
    assert long != longer
    assert len(long.encode()) < 500


# A value of each type as it is given and as it is stored, and one that is refused.
VALUES: dict[str, tuple[object, object, object, str]] = {
    "string": ("Soup", "Soup", 1, "wrongType"),
    "text": ("Boil.\nServe.", "Boil.\nServe.", ["Boil."], "wrongType"),
    "integer": (12, 12, "12", "wrongType"),
    "decimal": ("12.50", "12.5", "12,50", "wrongType"),
    "boolean": (True, True, 1, "wrongType"),
    "date": ("2026-03-31", "2026-03-31", "31.3.2026", "malformed"),
    "datetime": ("2026-03-31T14:30:00+02:00", "2026-03-31T12:30:00.000000Z", "noon", "malformed"),
    "enum": ("starter", "starter", "Starter", "notAnOption"),
    "user": ("eve", "eve", 7, "wrongType"),
    "url": ("https://example.org/a", "https://example.org/a", "javascript:x()", "malformed"),
    "list": (["a", "b"], ["a", "b"], "a", "wrongType"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_each_type_has_one_stored_form_and_refuses_what_is_none(kind: str) -> None:
    given, stored, wrong, code = VALUES[kind]
    one = attribute("it", kind, options=["starter"] if kind == "enum" else [])
    assert clean(one, given) == stored
    with pytest.raises(Invalid) as refused:
        clean(one, wrong, "/attributes/it")
    assert codes(refused.value.problems) == [("/attributes/it", code)]
