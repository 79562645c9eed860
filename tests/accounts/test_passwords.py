"""Passwords: changed, forgotten, chosen anew by a link."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from accounts.actor import Actor
from accounts.exceptions import Denied, TooMany
from accounts.models import Mail
from accounts.services import links, passwords, throttling
from accounts.services.profile import change_own, email_change_waiting
from accounts.services.users import change_user
from tests.accounts.letters import link_in, path_in, sent
from tests.cast import Cast
from tests.cast import Client as Api
from tests.pages import browser, text_of

GOOD = "correct horse battery"
FORGOTTEN = "/password/forgotten/"


def change(client: Client, **given: str) -> Any:
    whole = {"currentPassword": "demo", "password": GOOD, "repeated": GOOD}
    return client.post("/profile/password/", {**whole, **given})


def choose(client: Client, path: str, password: str = GOOD) -> Any:
    """Opens a link and sends its form."""
    shown = client.get(path, follow=True)
    where = shown.redirect_chain[-1][0] if shown.redirect_chain else path
    return client.post(where, {"new_password1": password, "new_password2": password})


# --- changed by oneself --------------------------------------------------------------------------


def test_another_password_ends_all_sessions_and_keeps_tokens(cast: Cast, api: Api) -> None:
    token = api("owner")
    here, there = browser(cast.owner), browser(cast.owner)
    answer = change(here)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert "Your password was changed" in text_of(here.get("/sign-in/"))
    assert here.get("/").status_code == there.get("/").status_code == 302
    assert token.get("/api/v1/me/").status_code == 200
    given = {"username": "owner", "password": GOOD}
    assert Client().post("/sign-in/", given).status_code == 302
    (notice,) = sent()
    assert notice.to == ["owner@example.org"]
    assert "was changed" in notice.subject


def test_tokens_go_where_that_is_asked(cast: Cast, api: Api) -> None:
    token = api("owner")
    change(browser(cast.owner), revokeTokens="true")
    assert token.get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"currentPassword": "wrong"}, "not your present password"),
        ({"currentPassword": ""}, "not your present password"),
        ({"repeated": "other"}, "not the same"),
        ({"password": "short", "repeated": "short"}, "too short"),
        ({"password": "1234567890", "repeated": "1234567890"}, "entirely numeric"),
        ({"password": "password1", "repeated": "password1"}, "too common"),
        ({"password": "x" * 1001, "repeated": "x" * 1001}, "at most 1000"),
        ({"password": " " * 12, "repeated": " " * 12}, "different characters beside spaces"),
        ({"password": "äÖöÄ äöäö", "repeated": "äÖöÄ äöäö"}, "different characters beside spaces"),
    ],
)
def test_a_refused_password_changes_nothing(cast: Cast, given: dict[str, str], told: str) -> None:
    client = browser(cast.owner)
    answer = change(client, **given)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert GOOD not in answer.content.decode()
    assert client.get("/").status_code == 200
    assert cast["owner"].check_password("demo")


def test_the_present_password_is_no_other_one(cast: Cast) -> None:
    owner = cast["owner"]
    owner.set_password(GOOD)
    owner.save()
    answer = change(browser(owner), currentPassword=GOOD)
    assert "another password than the present" in text_of(answer)


def test_nobody_changes_the_password_of_somebody_else(cast: Cast) -> None:
    with pytest.raises(Denied):
        passwords.change_own_password(
            cast.owner, actor=cast.acting("admin"), current="demo", password=GOOD
        )
    with pytest.raises(Denied):
        passwords.set_password(cast.owner, actor=cast.acting("member"), password=GOOD)


def test_guessing_at_the_present_password_ends(cast: Cast) -> None:
    client = browser(cast.owner)
    limit = throttling.OWN_PASSWORD
    answers = [change(client, currentPassword="wrong") for _ in range(limit.burst + 1)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1]["Retry-After"]) <= limit.seconds


def test_an_admin_sets_a_password_and_signs_out(cast: Cast) -> None:
    client = browser(cast.owner)
    passwords.set_password(cast.owner, actor=cast.acting("admin"), password=GOOD)
    assert client.get("/").status_code == 302


# --- forgotten -----------------------------------------------------------------------------------


def test_a_link_lets_choose_another_password_once(cast: Cast, client: Client) -> None:
    signed_in = browser(cast.owner)
    assert "on its way" in text_of(client.post(FORGOTTEN, {"email": "OWNER@example.org"}))
    (message,) = sent()
    assert message.to == ["owner@example.org"]
    path = path_in(message)
    answer = choose(client, path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert cast["owner"].check_password(GOOD)
    assert signed_in.get("/").status_code == 302
    again = client.get(path)
    assert "not valid" in text_of(again)
    assert choose(Client(), path, "another good horse").status_code == 200
    assert cast["owner"].check_password(GOOD)


def test_the_token_of_a_link_stands_in_no_later_address(cast: Cast, client: Client) -> None:
    shown = client.get(urlsplit(links.password_link(cast.owner)).path)
    assert shown.status_code == 302
    assert shown["Location"].endswith("/set-password/")
    page = client.get(shown["Location"])
    assert "no-store" in page["Cache-Control"]


def test_an_unknown_address_is_answered_alike_and_sent_nothing(cast: Cast, client: Client) -> None:
    known = client.post(FORGOTTEN, {"email": "owner@example.org"})
    assert len(sent()) == 1
    unknown = client.post(FORGOTTEN, {"email": "0wner@example.org"})
    assert sent() == []
    told = text_of(known).replace("owner@", "0wner@")
    assert (unknown.status_code, text_of(unknown)) == (known.status_code, told)


def test_the_deactivated_are_sent_nothing_and_their_links_are_void(cast: Cast) -> None:
    client = Client()
    passwords.ask_for_link("guest@example.org", client="192.0.2.1")
    path = path_in(sent()[0])
    change_user(cast.guest, actor=Actor.system(), active=False)
    passwords.ask_for_link("guest@example.org", client="192.0.2.1")
    assert sent() == []
    assert "not valid" in text_of(client.get(path))


def test_a_link_ends_with_time_with_signing_in_and_with_another_address(
    cast: Cast, settings: LazySettings
) -> None:
    token = links.password_tokens.make_token(cast.owner)
    assert links.password_tokens.check_token(cast["owner"], token)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not links.password_tokens.check_token(cast["owner"], token)
    settings.PASSWORD_RESET_TIMEOUT = 3600
    Client().post("/sign-in/", {"username": "owner", "password": "demo"})
    assert not links.password_tokens.check_token(cast["owner"], token)
    token = links.password_tokens.make_token(cast["owner"])
    change_user(cast["owner"], actor=Actor.system(), email="new@example.org")
    assert not links.password_tokens.check_token(cast["owner"], token)


@pytest.mark.parametrize(
    "path",
    ["x/y", "MQ/x-y", "AAAA/set-password", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5/a-b", "4pyT/x-y"],
)
def test_a_made_up_link_is_not_valid(cast: Cast, client: Client, path: str) -> None:
    answer = client.get(f"/password/new/{path}/", follow=True)
    assert answer.status_code == 200
    assert "not valid" in text_of(answer)


def test_links_begin_with_the_public_address_whatever_the_request_says(
    cast: Cast, client: Client, settings: LazySettings
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://sluice.example", ["*"]
    client.post(FORGOTTEN, {"email": "owner@example.org"}, headers={"Host": "evil.example"})
    (message,) = sent()
    assert link_in(message).startswith("https://sluice.example/password/new/")
    html = str(message.alternatives[0][0])
    assert "evil" not in html + str(message.body)
    assert link_in(message) in html


def test_asking_ends_for_an_address_and_for_a_client(cast: Cast) -> None:
    def ask(email: str, client: str) -> bool:
        try:
            passwords.ask_for_link(email, client=client)
        except TooMany:
            return False
        return True

    answers = [ask("owner@example.org", f"192.0.2.{number}") for number in range(4)]
    assert answers == [True, True, True, False]
    others = [ask(f"{number}@example.org", "198.51.100.1") for number in range(21)]
    assert others.count(False) == 1
    answer = Client().post(FORGOTTEN, {"email": "Owner@example.org"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b\r\nBcc: c@d.example", "x" * 300 + "@a.example"]
)
def test_what_is_no_address_is_said_at_the_field(cast: Cast, client: Client, email: str) -> None:
    answer = client.post(FORGOTTEN, {"email": email})
    assert answer.status_code == 422
    assert answer.context["fields"][0].problem
    assert not Mail.objects.exists()


def test_an_address_that_only_looks_alike_is_another(cast: Cast) -> None:
    """Dotless i: databases that fold it would send the link for i to another domain."""
    change_user(cast.owner, actor=Actor.system(), email="mike@example.org")
    passwords.ask_for_link("mıke@example.org", client="192.0.2.1")
    assert sent() == []


def test_a_new_password_voids_a_wished_address(cast: Cast) -> None:
    change_own(
        cast.owner, actor=cast.acting("owner"), email="e@example.org", current_password="demo"
    )
    passwords.set_password(cast.owner, actor=Actor.system(), password=GOOD)
    assert email_change_waiting(cast.owner) is None
