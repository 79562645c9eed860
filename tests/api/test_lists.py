"""Lists a page at a time: limits, orders, cursors, and what happens to them meanwhile."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.api.problems import pointers, problem
from tests.cast import Client
from tests.kitchen import Kitchen

WORKSPACES = "/api/v1/workspaces/"


def read_all(client: APIClient, address: str) -> list[str]:
    """Every key of a list, page after page."""
    found: list[str] = []
    following: str | None = address
    while following:
        page = client.get(following).json()
        found += [row["key"] for row in page["results"]]
        following = page["next"]
    return found


@pytest.fixture
def many(api: Client) -> list[str]:
    keys = [f"w{number:02}" for number in range(7)]
    for key in keys:
        api("admin").post(WORKSPACES, {"key": key, "name": "Same"})
    return ["lab", "main", *keys]


def test_pages_follow_each_other_and_lead_back(api: Client, many: list[str]) -> None:
    client = api("admin")
    assert read_all(client, f"{WORKSPACES}?limit=2") == many
    first = client.get(f"{WORKSPACES}?limit=4").json()
    assert first["previous"] is None
    assert first["next"].startswith("http://testserver/api/v1/workspaces/?")
    second = client.get(first["next"]).json()
    back = client.get(second["previous"]).json()
    assert back["results"] == first["results"]
    assert back["previous"] is None
    assert client.get(back["next"]).json()["results"] == second["results"]
    last = client.get(second["next"]).json()
    assert (len(last["results"]), last["next"]) == (1, None)


def test_a_cursor_survives_what_is_made_and_removed(api: Client, many: list[str]) -> None:
    client = api("admin")
    first = client.get(f"{WORKSPACES}?limit=4").json()
    assert [row["key"] for row in first["results"]] == many[:4]
    for key in ("a-new", "w01x", "w03x"):
        client.post(WORKSPACES, {"key": key})
    client.delete(f"{WORKSPACES}w01/")
    client.delete(f"{WORKSPACES}w02/")
    second = client.get(first["next"]).json()
    assert [row["key"] for row in second["results"]] == ["w01x", "w03", "w03x", "w04"]


def test_a_page_whose_rows_are_gone_leads_on(api: Client, many: list[str]) -> None:
    client = api("admin")
    first = client.get(f"{WORKSPACES}?limit=8").json()
    client.delete(f"{WORKSPACES}w06/")
    empty = client.get(first["next"]).json()
    assert (empty["results"], empty["next"]) == ([], None)
    back = client.get(empty["previous"]).json()
    assert [row["key"] for row in back["results"]] == many[:8]


def test_a_list_is_sorted_by_what_it_names(api: Client, many: list[str]) -> None:
    client = api("admin")
    assert read_all(client, f"{WORKSPACES}?limit=3&sort=-key") == many[::-1]
    by_name = read_all(client, f"{WORKSPACES}?limit=3&sort=name")
    assert by_name == ["lab", "main", *sorted(many[2:])]
    found = problem(client.get(f"{WORKSPACES}?sort=nme"), 422)
    assert found["errors"][0]["nearest"] == "name"
    problem(client.get("/api/v1/teams/?sort=name"), 422)


def test_a_cursor_of_another_list_is_refused(api: Client, many: list[str]) -> None:
    client = api("admin")
    cursor = client.get(f"{WORKSPACES}?limit=1").json()["next"].partition("cursor=")[2]
    found = problem(client.get(f"/api/v1/users/?cursor={cursor}"), 422)
    assert pointers(found) == ["/cursor"]
    problem(client.get(f"{WORKSPACES}?cursor={cursor}x"), 422)


@pytest.mark.parametrize(
    "limit", ["0", "-1", "501", "1e2", "ten", "", "9" * 5000, "٣", " 5", "1.0"]
)
def test_a_limit_is_a_whole_number_from_1_to_500(api: Client, limit: str) -> None:
    found = problem(api("member").get(WORKSPACES, {"limit": limit}), 422)
    assert pointers(found) == ["/limit"]


@pytest.mark.parametrize("cursor", ["", "x", "a:b:c", "e30:1:x", "\u202e", "x" * 9000])
def test_a_cursor_that_is_none_is_refused_with_its_place(api: Client, cursor: str) -> None:
    for path in (WORKSPACES, "/api/v1/objects/?sort=-name", "/api/v1/executions/"):
        found = problem(api("member").get(path, {"cursor": cursor}), 422)
        assert pointers(found) == ["/cursor"]


@pytest.mark.parametrize(
    "sort",
    [
        *("id", "-id", "key", "-name", "stateSince", "-createdAt", "modifiedAt"),
        *("attribute.price", "-attribute.price", "attribute.note"),
        *("-attribute.servings,name", "attribute.cuisine,-key"),
    ],
)
def test_every_order_of_objects_reads_on_and_back(api: Client, kitchen: Kitchen, sort: str) -> None:
    """Ties, missing values and all; read forward, then from the end back, and from a new row."""
    for number in range(7):
        attributes = {"price": str(number % 3), "servings": number % 2} if number % 4 else {}
        kitchen.make(f"Dish {number % 2}", key=f"dish-{number}", attributes=attributes)
    client = api("member")
    at_once = [row["key"] for row in client.get(f"/api/v1/objects/?sort={sort}").json()["results"]]
    assert len(at_once) == 7
    pages = [client.get(f"/api/v1/objects/?sort={sort}&limit=2").json()]
    while pages[-1]["next"]:
        pages.append(client.get(pages[-1]["next"]).json())
    assert [row["key"] for page in pages for row in page["results"]] == at_once
    back = [pages[-1]]
    while back[0]["previous"]:
        back.insert(0, client.get(back[0]["previous"]).json())
    assert [page["results"] for page in back] == [page["results"] for page in pages]


def test_an_objects_transitions_are_a_list_like_others(api: Client, kitchen: Kitchen) -> None:
    address = f"/api/v1/objects/{kitchen.make('Soup').pk}/transitions/"
    assert read_all(api("member"), address + "?limit=1") == read_all(api("member"), address)
    problem(api("member").get(address + "?limit=0"), 422)


def test_ties_are_told_apart(api: Client, kitchen: Kitchen) -> None:
    keys = [kitchen.make("Same", key=f"dish-{number}").key for number in range(9)]
    for sort in ("name", "-name", "attribute.note", "-attribute.servings,name"):
        found = read_all(api("member"), f"/api/v1/objects/?limit=2&sort={sort}")
        assert sorted(found) == keys, sort
