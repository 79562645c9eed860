"""Pages of boards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from catalog.models import Board, GovernedObject
from tests.cast import Cast
from tests.catalog.views.asking import hide_price
from tests.kitchen import SYSTEM, Kitchen
from tests.pages import browser, queries_of, text_of
from workflows.lifecycle import service as lifecycle


def names_on(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [row.name for row in answer.context["table"].rows]


def test_boards_are_listed_for_those_who_see_them(cast: Cast, board: Board, trials: Board) -> None:
    def seen(name: str) -> set[str]:
        places = browser(cast[name]).get("/boards/").context["places"]
        return {one.key for place in places for one in place["boards"]}

    assert seen("member") == {"recipe", "trials"}
    assert seen("outsider") == {"recipe"}
    assert seen("guest") == set()
    assert "No board is shared with you" in text_of(browser(cast.guest).get("/boards/"))


def test_a_private_board_is_no_page_for_others(cast: Cast, kitchen: Kitchen, trials: Board) -> None:
    kitchen.make("Secret sauce", board=trials)
    assert names_on(browser(cast.member).get("/boards/trials/")) == ["Secret sauce"]
    unseen = browser(cast.outsider).get("/boards/trials/")
    missing = browser(cast.outsider).get("/boards/missing/")
    assert (unseen.status_code, missing.status_code) == (404, 404)
    assert text_of(unseen) == text_of(missing)


def test_a_board_shows_state_attributes_and_people(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    kitchen.make(
        "Soup <b>",
        attributes={"price": "4.50", "cuisine": "french"},
        user_relations={kitchen.business_owner: [cast.steward]},
    )
    answer = browser(cast.viewer).get("/boards/recipe/")
    (row,) = answer.context["table"].rows
    assert row.state == kitchen.states["draft"]
    shown = {
        column.key: cell.text
        for column, cell in zip(answer.context["table"].columns, row.cells, strict=True)
    }
    assert shown["price"] == "4.5"
    assert shown["cuisine"] == "french"
    assert [face.username for face in row.faces] == ["steward"]
    assert escape("Soup <b>") in answer.content.decode()


def test_a_board_is_narrowed_by_state_and_text(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    kitchen.make("Éclair")
    moved = kitchen.make("Onion soup")
    lifecycle.move(moved, "submit", actor=SYSTEM)
    client = browser(cast.viewer)
    assert names_on(client.get("/boards/recipe/?state=review")) == ["Onion soup"]
    assert names_on(client.get("/boards/recipe/?q=éCLAIR")) == ["Éclair"]
    assert names_on(client.get("/boards/recipe/?q=onion-")) == ["Onion soup"]
    nothing = client.get("/boards/recipe/?q=nothing")
    assert names_on(nothing) == []
    assert "Nothing matches" in text_of(nothing)


def test_a_board_is_sorted(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    for name, price in (("Bread", "3"), ("Apple pie", "20"), ("Cake", None)):
        kitchen.make(name, attributes={"price": price} if price else {})
    lifecycle.move(GovernedObject.objects.get(name="Bread"), "submit", actor=SYSTEM)
    client = browser(cast.viewer)

    def by(sort: str) -> list[str]:
        return names_on(client.get(f"/boards/recipe/?sort={sort}"))

    assert by("name") == ["Apple pie", "Bread", "Cake"]
    assert by("-name") == ["Cake", "Bread", "Apple pie"]
    assert by("attribute.price") == ["Bread", "Apple pie", "Cake"]
    assert by("-attribute.price") == ["Apple pie", "Bread", "Cake"]
    assert by("-state")[0] == "Bread"
    assert by("nonsense") == by("-created") == ["Cake", "Apple pie", "Bread"]


def test_pages_of_a_board_follow_each_other(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    for number in range(53):
        kitchen.make(f"Recipe {number:02}")
    client = browser(cast.viewer)
    first = client.get("/boards/recipe/?sort=name")
    assert len(names_on(first)) == 50
    second = client.get("/boards/recipe/" + first.context["page"].next)
    assert names_on(second) == ["Recipe 50", "Recipe 51", "Recipe 52"]
    back = client.get("/boards/recipe/" + second.context["page"].previous)
    assert names_on(back) == names_on(first)
    assert client.get("/boards/recipe/?cursor=forged").status_code == 422


def test_a_hidden_attribute_has_no_column_and_no_cell(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    hide_price(kitchen)
    kitchen.make("Soup", attributes={"price": "4.5"})
    without = browser(cast.member).get("/boards/recipe/")
    assert "price" not in [column.key for column in without.context["table"].columns]
    assert "4.5" not in text_of(without)
    own = {kitchen.business_owner: [cast.member]}
    kitchen.make("Bread", attributes={"price": "3.25"}, user_relations=own)
    partly = browser(cast.member).get("/boards/recipe/")
    assert "3.25" in text_of(partly)
    assert "4.5" not in text_of(partly)
    assert names_on(browser(cast.member).get("/boards/recipe/?attribute.price=4.5")) == []
    assert names_on(browser(cast.member).get("/boards/recipe/?attribute.price=3.25")) == ["Bread"]


def test_a_board_takes_as_many_queries_for_five_as_for_fifty(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    hide_price(kitchen)

    def fill(count: int) -> None:
        for number in range(count):
            kitchen.make(
                f"Recipe {number}",
                attributes={"price": "1"},
                user_relations={kitchen.business_owner: [cast.steward, cast.member]},
            )

    client = browser(cast.member)
    fill(5)
    few = queries_of(lambda: client.get("/boards/recipe/"))
    fill(45)
    assert queries_of(lambda: client.get("/boards/recipe/")) == few <= 26


@pytest.mark.parametrize(
    "query", ["?q=%00", "?state=%00", "?type=%00", "?cursor=%00", "?sort=%00", "?q=" + "x" * 5000]
)
def test_hostile_addresses_are_no_fault_of_ours(cast: Cast, board: Board, query: str) -> None:
    assert browser(cast.member).get(f"/boards/recipe/{query}").status_code in {200, 422}


def test_the_frame_takes_as_many_queries_for_five_boards_as_for_fifty(
    cast: Cast, kitchen: Kitchen, client: Client
) -> None:
    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            Board.objects.create(key=f"b{number}", name=f"B{number}", workspace=cast.main)

    browsing = browser(cast.member)
    add(5, 0)
    few = queries_of(lambda: browsing.get("/boards/"))
    add(45, 5)
    assert queries_of(lambda: browsing.get("/boards/")) == few


def test_a_criterion_is_added_shown_and_taken_away(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    kitchen.make("Bread", attributes={"price": "3"})
    kitchen.make("Pie", attributes={"price": "20"})
    client = browser(cast.viewer)
    asked = client.get("/boards/recipe/?q=&by=price&how=greaterOrEqual&value=20&cursor=x")
    assert asked["Location"] == "/boards/recipe/?q=&attribute.price__greaterOrEqual=20"
    answer = client.get(asked["Location"])
    assert names_on(answer) == ["Pie"]
    (chip,) = answer.context["chips"]
    assert (chip.label, chip.text, chip.url) == ("price", "is at least 20", "?q=")
    assert client.get("/boards/recipe/?by=&how=equals&value=")["Location"] == "/boards/recipe/?"
    plain = client.get("/boards/recipe/?by=price&how=equals&value=3")
    assert names_on(client.get(plain["Location"])) == ["Bread"]


def test_a_criterion_that_makes_no_sense_is_told_beside_its_chip(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    kitchen.make("Bread")
    answer = browser(cast.viewer).get("/boards/recipe/?attribute.price__greaterThan=much")
    assert answer.status_code == 422
    assert [one.label for one in answer.context["chips"]] == ["price"]
    assert "This filter can't be applied" in text_of(answer)
    (told,) = answer.context["problems"]
    assert told.startswith("price: ")
    assert browser(cast.viewer).get("/boards/recipe/?attribute.nothing=1").status_code == 422


def test_columns_are_chosen_and_remembered(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    kitchen.make("Bread", attributes={"price": "3"})
    client = browser(cast.viewer)

    def shown() -> list[str]:
        return [one.key for one in client.get("/boards/recipe/").context["table"].columns]

    everything = shown()
    assert "price" in everything
    chosen = {"offered": everything, "column": ["price"], "next": "/boards/recipe/?sort=name"}
    answer = client.post("/boards/recipe/columns/", chosen)
    assert answer["Location"] == "/boards/recipe/?sort=name"
    assert shown() == ["price"]
    client.post("/boards/recipe/columns/", {"offered": everything, "column": everything})
    assert shown() == everything
    assert browser(cast.guest).post("/boards/recipe/columns/", chosen).status_code == 404
    elsewhere = client.post("/boards/recipe/columns/", {"next": "https://e.example/"})
    assert elsewhere["Location"] == "/boards/recipe/"


def test_hidden_attributes_are_offered_neither_as_columns_nor_as_filters(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    kitchen.make("Bread", attributes={"price": "3"})
    hide_price(kitchen)
    answer = browser(cast.viewer).get("/boards/recipe/")
    assert "price" not in [one.attribute.key for one in answer.context["columns"]]
    assert "price" not in [one.key for one in answer.context["narrowable"]]
    empty = browser(cast.member).get("/boards/recipe/?q=nowhere")
    assert names_on(empty) == []
    offered = {one.key for one in empty.context["narrowable"]}
    assert offered
    assert "price" not in offered


def test_a_filter_is_added_without_script(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    """A field that begins disabled would not be sent; a script disables those that are closed."""
    kitchen.make("Soup")
    page = browser(cast.viewer).get("/boards/recipe/").content.decode()
    fields = re.findall(r"<(?:select|input)[^>]*data-when-open[^>]*>", page)
    assert len(fields) == 3
    assert not any("disabled" in one for one in fields)
    closed = browser(cast.viewer).get("/boards/recipe/?q=So&by=&how=equals&value=")
    assert closed.headers["Location"] == "/boards/recipe/?q=So"


def test_objects_are_counted_as_they_are_listed(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    for name in ("Bread", "Apple pie", "Cake"):
        kitchen.make(name)

    def counted(who: str, query: str = "") -> str:
        answer = browser(cast[who]).get(f"/boards/recipe/count/{query}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    assert counted("viewer") == "3 objects"
    assert counted("viewer", "?q=pie") == "1 object"
    assert counted("viewer", "?attribute.price=much") == "0 objects"
    assert browser(cast.guest).get("/boards/recipe/count/").status_code == 404
