"""Signing in and out."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from catalog.models import Package
from tests.cast import Cast
from tests.pages import browser, text_of

SIGN_IN = "/sign-in/"


def test_the_right_password_lets_in(cast: Cast, client: Client) -> None:
    answer = client.post(SIGN_IN, {"username": "owner", "password": "demo"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").context["user"] == cast.owner


@pytest.mark.parametrize(
    ("username", "password"), [("owner", "wrong"), ("nobody", "demo"), ("gone", "demo")]
)
def test_a_wrong_pair_is_refused_without_telling_what_was_wrong(
    cast: Cast, client: Client, username: str, password: str
) -> None:
    cast.guest.username, cast.guest.is_active = "gone", False
    cast.guest.save()
    answer = client.post(SIGN_IN, {"username": username, "password": password})
    assert answer.status_code == 200
    assert "user name and password do not belong together" in text_of(answer)
    assert "_auth_user_id" not in client.session
    assert client.get("/").status_code == 302


def test_signing_in_begins_a_new_session(cast: Cast, client: Client) -> None:
    """Without this, whoever planted a session in a browser would be signed in with it."""
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.post(SIGN_IN, {"username": "owner", "password": "demo"})
    assert client.session.session_key not in {None, before}


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/boards/", "/boards/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_to_our_own_pages_alone(
    cast: Cast, client: Client, wanted: str, reached: str
) -> None:
    answer = client.post(SIGN_IN, {"username": "owner", "password": "demo", "next": wanted})
    assert answer["Location"] == reached


def test_who_is_signed_in_does_not_see_the_form(cast: Cast, client: Client) -> None:
    assert client.get(SIGN_IN).status_code == 200
    assert browser(cast.owner).get(SIGN_IN)["Location"] == "/"


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = browser(cast.owner)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert client.get("/").status_code == 302


def test_the_form_asks_for_its_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(SIGN_IN, {"username": "owner", "password": "demo"}).status_code == 403
    token = client.get(SIGN_IN).context["csrf_token"]
    given = {"username": "owner", "password": "demo", "csrfmiddlewaretoken": str(token)}
    assert client.post(SIGN_IN, given).status_code == 302


def test_demo_users_are_offered_where_only_this_machine_can_come(
    cast: Cast, client: Client, settings: LazySettings
) -> None:
    assert client.get(SIGN_IN).context["demo_users"] == []
    Package.objects.create(key="demo", applied_by="system")
    cast.guest.is_active = False
    cast.guest.save()
    offered = client.get(SIGN_IN).context["demo_users"]
    assert offered[:2] == ["admin", "owner"]
    assert "guest" not in offered
    settings.IS_PRODUCTION = True
    assert client.get(SIGN_IN).context["demo_users"] == []
