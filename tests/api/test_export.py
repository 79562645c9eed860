"""The export of a board: what its reader sees, and a file that comes in again without change."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from catalog.api import exporting
from catalog.importing.service import import_objects
from catalog.models import AttributeType, Board, GovernedObject, ObjectType
from catalog.services import objects, relating
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen
from tests.permissions.world import condition

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/boards/recipe/export/"
FORMATS = ("csv", "jsonl")


def content(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def menu(kitchen: Kitchen, cast: Cast) -> Kitchen:
    """Recipes with everything that an export tells."""
    kind = kitchen.recipe
    for key, more in (
        ("tags", {"type": "list", "item_type": "string"}),
        ("sizes", {"type": "list", "item_type": "decimal"}),
        ("vegan", {"type": "boolean"}),
        ("since", {"type": "date"}),
        ("site", {"type": "url"}),
    ):
        AttributeType.objects.create(object_type=kind, key=key, name=key, **more)
    soup = kitchen.make(
        "=SUM(A1)",
        key="soup",
        attributes={
            "note": '-5 degrees;\n\'"quoted"',
            "price": "-12345678901234567890.0123456789",
            "number": 7,
            "cuisine": "indian",
            "tags": ["a;b", "\\", "", "+c"],
            "sizes": ["-1.5", "2"],
            "vegan": True,
            "since": "2024-02-29",
            "site": "https://example.org/?q=1,2",
        },
        user_relations={kitchen.business_owner: [cast.owner, cast.steward]},
    )
    pie = kitchen.make("Pie", key="pie", parent=soup, attributes={"note": "", "tags": []})
    relating.relate(soup, kitchen.goes_with, pie, actor=Actor.system())
    return kitchen


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_comes_in_again_without_change(
    api: Client, menu: Kitchen, tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"recipes.{format}"
    path.write_text(content(api("member").get(f"{ADDRESS}?format={format}")), newline="")
    before = list(GovernedObject.objects.order_by("pk").values())
    report = import_objects(path, actor=Actor.system(), object_type=menu.recipe)
    assert report.sentences()[3:] == []
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert list(GovernedObject.objects.order_by("pk").values()) == before


hostile = st.text(st.sampled_from("'=+-@;\\\"\t\n, aé＝"), min_size=1, max_size=8)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(note=hostile, tags=st.lists(hostile, max_size=3))
def test_hostile_values_make_the_round(
    menu: Kitchen, tmp_path: Path, note: str, tags: list[str]
) -> None:
    soup = GovernedObject.objects.get(key="soup")
    values = {"note": note, "tags": tags or None}
    soup = objects.update(soup, actor=Actor.system(), attributes=values)
    rows_of_soup = GovernedObject.objects.filter(pk=soup.pk)
    path = tmp_path / "recipes.csv"
    export = exporting.Export("csv", menu.recipe, rows_of_soup, Actor.system(), path.name)
    path.write_bytes(b"".join(exporting.answer(export)))
    rows_of_soup.update(attributes={})
    import_objects(path, actor=Actor.system(), object_type=menu.recipe)
    assert rows_of_soup.get().attributes == soup.attributes


def test_no_cell_begins_a_formula_but_numbers(api: Client, menu: Kitchen) -> None:
    for cell in csv.reader(io.StringIO(content(api("member").get(ADDRESS)), newline="")):
        for text in cell:
            is_number = text.lstrip("-").replace(".", "").isdigit()
            assert is_number or not text.startswith(("=", "+", "-", "@"))


def test_what_the_reader_may_not_see_is_left_out(api: Client, menu: Kitchen, cast: Cast) -> None:
    condition(AttributeType.objects.get(key="price"), visible=False)
    lab = Board.objects.create(key="trials", name="T", workspace=cast.lab, type=Board.Type.PRIVATE)
    secret = menu.make("Secret", key="secret", board=lab)
    soup = GovernedObject.objects.get(key="soup")
    relating.relate(soup, menu.goes_with, secret, actor=Actor.system())
    GovernedObject.objects.filter(key="pie").update(parent=secret)
    for name, hidden in (("outsider", True), ("admin", False)):
        text = content(api(name).get(f"{ADDRESS}?format=jsonl"))
        assert ("secret" not in text) is hidden
        assert ("price" not in text) is hidden
        told = {row["key"]: row for row in rows(content(api(name).get(ADDRESS)))}
        assert (told["soup"]["attributes.price"] == "") is hidden
    problem(api("outsider").get("/api/v1/boards/trials/export/"), 404)


def test_a_hidden_relation_survives_the_import_of_ones_own_export(
    api: Client, menu: Kitchen, cast: Cast, tmp_path: Path
) -> None:
    lab = Board.objects.create(key="trials", name="T", workspace=cast.lab, type=Board.Type.PRIVATE)
    soup = GovernedObject.objects.get(key="soup")
    secret = menu.make("Secret", key="secret", board=lab)
    relating.relate(soup, menu.goes_with, secret, actor=Actor.system())
    path = tmp_path / "recipes.jsonl"
    path.write_text(content(api("outsider").get(f"{ADDRESS}?format=jsonl")))
    report = import_objects(path, actor=cast.acting("outsider"), object_type=menu.recipe)
    assert (report.unchanged, report.relations_removed) == (2, 0)


def test_filters_narrow_it_and_nonsense_is_refused(api: Client, menu: Kitchen) -> None:
    member = api("member")
    found = rows(content(member.get(f"{ADDRESS}?attribute.vegan=true")))
    assert [row["key"] for row in found] == ["soup"]
    for query in ("format=xls", "sort=name", "nonsense=1", "attribute.prise=1", "objectTypeKey=x"):
        assert len(pointers(problem(member.get(f"{ADDRESS}?{query}"), 422))) == 1, query


def test_a_board_of_several_types_asks_for_one(api: Client, menu: Kitchen) -> None:
    note = ObjectType.objects.create(key="note", name="Note")
    board = Board.objects.get(key="recipe")
    objects.create(note, actor=Actor.system(), name="N", key="n", board=board)
    refused = problem(api("member").get(ADDRESS), 422)
    assert "note, recipe" in refused["errors"][0]["detail"]
    text = content(api("member").get(f"{ADDRESS}?objectTypeKey=note&format=jsonl"))
    assert [json.loads(line) for line in text.splitlines()] == [{"key": "n", "name": "N"}]


def test_it_is_written_in_chunks(menu: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    for at in range(5):
        menu.make(f"R{at}", key=f"r{at}")
    export = exporting.Export(
        "csv", menu.recipe, GovernedObject.objects.all(), Actor.system(), "x.csv"
    )
    parts = [part.decode() for part in exporting.answer(export)]
    assert [part.count("\r\n") for part in parts] == [3, 2, 2, 1]
    assert len(rows("".join(parts))) == 7
