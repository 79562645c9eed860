"""Every row of the tables in the reference of filters is true, in SQL and in Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Workspace
from catalog.filters import Attribute, Schema, apply, matches, parse_stream, records_of
from catalog.filters.shapes import Operator
from catalog.models import Board, GovernedObject, ObjectType

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[3] / "docs/reference/filters.md"
YES = {"yes": True, "no": False}


def rows(columns: int) -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [one for one in cells if len(one) == columns and one[-1] in YES]


def value(cell: str) -> Any:
    return None if cell == "-" else json.loads(cell.strip("`"))


def holds(kind: str, stored: dict[str, Any], operator: str, cell: str, changed: Any = None) -> bool:
    """The answer of both roads, which must be one."""
    workspace, _ = Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    row = GovernedObject.objects.create(
        object_type=ObjectType.objects.create(key="thing", name="Thing"),
        board=Board.objects.create(key="board", name="Board", workspace=workspace),
        key="one",
        name="One",
        attributes=stored,
    )
    schema = Schema(attributes={"thing": {"it": Attribute.of(kind)}})
    criterion = {"attributeKey": "it", "operator": operator}
    if cell != "-":
        criterion["value"] = value(cell)
    stream = parse_stream({"objectTypeKey": "thing", "attributes": [criterion]}, schema)
    found = apply(stream, GovernedObject.objects.all(), {}, changed)
    told = [
        one.pk
        for one, record in records_of(GovernedObject.objects.all())
        if matches(stream, record, {}, changed)
    ]
    assert told == list(found.values_list("pk", flat=True))
    return told == [row.pk]


@pytest.mark.parametrize("row", rows(5), ids=" ".join)
def test_a_criterion(row: list[str]) -> None:
    kind, stored, operator, wanted, answer = row
    attributes = {} if stored == "-" else {"it": value(stored)}
    assert holds(kind, attributes, operator, wanted) is YES[answer]


@pytest.mark.parametrize("row", rows(6), ids=" ".join)
def test_a_criterion_on_a_change(row: list[str]) -> None:
    kind, before, after, operator, wanted, answer = row
    changed = {"it": (value(before), value(after))}
    assert holds(kind, {"it": value(after)}, operator, wanted, changed) is YES[answer]


def test_every_operator_has_its_rows() -> None:
    assert {one[-3] for one in [*rows(5), *rows(6)]} == {one.value for one in Operator}
