"""Columns of a board that restrict: hidden and fixed everywhere, for all but who they name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.importing.service import import_objects
from catalog.models import Board, GovernedObject
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

pytestmark = pytest.mark.django_db

SEES = {"member", "steward", "owner", "admin"}
BLIND = {"outsider", "approver", "viewer"}


@pytest.fixture
def soup(api: Client, cast: Cast, kitchen: Kitchen) -> GovernedObject:
    """On a board whose prices member and stewards view and owner edits."""
    soup = kitchen.make("Soup", key="soup", attributes={"price": "2", "number": 1})
    columns = [
        {"attributeKey": "price", "viewers": ["member", "Team::Stewards"], "editors": ["owner"]}
    ]
    answer = api("admin").patch("/api/v1/boards/recipe/", {"columns": columns})
    assert answer.status_code == 200, answer.content
    return soup


def at(obj: GovernedObject, *below: str) -> str:
    return "/".join([f"/api/v1/objects/{obj.pk}", *below]) + "/"


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["results"]]


def test_who_views_it_and_for_whom_it_is_hidden_everywhere(
    api: Client, soup: GovernedObject, kitchen: Kitchen
) -> None:
    cheap = kitchen.make("Bread", key="bread", attributes={"price": "1"})
    api("owner").patch(at(soup), {"attributes": {"price": "3"}})
    for name in SEES | BLIND:
        client, sees = api(name), name in SEES
        assert ("price" in client.get(at(soup)).json()["attributes"]) is sees, name
        listed = client.get("/api/v1/objects/?key=soup").json()["results"][0]
        assert ("price" in listed["attributes"]) is sees, name
        assert ids(client.get("/api/v1/objects/?attribute.price=3")) == ([soup.pk] if sees else [])
        assert ids(client.get("/api/v1/objects/?attribute.price__isEmpty=")) == []
        by_price = "/api/v1/objects/?objectTypeKey=recipe&sort=attribute.price"
        assert ids(client.get(by_price)) == ([cheap.pk, soup.pk] if sees else [soup.pk, cheap.pk])
        changes = client.get(at(soup, "changes")).json()["results"]
        assert ("attributes.price" in [one.get("field") for one in changes]) is sees, name
        created = next(one for one in changes if one["verb"] == "created")
        assert ("price" in created["after"]["attributes"]) is sees, name
        asked = {"expression": "@object.attributes.price", "objectId": soup.pk}
        told = client.post("/api/v1/expressions/evaluate/", asked)
        assert (told.status_code == 200 and told.json()["value"] == "3") is sees, name
        export: Any = client.get("/api/v1/boards/recipe/export/?format=jsonl")
        assert (b"price" in b"".join(export.streaming_content)) is sees, name


def test_its_editors_edit_it_and_nobody_else(api: Client, soup: GovernedObject) -> None:
    change = {"attributes": {"price": "9"}}
    assert api("owner").patch(at(soup), change).status_code == 200
    for name in ("member", "outsider"):
        refused = problem(api(name).patch(at(soup), {"attributes": {"price": "8"}}), 403)
        assert refused["level"] == "column"
    assert api("member").patch(at(soup), {"attributes": {"number": 5}}).status_code == 200
    assert api("admin").patch(at(soup), {"attributes": {"price": "7"}}).status_code == 200


def test_who_may_not_see_it_can_not_guess_it_by_saving(
    api: Client, soup: GovernedObject, cast: Cast, kitchen: Kitchen, tmp_path: Path
) -> None:
    said = []
    for value in ("2", "3", None):
        refused = problem(
            api("outsider").patch(at(soup), {"attributes": {"price": value, "number": 1}}), 403
        )
        assert refused["level"] == "column"
        said.append(refused["detail"])
        path = tmp_path / "guess.csv"
        path.write_text(f"key,name,attributes.price\nsoup,Soup,{value or ''}\n")
        report = import_objects(path, actor=cast.acting("outsider"), object_type=kitchen.recipe)
        # An empty cell names no attribute.
        assert [one.number for one in report.bad] == ([2] if value else [])
    assert len(set(said)) == 1
    assert api("member").patch(at(soup), {"attributes": {"price": "2"}}).status_code == 200
    assert api("outsider").patch(at(soup), {"attributes": {"number": 2}}).status_code == 200


def test_nobody_brings_a_value_past_it(
    api: Client, soup: GovernedObject, cast: Cast, kitchen: Kitchen, tmp_path: Path
) -> None:
    new = {"objectTypeKey": "recipe", "name": "Pie", "attributes": {"price": "1"}}
    assert api("owner").post("/api/v1/objects/", new).status_code == 201
    problem(api("member").post("/api/v1/objects/", new), 403)
    assert api("member").post("/api/v1/objects/", {**new, "attributes": {}}).status_code == 201
    path = tmp_path / "prices.csv"
    path.write_text("key,name,attributes.price\nsoup,Soup,5\ntart,Tart,5\ncake,Cake,\n")
    for name, bad in (("member", [2, 3]), ("owner", [])):
        report = import_objects(path, actor=cast.acting(name), object_type=kitchen.recipe)
        assert [one.number for one in report.bad] == bad, name


def test_a_move_shows_its_mover_nothing_that_was_hidden(
    api: Client, soup: GovernedObject, cast: Cast, kitchen: Kitchen
) -> None:
    Board.objects.create(key="open", name="Open", workspace=cast.main)
    refused = problem(api("outsider").post(at(soup, "move"), {"boardKey": "open"}), 403)
    assert refused["level"] == "column"
    assert api("member").post(at(soup, "move"), {"boardKey": "open"}).status_code == 200
    assert "price" in api("outsider").get(at(soup)).json()["attributes"]
