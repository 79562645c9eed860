"""One e-mail address is one user's, whichever way it is given."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.actor import Actor
from accounts.constraints import name_of
from accounts.exceptions import Invalid, Refused
from accounts.models import EmailChange, User
from accounts.services import addresses, invitations, links, users
from accounts.services.profile import change_own, confirm_email_change
from journal.clock import now
from tests.accounts.letters import path_in, sent
from tests.cast import Cast, make_user
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


def test_every_way_of_changing_it_is_compared(cast: Cast) -> None:
    """The column that the database compares follows the address, whoever writes it."""
    users.change_user(cast.member, actor=SYSTEM, email="Mia@example.org")
    assert cast["member"].folded_email == "mia@example.org"
    change_own(
        cast.owner, actor=cast.acting("owner"), email="Own@example.org", current_password="demo"
    )
    confirmed = [message for message in sent() if "Own@example.org" in message.to]
    assert Client().post(path_in(confirmed[0])).status_code == 302
    assert cast["owner"].folded_email == "own@example.org"
    made = users.create_user("new", actor=SYSTEM, email="NEW@example.org")
    assert made.folded_email == "new@example.org"


def test_the_database_refuses_it_too(cast: Cast) -> None:
    for email in ("owner@example.org", "OWNER@example.org"):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            User.objects.create(username="new", email=email)
        assert name_of(error.value) == addresses.CONSTRAINT
    for name in ("one", "two"):
        User.objects.create(username=name, email="")


def test_an_address_that_grows_when_it_is_compared_is_refused(cast: Cast, api: Api) -> None:
    email = "a@" + "\ufdfa" * 60 + ".example"
    answer = api("admin").patch("/api/v1/users/member/", {"email": email})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/email")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_it() -> None:
    """Each on a connection of its own: whom the check can't see yet, the constraint refuses."""
    for round_number in range(5):
        assert at_once(partial(take, round_number)) == ["done", *["/email taken"] * 3]
    assert User.objects.filter(folded_email="a4@example.org").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_one_has_it() -> None:
    people = [make_user(name) for name in ("p0", "p1", "p2", "p3")]
    for person in people:
        email = "A@example.org" if person.pk % 2 else "a@example.org"
        ends = now() + timedelta(hours=1)
        EmailChange.objects.create(user=person, email=email, expires_at=ends)
    links_sent = [links.email_change_link(one) for one in EmailChange.objects.all()]
    tokens = [link.rstrip("/").rsplit("/", 1)[1] for link in links_sent]
    outcomes = at_once(lambda number: confirm_email_change(tokens[number]))
    assert outcomes == ["done", *["conflict"] * 3]


def take(round_number: int, number: int) -> None:
    name, email = f"p{round_number}-{number}", f"{'aA'[number % 2]}{round_number}@example.org"
    if number < 2:
        users.create_user(name, actor=SYSTEM, email=email)
    else:
        users.change_user(make_user(name), actor=SYSTEM, email=email)


def at_once(act: Callable[[int], object]) -> list[str]:
    """What came of four attempts, in order: "done", or what was refused."""
    start = Barrier(4)

    def attempt(number: int) -> str:
        try:
            start.wait(10)
            act(number)
        except Invalid as refused:
            return " ".join(f"{one.pointer} {one.code}" for one in refused.problems)
        except Refused as refused:
            return refused.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(attempt, range(4)), key=lambda outcome: (outcome != "done", outcome))
