"""One e-mail address is one user's, whichever way it is given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.actor import Actor
from accounts.exceptions import Invalid, Refused
from accounts.models import User
from accounts.services import invitations, users
from tests.accounts.letters import path_in, sent
from tests.cast import Cast
from tests.cast import Client as Api
from tests.pages import browser

SYSTEM = Actor.system()


@pytest.mark.parametrize("email", ["owner@example.org", "OWNER@Example.org"])
def test_a_taken_address_is_nobody_elses(cast: Cast, api: Api, email: str) -> None:
    made = api("admin").post("/api/v1/users/", {"username": "new", "email": email})
    changed = api("admin").patch("/api/v1/users/member/", {"email": email})
    for answer in (made, changed):
        assert answer.status_code == 422
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
            ("/email", "taken")
        ]
    with pytest.raises(Invalid):
        invitations.invite(email, actor=SYSTEM)


def test_case_counts_in_no_script(cast: Cast) -> None:
    users.create_user("one", actor=SYSTEM, email="ada@müller.example")
    with pytest.raises(Invalid):
        users.create_user("two", actor=SYSTEM, email="Ada@MÜLLER.example")


def test_whoever_has_it_may_write_it_otherwise_and_no_address_is_everybodys(cast: Cast) -> None:
    changed = users.change_user(cast.owner, actor=SYSTEM, email="Owner@example.org")
    assert changed.email == "Owner@example.org"
    for name in ("one", "two"):
        assert users.create_user(name, actor=SYSTEM).email == ""
    assert users.change_user(cast.member, actor=SYSTEM, email="").email == ""


def test_who_shares_an_address_from_before_keeps_it(cast: Cast) -> None:
    User.objects.filter(pk=cast.member.pk).update(email="owner@example.org")
    kept = users.change_user(
        cast["member"], actor=SYSTEM, email="owner@example.org", first_name="Mia"
    )
    assert kept.first_name == "Mia"


def test_a_member_is_not_told_whose_an_address_is(cast: Cast, api: Api) -> None:
    answers = []
    for email in ("admin@example.org", "nobody@example.org"):
        given = {"email": email, "currentPassword": "demo"}
        answer = api("owner").patch("/api/v1/me/", given)
        answers.append((answer.status_code, {**answer.json(), "waitingEmail": ""}))
        mails = [message.to for message in sent()]
        assert ["owner@example.org"] in mails
        assert ([email] in mails) == (email == "nobody@example.org")
    assert answers[0] == answers[1]


def test_an_address_taken_meanwhile_is_not_confirmed(cast: Cast) -> None:
    form = {"email": "new@example.org", "currentPassword": "demo"}
    browser(cast.owner).post("/profile/email/", form)
    path = path_in(sent()[0])
    users.create_user("new", actor=SYSTEM, email="NEW@example.org")
    assert Client().post(path).status_code == 409
    assert cast["owner"].email == "owner@example.org"


def test_an_invitation_whose_address_was_taken_is_not_accepted(cast: Cast) -> None:
    invitations.invite("ada@example.org", actor=cast.acting("admin"))
    path = path_in(sent()[0])
    users.create_user("new", actor=SYSTEM, email="ada@example.org")
    given = {"username": "ada", "firstName": "Ada", "lastName": "King"}
    answer = Client().post(path, {**given, "password": "correct horse battery"})
    assert answer.status_code == 422
    assert "has this address already" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it() -> None:
    def make(name: str) -> str:
        try:
            users.create_user(name, actor=SYSTEM, email=f"{'aA'[len(name) % 2]}@example.org")
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(make, ["x", "xx", "xxx", "xxxx"]))
    assert outcomes == ["done", "invalid", "invalid", "invalid"]
