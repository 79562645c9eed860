"""The form for a new object."""

from __future__ import annotations

from catalog.models import Board, Change, GovernedObject
from tests.cast import Cast
from tests.kitchen import Kitchen
from tests.pages import browser, text_of, toasts


def test_a_member_creates_an_object(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    client = browser(cast.member)
    form = client.get("/boards/recipe/new/")
    fields = {one.name: one for one in form.context["inputs"]}
    assert fields["attributes.servings"].text == "4"
    answer = client.post(
        "/boards/recipe/new/",
        {
            "name": "Onion soup",
            "attributes.price": " 4.50 ",
            "attributes.servings": "",
            "attributes.note": "two\r\nlines",
        },
        follow=True,
    )
    assert toasts(answer) == ["Onion soup was created."]
    made = GovernedObject.objects.get()
    assert (made.key, made.board, made.created_by) == ("onion-soup", board, cast.member)
    assert made.attributes == {"price": "4.5", "note": "two\nlines"}
    assert Change.objects.get(verb="created").via_kind == "page"


def test_what_is_wrong_stands_at_its_field(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    given = {"name": "", "key": "no key!", "attributes.servings": "many", "attributes.cuisine": "x"}
    answer = browser(cast.member).post("/boards/recipe/new/", given)
    assert answer.status_code == 422
    problems = {one.name: one.problem for one in answer.context["inputs"] if one.problem}
    assert set(problems) == {"name", "key", "attributes.servings", "attributes.cuisine"}
    assert problems["attributes.servings"] == "A whole number is expected here."
    kept = {one.name: one.text for one in answer.context["inputs"]}
    assert kept["attributes.servings"] == "many"
    assert not GovernedObject.objects.exists()


def test_who_may_not_create_is_told_why(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    client = browser(cast.viewer)
    assert "New Recipe" not in text_of(client.get("/boards/recipe/"))
    answer = client.post("/boards/recipe/new/", {"name": "Soup"})
    assert answer.status_code == 403
    assert "The role viewer may not create objects" in text_of(answer)
    assert not GovernedObject.objects.exists()
    assert browser(cast.guest).get("/boards/recipe/new/").status_code == 404
