"""The SQL of criteria: what stands in it, how it orders, and that indexes serve it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q

from accounts.models import Workspace
from catalog.filters import Stream, apply, matches, parse_stream, present, record_of, records_of
from catalog.filters.dialects import DIALECTS
from catalog.filters.functions import decimal_key
from catalog.filters.shapes import Kind, Operator, Shape
from catalog.filters.sql import Holds, Stored, indexed
from catalog.models import (
    AttributeType,
    Board,
    GovernedObject,
    ObjectType,
    Relation,
    RelationType,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def board() -> Board:
    workspace, _ = Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    return Board.objects.create(key="kitchen", name="Kitchen", workspace=workspace)


@pytest.fixture
def recipe() -> ObjectType:
    kind = ObjectType.objects.create(key="recipe", name="Recipe")
    for key, value_type in (("price", "decimal"), ("count", "integer"), ("title", "string")):
        AttributeType.objects.create(object_type=kind, key=key, name=key, type=value_type)
    return kind


def objects(board: Board, recipe: ObjectType, key: str, values: list[Any]) -> None:
    GovernedObject.objects.bulk_create(
        GovernedObject(
            object_type=recipe, board=board, key=f"o{at}", name="x", attributes={key: value}
        )
        for at, value in enumerate(values)
    )


@pytest.mark.parametrize(
    ("key", "kind", "values", "ordered"),
    [
        (
            "price",
            Kind.DECIMAL,
            ["10", "9", "-1", "0.5", "-10.25", None, "x", 3, "0.05"],
            ["-10.25", "-1", "0.05", "0.5", "9", "10"],
        ),
        ("count", Kind.INTEGER, [10, 9, -1, None, "5", 2.5, True, 0], [-1, 0, 9, 10]),
        ("title", Kind.TEXT, ["b", "a", "B", "é", "z", 1, "😀", "\uffff", ""],
         ["", "B", "a", "b", "z", "é", "\uffff", "😀"]),
    ],
)  # fmt: skip
def test_values_sort_as_their_kind_does_and_others_come_last(
    board: Board,
    recipe: ObjectType,
    key: str,
    kind: Kind,
    values: list[Any],
    ordered: list[Any],
) -> None:
    objects(board, recipe, key, values)
    expression: Any = Stored(key, kind)
    rows = GovernedObject.objects.annotate(sorted=expression)
    found = rows.order_by(F("sorted").asc(nulls_last=True), "pk").values_list(
        "attributes", flat=True
    )
    assert [one[key] for one in found][: len(ordered)] == ordered
    found = rows.order_by(F("sorted").desc(nulls_last=True), "pk").values_list(
        "attributes", flat=True
    )
    assert [one[key] for one in found][: len(ordered)] == ordered[::-1]


@pytest.mark.parametrize("key", ["a b", "a'b", 'a"b', "a->b", "a%s", "1a", "", "a\n", "ä"])
def test_only_keys_come_into_the_sql(key: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        Stored(key, Kind.TEXT)
    if key:
        with pytest.raises(ValueError, match="no key"):
            Holds("attributes", key, Shape(Kind.TEXT), Operator.EQUALS, "x")


@pytest.mark.parametrize(
    ("key", "kind", "wanted"), [("count", Kind.INTEGER, 7), ("title", Kind.TEXT, "t7")]
)
def test_an_index_on_the_same_expression_is_used(
    board: Board, recipe: ObjectType, key: str, kind: Kind, wanted: Any
) -> None:
    dialect = DIALECTS[connection.vendor]
    value = dialect.scalar(kind, dialect.member('"attributes"', key))
    expression = indexed(dialect, kind, value)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX by_value ON catalog_governedobject (({expression}))")
        objects(board, recipe, key, [at if wanted == 7 else f"t{at}" for at in range(2000)])
        cursor.execute("ANALYZE catalog_governedobject")
    holds: Any = Holds("attributes", key, Shape(kind), Operator.EQUALS, wanted)
    found = GovernedObject.objects.filter(Q(holds))
    assert "by_value" in found.explain()
    assert [one.key for one in found] == ["o7"]


def test_conditions_join_other_tables_without_losing_their_columns(
    board: Board, recipe: ObjectType
) -> None:
    """Another table of the same query has columns of the same names."""
    objects(board, recipe, "title", ["a", "b"])
    one, other = GovernedObject.objects.order_by("pk")
    kind = RelationType.objects.create(key="requires", name="x")
    Relation.objects.create(type=kind, source=one, target=other)
    raw = {
        "objectTypeKey": "recipe",
        "boardKey": "kitchen",
        "attributes": [
            {"attributeKey": "title", "operator": "startsWith", "value": "a"},
            {"attributeKey": "@name", "operator": "contains", "value": "X"},
        ],
        "relations": [{"relationTypeKey": "requires", "targetKey": "o1"}],
    }
    stream = parse_stream(raw)
    rows = GovernedObject.objects.select_related("parent", "board", "object_type")
    assert list(apply(stream, rows)) == [one]
    assert apply(stream, rows).exclude(pk=other.pk).count() == 1
    assert matches(stream, record_of(one))
    assert not matches(stream, record_of(other))


def test_a_stream_goes_on_being_true_when_the_schema_is_loaded_anew(
    board: Board, recipe: ObjectType
) -> None:
    objects(board, recipe, "title", ["a"])
    stream = parse_stream({"objectTypeKey": "recipe"}, present())
    AttributeType.objects.all().delete()
    GovernedObject.objects.update(object_type=ObjectType.objects.create(key="other", name="x"))
    recipe.delete()
    GovernedObject.objects.update(object_type=ObjectType.objects.create(key="recipe", name="x"))
    assert apply(stream, GovernedObject.objects.all()).count() == 1


def test_nothing_matches_a_stream_that_never_holds(board: Board, recipe: ObjectType) -> None:
    objects(board, recipe, "title", ["a"])
    never = Stream(is_never=True)
    assert not apply(never, GovernedObject.objects.all()).exists()
    assert not matches(never, record_of(GovernedObject.objects.get()))
    assert apply(Stream(), GovernedObject.objects.all()).exists()


def test_records_read_relations_only_where_they_are_asked_for(
    board: Board, recipe: ObjectType, django_assert_num_queries: Any
) -> None:
    objects(board, recipe, "title", ["a"] * 5)
    RelationType.objects.create(key="requires", name="x")
    plain = parse_stream({"objectTypeKey": "recipe"})
    related = parse_stream(
        {"objectTypeKey": "recipe", "relations": [{"relationTypeKey": "requires"}]}
    )
    with django_assert_num_queries(1):
        assert len(records_of(GovernedObject.objects.all(), plain)) == 5
    with django_assert_num_queries(2):
        assert len(records_of(GovernedObject.objects.all(), related)) == 5


def test_keys_of_decimals_sort_as_the_numbers_do() -> None:
    ordered = ["-" + "9" * 38, "-10", "-9.5", "-9", "-0.1", "0", "0.01", "0.1", "9", "10", "9" * 38]
    keys = [decimal_key(one) for one in ordered]
    assert keys == sorted(keys, key=str)
    assert len(set(keys)) == len(keys)
    assert decimal_key("-0") == decimal_key("0.00") == decimal_key("000")
    assert decimal_key("x") is decimal_key(3) is decimal_key(None) is decimal_key("1" * 39) is None
