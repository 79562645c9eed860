"""Invitations: sent, accepted once, void in good time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid, NotFound, Refused
from accounts.models import Invitation, User
from accounts.services import invitations, users
from journal.clock import at, now
from tests.accounts.letters import path_in, sent
from tests.cast import Cast, make_user
from tests.pages import browser, text_of

ADA = {
    "firstName": "Ada",
    "lastName": "King-Noel",
    "username": "ada",
    "password": "correct horse battery",
}
ADDRESS = "ada@example.org"


def invited(cast: Cast, **given: Any) -> tuple[Invitation, str]:
    made = invitations.invite(ADDRESS, actor=cast.acting("admin"), **given)
    (message,) = sent()
    assert message.to == [ADDRESS]
    return made, path_in(message)


def test_who_accepts_is_in_with_the_role_and_teams_that_were_offered(cast: Cast) -> None:
    _, path = invited(cast, role="viewer", teams=["Team::Stewards"])
    client = Client()
    assert "admin invites you as viewer" in text_of(client.get(path))
    answer = client.post(path, {**ADA, "role": "admin", "email": "other@example.org"})
    assert answer["Location"] == "/"
    ada = User.objects.get(username="ada")
    assert (ada.role, ada.email, ada.get_full_name()) == ("viewer", ADDRESS, "Ada King-Noel")
    assert [team.name for team in ada.groups.all()] == ["Team::Stewards"]
    assert client.get("/").status_code == 200
    assert Client().get(path).status_code == 404
    assert Client().post(path, {**ADA, "username": "eve"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"username": "OWNER"}, "a user &#x27;OWNER&#x27; already"),
        ({"username": "a b"}, "A username has"),
        ({"password": "short"}, "too short"),
        ({"firstName": ""}, "Enter your first name"),
        ({"lastName": "L33t"}, "Numbers and other characters"),
    ],
)
def test_a_refused_acceptance_leaves_the_invitation_open(
    cast: Cast, given: dict[str, str], told: str
) -> None:
    made, path = invited(cast)
    answer = Client().post(path, {**ADA, **given})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Invitation.objects.get(pk=made.pk).accepted_at is None
    assert ADA["password"] not in answer.content.decode()


def test_all_that_lacks_is_told_at_once(cast: Cast) -> None:
    _, path = invited(cast)
    told = text_of(Client().post(path, {}))
    for one in ("your first name", "your last name", "Choose a user name", "Choose a password"):
        assert one in told


def test_only_admins_invite_and_see_who_is_invited(cast: Cast) -> None:
    made, _ = invited(cast)
    for verb in (
        lambda: invitations.invite("x@example.org", actor=cast.acting("owner")),
        lambda: invitations.resend_invitation(made, actor=cast.acting("owner")),
        lambda: invitations.revoke_invitation(made, actor=cast.acting("owner")),
    ):
        with pytest.raises(Denied):
            verb()
    assert list(invitations.open_invitations(cast.acting("owner"))) == []
    assert list(invitations.open_invitations(cast.acting("admin"))) == [made]


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "required"),
        ("nowhere", "badEmail"),
        ("OWNER@example.org", "taken"),
        ("Ada@Example.org", "invited"),
    ],
)
def test_a_refused_invitation_is_not_sent(cast: Cast, email: str, code: str) -> None:
    invited(cast)
    with pytest.raises(Invalid) as refused:
        invitations.invite(email, actor=cast.acting("admin"))
    assert [problem.code for problem in refused.value.problems] == [code]
    assert sent() == []


def test_links_are_void_when_sent_again_revoked_or_too_old(cast: Cast) -> None:
    made, first = invited(cast)
    invitations.resend_invitation(made, actor=cast.acting("admin"))
    second = path_in(sent()[0])
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    with at(now() + timedelta(days=8)):
        late = Client().get(second)
    assert late.status_code == 404
    assert "This invitation is not valid any more" in text_of(late)
    assert "This invitation" not in text_of(Client().get("/nothing/here/"))
    invitations.revoke_invitation(made, actor=cast.acting("admin"))
    assert Client().post(second, ADA).status_code == 404
    assert not User.objects.filter(username="ada").exists()


def test_the_invitations_of_a_former_admin_are_void_until_another_takes_them_over(
    cast: Cast,
) -> None:
    made, path = invited(cast)
    second = make_user("second", "admin")
    users.change_user(cast.admin, actor=Actor.system(), role="member")
    assert Client().get(path).status_code == 404
    invitations.resend_invitation(made, actor=Actor(second))
    assert Client().get(path_in(sent()[0])).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_become_one_user() -> None:
    made = invitations.invite(ADDRESS, actor=Actor.system())
    path = path_in(sent()[0])
    token = path.split("/")[2]

    def accept(number: int) -> str:
        try:
            invitations.accept_invitation(
                token,
                username=f"ada{number}",
                first_name="Ada",
                last_name="King",
                password="correct horse battery",
            )
        except Refused as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(accept, range(4)))
    assert outcomes.count("done") == 1
    assert User.objects.filter(email=ADDRESS).count() == 1
    with pytest.raises(NotFound):
        invitations.invitation_of(token)
    assert Invitation.objects.get(pk=made.pk).accepted_at is not None


def test_the_page_invites_sends_again_and_revokes(cast: Cast) -> None:
    client = browser(cast.admin)
    client.post("/users/invite/", {"email": ADDRESS, "role": "guest", "teams": "Team::Admins"})
    made = Invitation.objects.get()
    assert (made.role, made.invited_by) == ("guest", cast.admin)
    assert ADDRESS in text_of(client.get("/users/"))
    again = client.post("/users/invite/", {"email": ADDRESS, "role": "guest"})
    assert (again.status_code, "is invited already" in text_of(again)) == (422, True)
    client.post(f"/users/invitations/{made.pk}/resend/")
    client.post(f"/users/invitations/{made.pk}/revoke/")
    assert not Invitation.objects.exists()
    stranger = browser(cast.member)
    answer = stranger.post("/users/invite/", {"email": ADDRESS, "role": "admin"})
    assert answer.status_code == 403
    assert not Invitation.objects.exists()
