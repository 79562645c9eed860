"""Filters are checked when they are saved: every problem at once, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.exceptions import Invalid
from catalog.filters import Schema, Stream, parse_stream
from catalog.filters.parsing import MOST_CRITERIA
from catalog.filters.shapes import Kind, Operator, Shape


def problems(raw: Any, schema: Schema, **options: Any) -> list[tuple[str, str, str | None]]:
    with pytest.raises(Invalid) as refused:
        parse_stream(raw, schema, **options)
    return [(one.pointer, one.code, one.nearest) for one in refused.value.problems]


def criterion(key: object, operator: object, *value: object) -> dict[str, Any]:
    made = {"attributeKey": key, "operator": operator}
    return {**made, "value": value[0]} if value else made


def test_a_whole_stream(schema: Schema) -> None:
    raw = {
        "objectTypeKey": "recipe",
        "workflowStateKey": "draft",
        "boardKey": "kitchen",
        "attributes": [criterion("price", "greaterThan", "9.90"), criterion("@name", "isNotEmpty")],
        "any": [[criterion("tags", "contains", "hot")], [criterion("vegan", "equals", True)]],
        "relations": [
            {"relationTypeKey": "requires", "exists": False},
            {"relationTypeKey": "requires", "targetKey": "soup"},
        ],
    }
    stream = parse_stream(raw, schema)
    assert (stream.object_type_key, stream.state_key, stream.board_key) == (
        "recipe",
        "draft",
        "kitchen",
    )
    first = stream.criteria[0]
    assert first.operator is Operator.GREATER_THAN
    assert first.operand is not None
    assert first.operand.constant == {Shape(Kind.DECIMAL): "9.9"}
    assert stream.attribute_keys == {"price", "tags", "vegan"}
    assert [one.exists for one in stream.relations] == [False, True]
    assert stream.is_constant
    assert not stream.is_about_change


def test_an_object_type_is_needed_or_all_must_be_asked_for(schema: Schema) -> None:
    assert problems({}, schema) == [("/objectTypeKey", "objectTypeNeeded", None)]
    assert problems({"allowAllObjectTypes": False}, schema)
    assert parse_stream({"allowAllObjectTypes": True}, schema) == Stream()
    of_trigger = parse_stream({}, schema, object_type_key="recipe")
    assert of_trigger == Stream(object_type_key="recipe")
    assert problems({"allowAllObjectTypes": "yes", "objectTypeKey": "recipe"}, schema) == [
        ("/allowAllObjectTypes", "wrongType", None)
    ]


def test_every_problem_is_told_at_once(schema: Schema) -> None:
    raw = {
        "objectTypeKey": "recipe",
        "workflowStateKey": "drafd",
        "boardKey": "kitchem",
        "atributes": [],
        "attributes": [
            criterion("prize", "equals", 1),
            criterion("price", "equal", 1),
            criterion("price", "greaterThan", "cheap"),
            criterion("servings", "equals", "4"),
            criterion("servings", "equals", True),
            criterion("course", "equals", "starters"),
            criterion("course", "in", ["starter", "main"]),
            criterion("course", "contains", "art"),
            criterion("vegan", "greaterThan", True),
            criterion("tags", "startsWith", "a"),
            criterion("price", "contains", "1"),
            criterion("title", "isEmpty", False),
            criterion("title", "equals"),
            criterion("title", "equals", None),
            criterion("title", "in", "a"),
            criterion(3, "equals", 1),
            {"attributeKey": "title", "operator": "equals", "value": "x", "valeu": 1},
            "title",
        ],
        "any": [[], "x", [criterion("@nam", "equals", "x")]],
        "relations": [
            {"relationTypeKey": "require"},
            {"exists": "no", "relationTypeKey": "requires"},
        ],
    }
    assert problems(raw, schema) == [
        ("/atributes", "unknownMember", "attributes"),
        ("/workflowStateKey", "unknownKey", "draft"),
        ("/boardKey", "unknownKey", None),
        ("/attributes/0/attributeKey", "unknownKey", "price"),
        ("/attributes/1/operator", "unknownOperator", "equals"),
        ("/attributes/2/value", "wrongType", None),
        ("/attributes/3/value", "wrongType", None),
        ("/attributes/4/value", "wrongType", None),
        ("/attributes/5/value", "notAnOption", "starter"),
        ("/attributes/6/value/1", "notAnOption", "main dish"),
        ("/attributes/8/operator", "operatorDoesNotFit", None),
        ("/attributes/9/operator", "operatorDoesNotFit", None),
        ("/attributes/10/operator", "operatorDoesNotFit", None),
        ("/attributes/11/value", "unexpectedValue", None),
        ("/attributes/12/value", "required", None),
        ("/attributes/13/value", "required", None),
        ("/attributes/14/value", "wrongType", None),
        ("/attributes/15/attributeKey", "wrongType", None),
        ("/attributes/16/valeu", "unknownMember", "value"),
        ("/attributes/17", "wrongType", None),
        ("/any/0", "empty", None),
        ("/any/1", "wrongType", None),
        ("/any/2/0/attributeKey", "unknownKey", "@name"),
        ("/relations/0/relationTypeKey", "unknownKey", "requires"),
        ("/relations/1/exists", "wrongType", None),
    ]


@pytest.mark.parametrize("raw", [None, [], "x", 3])
def test_what_is_no_stream(schema: Schema, raw: object) -> None:
    assert problems(raw, schema, pointer="/stream") == [("/stream", "wrongType", None)]


def test_a_wrong_object_type_is_told_once(schema: Schema) -> None:
    raw = {"objectTypeKey": "recipes", "attributes": [criterion("price", "equals", 1)]}
    assert problems(raw, schema) == [("/objectTypeKey", "unknownKey", "recipe")]


def test_a_stream_of_unknown_keys_can_be_let_in_and_never_matches(schema: Schema) -> None:
    raw = {"objectTypeKey": "recipe", "attributes": [criterion("prize", "equals", 1)]}
    assert problems(raw, schema)
    assert parse_stream(raw, schema, allow_unknown_keys=True).is_never
    wrong = {**raw, "workflowStateKey": 3}
    assert problems(wrong, schema, allow_unknown_keys=True)


def test_an_attribute_of_several_types_has_all_their_shapes(schema: Schema) -> None:
    def shapes(key: str, operator: str, value: object) -> dict[Any, Any]:
        raw = {"allowAllObjectTypes": True, "attributes": [criterion(key, operator, value)]}
        operand = parse_stream(raw, schema).criteria[0].operand
        assert operand is not None
        return dict(operand.constant or {})

    assert shapes("servings", "equals", 4) == {Shape(Kind.INTEGER): 4}
    assert shapes("servings", "equals", "4") == {Shape(Kind.TEXT): "4"}
    assert shapes("servings", "contains", "4") == {Shape(Kind.TEXT): "4"}
    raw = {"allowAllObjectTypes": True, "attributes": [criterion("servings", "equals", True)]}
    assert problems(raw, schema) == [("/attributes/0/value", "wrongType", None)]
    raw = {"allowAllObjectTypes": True, "attributes": [criterion("pric", "equals", 1)]}
    assert problems(raw, schema) == [("/attributes/0/attributeKey", "unknownKey", "price")]


def test_options_are_those_of_all_types_that_have_them(schema: Schema) -> None:
    raw = {"allowAllObjectTypes": True, "attributes": [criterion("course", "equals", "starter")]}
    assert parse_stream(raw, schema).is_constant
    raw["attributes"] = [criterion("courses", "equals", ["starter", "x"])]
    assert problems(raw, schema) == [("/attributes/0/value/1", "notAnOption", None)]


def test_changes_are_asked_of_attributes_and_for_events_only(schema: Schema) -> None:
    raw = {"objectTypeKey": "recipe", "attributes": [criterion("price", "changedFrom", None)]}
    assert parse_stream(raw, schema).is_about_change
    place = ("/attributes/0/operator", "operatorDoesNotFit", None)
    assert problems(raw, schema, for_events=False) == [place]
    raw["attributes"] = [criterion("@name", "changed")]
    assert problems(raw, schema) == [place]
    raw["attributes"] = [criterion("price", "changedTo")]
    assert problems(raw, schema) == [("/attributes/0/value", "required", None)]


def test_expressions_are_checked_and_never_read_an_object(schema: Schema) -> None:
    def stream(value: object) -> dict[str, Any]:
        return {"objectTypeKey": "recipe", "attributes": [criterion("title", "equals", value)]}

    assert not parse_stream(stream("{{ @input.title }}"), schema).is_constant
    assert parse_stream(stream("{{ concat('a', 'b') }}"), schema).is_constant
    place = "/attributes/0/value"
    assert problems(stream("{{ @object.name }}"), schema) == [(place, "objectInFilter", None)]
    assert problems(stream("@objectId"), schema) == [(place, "objectInFilter", None)]
    assert problems(stream("{{ concat('a', }}"), schema) == [(place, "syntaxError", None)]
    assert problems(stream("{{ 1 / 0 }}"), schema) == [(place, "divisionByZero", None)]


def test_the_number_of_criteria_is_bounded(schema: Schema) -> None:
    many: list[Any] = [criterion("title", "isEmpty")] * MOST_CRITERIA
    raw: dict[str, Any] = {"objectTypeKey": "recipe", "attributes": many}
    assert len(parse_stream(raw, schema).criteria) == MOST_CRITERIA
    raw["any"] = [[criterion("title", "isEmpty")] * 5]
    assert problems(raw, schema) == [("/any/0/0", "tooManyItems", None)]


def test_values_of_in_are_bounded(schema: Schema) -> None:
    raw = {"objectTypeKey": "recipe", "attributes": [criterion("servings", "in", [1] * 1001)]}
    assert problems(raw, schema) == [("/attributes/0/value", "tooManyItems", None)]


@pytest.mark.parametrize("key", ["soup kitchen", "'; drop table", "", "\x00", 3])
def test_a_target_is_named_by_a_key(schema: Schema, key: object) -> None:
    raw = {
        "objectTypeKey": "recipe",
        "relations": [{"relationTypeKey": "requires", "targetKey": key}],
    }
    assert [pointer for pointer, _, _ in problems(raw, schema)] == ["/relations/0/targetKey"]
