"""The home page, the content policy, and what becomes of refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.http.problems import refusal
from config.content_policy import HEADER, policy_for
from notifications.models import Notification
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from tests.pages import browser, queries_of, text_of
from tests.settling import settle
from workflows.lifecycle import service as lifecycle

# --- home ----------------------------------------------------------------------------------------


def test_home_says_what_to_do_with_an_empty_installation(cast: Cast) -> None:
    told = text_of(browser(cast.admin).get("/"))
    assert "python manage.py demo" in told
    assert "package apply" in told
    assert "python manage.py" not in text_of(browser(cast.member).get("/"))


def test_home_shows_what_is_alive_for_its_reader(cast: Cast, kitchen: Kitchen) -> None:
    published("notes", definition(NOTE), actor=cast.acting("admin"))
    own = {kitchen.business_owner: [cast.steward], kitchen.reviewer: [cast.steward]}
    soup = kitchen.make("Soup", user_relations=own)
    kitchen.make("Bread", user_relations={kitchen.reviewer: [cast.steward]})
    kitchen.make("Cake")
    lifecycle.move(soup, "submit", actor=SYSTEM)
    settle()
    Notification.objects.create(user=cast.steward, subject="Look here", cause="test")
    answer = browser(cast.steward).get("/")
    assert [(one.name, one.count) for one in answer.context["counts"]] == [
        ("Draft", 1),
        ("Review", 1),
    ]
    mine = {one.object.name: one.relations for one in answer.context["mine"]}
    assert mine == {"Soup": "Owner, Reviewer", "Bread": "Reviewer"}
    assert [run.name for run in answer.context["runs"]] == ["notes"]
    assert "Look here" in text_of(answer)
    narrowed = browser(cast.steward).get("/?state=review")
    assert [one.object.name for one in narrowed.context["mine"]] == ["Soup"]
    assert browser(cast.member).get("/").context["mine"] == []


def test_home_takes_as_many_queries_for_five_as_for_fifty(cast: Cast, kitchen: Kitchen) -> None:
    def add(count: int) -> None:
        for number in range(count):
            made = kitchen.make(
                f"Recipe {number}", user_relations={kitchen.reviewer: [cast.member]}
            )
            Notification.objects.create(
                user=cast.member, subject="x", cause=f"test:{made.pk}", object_id=made.pk
            )

    client = browser(cast.member)
    add(5)
    few = queries_of(lambda: client.get("/"))
    add(45)
    assert queries_of(lambda: client.get("/")) == few <= 32


# --- the content policy --------------------------------------------------------------------------


def test_pages_run_nothing_but_files_of_this_host(cast: Cast, client: Client) -> None:
    for answer in (client.get("/sign-in/"), browser(cast.owner).get("/"), client.get("/nothing/")):
        policy = answer[HEADER]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_only_two_places_have_a_looser_policy(cast: Cast) -> None:
    assert "'unsafe-inline'" in browser(cast.admin).get("/admin/")[HEADER]
    assert "frame-ancestors 'none'" in policy_for("/admin/")
    assert "script-src 'self';" in policy_for("/api/v1/docs/")
    for path in ("/administration/", "/x/admin/", "/api/v1/objects/", "/boards/admin/"):
        assert "unsafe" not in policy_for(path)


# --- refusals ------------------------------------------------------------------------------------


def test_signing_in_is_asked_of_the_whole_window(cast: Cast, client: Client) -> None:
    plain = client.get("/boards/")
    assert plain["Location"] == "/sign-in/?next=/boards/"
    part = client.get(
        "/boards/?q=x",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/boards/?sort=name"},
    )
    assert part.status_code == 204
    assert part["HX-Redirect"] == "/sign-in/?next=%2Fboards%2F"


def has_side_bar(answer: Any) -> bool:
    return 'id="side-bar"' in answer.content.decode()


def test_whoever_is_signed_in_goes_on_by_the_side_bar(cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    client = browser(cast.viewer)
    for path, status in (("/nothing/", 404), ("/users/", 403), ("/objects/99999/", 404)):
        answer = client.get(path)
        assert (answer.status_code, has_side_bar(answer)) == (status, True), path
        assert "Recipe" in text_of(answer), path
    refused = client.post(f"/objects/{soup.pk}/transitions/", {"transition": "submit"})
    assert (refused.status_code, has_side_bar(refused)) == (403, True)
    stranger = Client().get("/invitation/void/")
    assert (stranger.status_code, has_side_bar(stranger)) == (404, False)
    assert client.get("/api/v1/nothing/")["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 413, 500, 503])
def test_pages_of_what_is_broken_stand_alone(status: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = refusal("/", status)
    assert (page.status_code, has_side_bar(page), len(queries)) == (status, False, 0)


def test_a_page_stands_alone_where_its_frame_can_not_be_drawn(cast: Cast) -> None:
    """The frame asks the database for boards: whatever is wrong with those, the refusal is told."""
    client = browser(cast.viewer)

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "catalog_board" in sql:
            raise OperationalError("disk I/O error")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        answer = client.get("/nothing/")
    assert (answer.status_code, has_side_bar(answer)) == (404, False)
    assert "There is nothing here for you" in text_of(answer)


def test_a_refusal_leads_back_to_where_one_was(cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    client = browser(cast.viewer)
    path = f"/objects/{soup.pk}/"
    for came_from, back in ((f"http://testserver{path}", True), ("http://elsewhere/", False)):
        answer = client.post(
            f"{path}transitions/", {"transition": "submit"}, headers={"Referer": came_from}
        )
        assert answer.status_code == 403
        assert (f'href="{came_from}"' in answer.content.decode()) is back
