"""NUL and halves of surrogate pairs in what a page's form posts: refused, and nothing else lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.http.soundness import SHOWN_AS, is_redrawn
from accounts.models import ApiToken, Invitation, User
from accounts.services import invitations
from catalog.models import GovernedObject
from tests.accounts.letters import path_in, sent
from tests.cast import Cast
from tests.kitchen import Kitchen
from tests.pages import browser, text_of
from workflows.authoring.services import workflows
from workflows.models import Version

TOLD = f"This text held a character that stands for nothing. Where it was, there is {SHOWN_AS} now"


def typed_again(answer: Any) -> set[str]:
    """Every text that stands in a field of the page."""
    page = answer.content.decode()
    inputs = re.findall(r'<input[^>]*\bvalue="([^"]*)"', page)
    return set(map(unescape, inputs + re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page)))


def ticked(answer: Any) -> set[str]:
    return set(re.findall(r'value="([^"]*)" checked', answer.content.decode()))


# --- forms that are drawn again ------------------------------------------------------------------


def test_a_profile_loses_nothing_but_the_odd_character(cast: Cast) -> None:
    client = browser(cast.owner)
    answer = client.post("/profile/name/", {"firstName": "A\0da", "lastName": "Li"})
    assert answer.status_code == 422
    assert TOLD in text_of(answer)
    assert {f"A{SHOWN_AS}da", "Li"} <= typed_again(answer)
    assert cast["owner"].first_name == ""
    assert client.post("/profile/name/", {"firstName": "Ada", "lastName": "Li"}).status_code == 302


@pytest.mark.parametrize(
    ("path", "given", "kept"),
    [
        ("/profile/email/", {"email": "a\0@b.example", "currentPassword": "demo"}, set()),
        ("/profile/password/", {"currentPassword": "d\0", "password": "x", "repeated": "x"}, set()),
        ("/profile/tokens/", {"tokenName": "c\0i", "expires": "30"}, {f"c{SHOWN_AS}i"}),
        ("/password/forgotten/", {"email": "a\0@b.example"}, {f"a{SHOWN_AS}@b.example"}),
        ("/password/forgotten/", {"email": "a@b.example", "x": "\0"}, {"a@b.example"}),
    ],
)
def test_account_forms_say_it_at_the_field(
    cast: Cast, path: str, given: dict[str, str], kept: set[str]
) -> None:
    answer = browser(cast.owner).post(path, given)
    assert answer.status_code == 422
    assert text_of(answer).count(TOLD) == 1
    assert kept <= typed_again(answer)
    assert not ApiToken.objects.exists()


def test_ticks_stay_with_what_was_typed(cast: Cast) -> None:
    desk = browser(cast.admin)
    given = {"email": "z\0oe@example.org", "role": "guest", "teams": ["Team::Stewards"]}
    answer = desk.post("/users/invite/", given)
    assert answer.status_code == 422
    assert TOLD in text_of(answer)
    assert ticked(answer) == {"Team::Stewards"}
    assert 'value="guest" selected' in answer.content.decode()
    assert not Invitation.objects.exists()
    account = {"name": "Kit\0chen", "roles": ["viewer"], "chainDepth": "7"}
    answer = desk.post("/account/", account)
    assert TOLD in text_of(answer)
    assert (ticked(answer), "7" in typed_again(answer)) == ({"viewer"}, True)
    given = {"firstName": "M\0", "lastName": "Li", "email": "m@example.org", "role": "member"}
    answer = desk.post(f"/users/{cast.member.pk}/", given)
    assert (answer.status_code, "Li" in typed_again(answer)) == (422, True)
    assert User.objects.get(pk=cast.member.pk).last_name == ""


def test_whoever_joins_types_the_rest_once(cast: Cast) -> None:
    invitations.invite("zoe@example.org", actor=cast.acting("admin"), role="member")
    (letter,) = sent()
    given = {"firstName": "Zoë", "lastName": "Li", "username": "zo\0e", "password": "correct horse"}
    answer = Client().post(path_in(letter), given)
    assert (answer.status_code, TOLD in text_of(answer)) == (422, True)
    assert {"Zoë", "Li", f"zo{SHOWN_AS}e"} <= typed_again(answer)
    assert not User.objects.filter(email="zoe@example.org").exists()


def test_signing_in_says_it_too(cast: Cast) -> None:
    answer = Client().post("/sign-in/", {"username": "owner", "password": "de\0mo"})
    assert TOLD in text_of(answer)
    assert "owner" in typed_again(answer)
    assert answer.context["user"].is_anonymous


def test_an_object_is_neither_made_nor_changed(cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup", key="first")
    client = browser(cast.owner)
    given = {"name": "Bread", "key": "soup", "attributes.note": "a\0b", "attributes.servings": "4"}
    answer = client.post("/boards/recipe/new/", given)
    assert answer.status_code == 422
    assert text_of(answer).count(TOLD) == 1
    assert {"Bread", "soup", "4", f"a{SHOWN_AS}b"} <= typed_again(answer)
    assert list(GovernedObject.objects.all()) == [soup]
    edited = {"name": "Broth", "attributes.note": "a\0b", "version": "1"}
    answer = client.post(f"/objects/{soup.pk}/edit/", edited)
    assert (answer.status_code, "Broth" in typed_again(answer)) == (422, True)
    soup.refresh_from_db()
    assert soup.name == "Soup"


def test_a_workflow_is_not_published_and_its_news_stays(cast: Cast, kitchen: Kitchen) -> None:
    made = workflows.create_workflow("notes", actor=cast.acting("owner"), workspace=cast.main)
    answer = browser(cast.owner).post(
        f"/workflows/{made.key}/publish/", {"description": "New\0 and\nbetter"}
    )
    assert (answer.status_code, TOLD in text_of(answer)) == (422, True)
    assert f"New{SHOWN_AS} and\nbetter" in typed_again(answer)
    assert not Version.objects.exists()


def test_every_form_that_is_drawn_again_was_tried() -> None:
    """One that is added stands here, too: what marks itself so must refuse by itself."""
    assert {name for name, view in _pages() if is_redrawn(view)} == {
        *("change-name", "change-email", "change-password", "create-token"),
        *("invite", "user", "hand-over", "account", "accept-invitation"),
        *("sign-in", "forgotten-password"),
        *("new-object", "edit-object", "new-import", "publish-workflow"),
    }


def _pages() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.append((one.name or "", one.callback))
            else:
                walk(one.url_patterns)

    walk(get_resolver().url_patterns)
    return found


# --- everything else -----------------------------------------------------------------------------


def test_what_is_not_drawn_again_is_refused_with_its_place(cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup", user_relations={kitchen.business_owner: [cast.owner]})
    client = browser(cast.owner)
    path = f"/objects/{soup.pk}/transitions/"
    answer = client.post(path, {"transition": "submit\0"})
    assert answer.status_code == 422
    assert "What was given as 'transition' holds a character" in text_of(answer)
    soup.refresh_from_db()
    assert soup.state is not None
    assert soup.state.key == "draft"
    part = client.post(path, {"transition": "submit\0"}, headers={"HX-Request": "true"})
    assert (part.status_code, part.json()["errors"][0]["pointer"]) == (422, "/transition")
    assert client.post(path, {"transition": "submit"}).status_code == 302


@pytest.mark.parametrize(
    "path", ["/boards/recipe/?q=%00", "/users/?q=a%00", "/executions/?q=%00", "/?state=%00"]
)
def test_an_address_is_refused_the_same_way(cast: Cast, kitchen: Kitchen, path: str) -> None:
    kitchen.make("Soup")
    client = browser(cast.admin)
    assert client.get(path).status_code == 422
    assert client.get(path.replace("%00", "")).status_code == 200


def test_half_a_pair_needs_an_odd_charset_and_is_refused_all_the_same(cast: Cast) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="firstName"\r\n\r\nA\\ud800da\r\n'
        b'--x\r\nContent-Disposition: form-data; name="lastName"\r\n\r\nLi\r\n--x--\r\n'
    )
    odd = "multipart/form-data; boundary=x; charset=raw_unicode_escape"
    answer = browser(cast.owner).generic("POST", "/profile/name/", body, content_type=odd)
    assert (answer.status_code, TOLD in text_of(answer)) == (422, True)
    assert {f"A{SHOWN_AS}da", "Li"} <= typed_again(answer)
    pages = browser(cast.admin)
    answer = pages.generic("POST", "/admin/accounts/workspace/add/", body, content_type=odd)
    assert answer.status_code == 422


def test_the_administration_says_it_at_its_own_fields(cast: Cast) -> None:
    given = {"key": "kitchen", "name": "Kit\0chen", "access": "open"}
    answer = browser(cast.admin).post("/admin/accounts/workspace/add/", given)
    assert answer.status_code == 200
    assert "Null characters are not allowed." in text_of(answer)
    assert "kitchen" in typed_again(answer)
