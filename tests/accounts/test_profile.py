"""One's own profile: name, address, browsers, tokens; on the page and by the API."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from accounts.models import ApiToken, EmailChange, Session
from accounts.person_names import FIRST, LAST, tidy, what_is_wrong
from accounts.services import tokens
from accounts.services.sessions import forget_ended_sessions
from journal.clock import at, now
from tests.accounts.letters import path_in, sent
from tests.api.problems import pointers, problem
from tests.cast import Cast
from tests.cast import Client as Api
from tests.pages import browser, text_of, toasts

# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "Jean-Luc",
        "Mary Ann",
        "O'Neil",
        "D’Angelo",
        "Łukasz",
        "Ζωή",
        "Мария",
        "محمد",
        "علی‌رضا",
        "नरेन्द्र",
        "伟",
        "민준",
        "José",
        "Nguyễn Thị",
    ],
)
def test_names_of_any_script_are_names(name: str) -> None:
    assert what_is_wrong(tidy(name)) == ""


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "R2D2",
        "Ada!",
        "Ada_L",
        "-Ada",
        "Ada-",
        "'Ada",
        "Ada  L",
        "Ada--L",
        "Ada\nL",
        "Ada\u202eadA",
        "Ada\x00",
        "<b>Ada</b>",
        "Ada😀",
        "\u0301Ada",
        "A" + "\u0301" * 9,
        "x" * 151,
        "\u200cAda",
        "Ada\ud800",
        "²Ada",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert what_is_wrong(tidy(name)) != ""


def test_a_last_name_may_be_one_letter() -> None:
    assert what_is_wrong("X", of=LAST) == ""
    assert what_is_wrong("X", of=FIRST) == "A first name has at least 2 characters."


def test_a_name_is_saved_in_one_form_with_a_message(cast: Cast) -> None:
    client = browser(cast.owner)
    answer = client.post(
        "/profile/name/", {"firstName": " Jose\u0301 ", "lastName": "O'Neil"}, follow=True
    )
    assert toasts(answer) == ["Your profile has been successfully updated."]
    assert cast["owner"].get_full_name() == "José O'Neil"


def test_a_refused_name_stands_in_the_form_again(cast: Cast) -> None:
    answer = browser(cast.owner).post("/profile/name/", {"firstName": "R2D2", "lastName": ""})
    assert answer.status_code == 422
    assert "Numbers and other characters are not allowed" in text_of(answer)
    assert 'value="R2D2"' in answer.content.decode()
    assert "Enter your last name" in text_of(answer)
    assert cast["owner"].first_name == ""


def test_the_first_refused_field_has_the_focus(cast: Cast) -> None:
    """Without this the page stands at its top, and what is wrong below the window."""
    client = browser(cast.owner)
    assert b"autofocus" not in client.get("/profile/").content
    wrong = {"currentPassword": "wrong", "password": "new", "repeated": "new"}
    content = client.post("/profile/password/", wrong).content.decode()
    (focused,) = re.findall(r"<input[^>]* autofocus[^>]*>", content)
    assert 'id="password-currentPassword"' in focused
    both = {"firstName": "", "lastName": ""}
    content = client.post("/profile/name/", both).content.decode()
    (focused,) = re.findall(r"<input[^>]* autofocus[^>]*>", content)
    assert 'id="name-firstName"' in focused


# --- address -------------------------------------------------------------------------------------


def ask(client: Client, email: str, password: str = "demo") -> Any:
    return client.post("/profile/email/", {"email": email, "currentPassword": password})


def test_an_address_counts_when_its_link_is_opened(cast: Cast) -> None:
    client = browser(cast.owner)
    ask(client, "new@example.org")
    assert cast["owner"].email == "owner@example.org"
    assert "new@example.org" in text_of(client.get("/profile/"))
    confirmation, notice = sent()
    assert (confirmation.to, notice.to) == (["new@example.org"], ["owner@example.org"])
    path = path_in(confirmation)
    stranger = Client()
    assert "new@example.org" in text_of(stranger.get(path))
    assert cast["owner"].email == "owner@example.org", "a GET, as mail scanners send it"
    assert stranger.post(path)["Location"] == "/sign-in/"
    assert cast["owner"].email == "new@example.org"
    assert [message.to for message in sent()] == [["owner@example.org"]]
    assert stranger.get(path).status_code == 404


def test_only_the_newest_wish_counts_and_not_for_good(cast: Cast) -> None:
    client = browser(cast.owner)
    ask(client, "one@example.org")
    first = path_in(sent()[0])
    ask(client, "two@example.org")
    second = path_in(sent()[0])
    assert client.get(first).status_code == 404
    with at(now() + timedelta(days=2)):
        assert client.get(second).status_code == 404
    assert client.get(second).status_code == 200
    client.post("/profile/email/withdraw/")
    assert client.get(second).status_code == 404


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("new@example.org", "wrong", "not your present password"),
        ("nowhere", "demo", "Enter a valid e-mail address"),
        ("", "demo", "Enter a valid e-mail address"),
        ("owner@example.org", "demo", "your address already"),
    ],
)
def test_a_refused_address_is_not_written_to(
    cast: Cast, email: str, password: str, told: str
) -> None:
    answer = ask(browser(cast.owner), email, password)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert sent() == []
    assert not EmailChange.objects.exists()


def test_a_link_that_is_made_up_opens_nothing(cast: Cast, client: Client) -> None:
    for token in ("x", "WzEsIngiXQ:1:x", "x" * 5000):
        assert client.get(f"/email/{token}/").status_code == 404
        assert client.get(f"/invitation/{token}/").status_code == 404


# --- the API -------------------------------------------------------------------------------------


def test_me_is_changed_by_patch(cast: Cast, api: Api) -> None:
    url = "/api/v1/me/"
    answer = api("owner").patch(url, {"firstName": "Zoë", "email": "owner@example.org"})
    assert (answer.status_code, answer.json()["firstName"]) == (200, "Zoë")
    refused = problem(api("owner").patch(url, {"firstName": "R2", "email": "e@example.org"}), 422)
    assert pointers(refused) == ["/firstName"]
    refused = problem(api("owner").patch(url, {"lastName": "Q", "email": "e@example.org"}), 422)
    assert pointers(refused) == ["/currentPassword"]
    assert cast["owner"].last_name == ""
    given = {"email": "e@example.org", "currentPassword": "demo"}
    assert api("owner").patch(url, given).json()["waitingEmail"] == "e@example.org"
    refused = problem(api("owner").patch(url, {"role": "admin"}), 422)
    assert pointers(refused) == ["/role"]


# --- browsers ------------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_browsers_are_listed_and_signed_out(cast: Cast) -> None:
    here, there, third = (browser(cast.owner) for _ in range(3))
    there.get("/", headers={"User-Agent": FIREFOX + "<b>\x01"}, REMOTE_ADDR="192.0.2.9")
    third.get("/")
    page = here.get("/profile/")
    assert "Firefox on Linux" in text_of(page)
    assert "192.0.2.9" in text_of(page)
    assert page.content.count(b"This browser") == 1
    for session in Session.objects.all():
        assert session.session_key not in page.content.decode()
    found = Session.objects.get(address="192.0.2.9")
    here.post(f"/profile/sessions/{found.reference}/end/")
    assert there.get("/").status_code == 302
    assert third.get("/").status_code == 200
    here.post("/profile/sessions/end/")
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_nobody_signs_out_somebody_else(cast: Cast) -> None:
    victim, stranger = browser(cast.owner), browser(cast.admin)
    victim.get("/")
    found = Session.objects.get(user=cast.owner)
    assert stranger.post(f"/profile/sessions/{found.reference}/end/").status_code == 404
    stranger.post("/profile/sessions/end/")
    assert victim.get("/").status_code == 200


def test_an_ended_session_does_not_come_back(cast: Cast) -> None:
    """A request that began before the end must not save it again."""
    client = browser(cast.owner)
    session = client.session
    assert "late" not in session, "which reads it"
    Session.objects.all().delete()
    session["late"] = True
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_sessions_that_ran_out_are_forgotten(cast: Cast) -> None:
    browser(cast.owner)
    forget_ended_sessions()
    assert Session.objects.count() == 1
    with at(now() + timedelta(days=15)):
        forget_ended_sessions()
    assert not Session.objects.exists()


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_revoked(cast: Cast) -> None:
    client = browser(cast.owner)
    answer = client.post("/profile/tokens/", {"tokenName": "ci <b>", "expires": "30"})
    (secret,) = re.findall(r"sluice_[\w-]{43}", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    token = tokens.find(secret)
    assert token is not None
    assert (token.user, token.name) == (cast.owner, "ci <b>")
    page = client.get("/profile/").content.decode()
    assert secret not in page
    assert "ci &lt;b&gt;" in page
    stranger = browser(cast.admin)
    assert stranger.post(f"/profile/tokens/{token.pk}/revoke/").status_code == 404
    client.post(f"/profile/tokens/{token.pk}/revoke/")
    assert tokens.find(secret) is None


@pytest.mark.parametrize(
    "given",
    [
        {"tokenName": "x" * 201},
        {"tokenName": "a\u202eb"},
        {"expires": "0"},
        {"expires": "-1"},
        {"expires": "9" * 5000},
        {"expires": "soon"},
    ],
)
def test_a_refused_token_is_not_made(cast: Cast, given: dict[str, str]) -> None:
    whole = {"tokenName": "ci", "expires": "30"}
    answer = browser(cast.owner).post("/profile/tokens/", {**whole, **given})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()
