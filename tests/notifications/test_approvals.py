"""What people are told of moves that are put to a vote (`notifications.approvals`)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.services.users import change_user
from catalog.models import Board, GovernedObject, UserRelation
from catalog.services import objects
from journal.clock import at, now
from journal.consuming import consume
from notifications.approvals import CONSUMER
from notifications.models import Notification
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen, build_kitchen
from tests.workflows.voting import ask, put_to_reviewers, reviewed
from workflows.lifecycle import approvals
from workflows.lifecycle.models import Transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def kitchen(cast: Cast) -> Kitchen:
    """The one with a lifecycle."""
    return build_kitchen()


@pytest.fixture
def soup(kitchen: Kitchen, cast: Cast) -> GovernedObject:
    put_to_reviewers(kitchen)
    return reviewed(kitchen, cast)


def told() -> dict[str, str]:
    """Who was told what since the last time, by username."""
    consume(CONSUMER.key)
    rows = {row.user.username: row.subject for row in Notification.objects.select_related("user")}
    Notification.objects.all().delete()
    return rows


def test_electors_are_asked_but_not_who_asked(soup: GovernedObject, cast: Cast) -> None:
    ask(soup, cast)
    consume(CONSUMER.key)
    row = Notification.objects.get(user=cast.steward)
    assert (row.url, row.object_id) == (f"/objects/{soup.pk}/", soup.pk)
    assert row.cause.startswith("event:")
    assert "owner asked for Retire" in row.body
    words = "Soup: Retire waits for your vote"
    assert told() == {"approver": words, "steward": words}
    assert told() == {}


def test_who_cannot_see_the_object_is_told_nothing(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    board = Board.objects.create(key="hidden", name="Hidden", workspace=cast.lab, type="private")
    for hides in (False, True):
        stew = reviewed(kitchen, cast, f"Stew {hides}")
        UserRelation.objects.create(type=kitchen.reviewer, object=stew, user=cast.outsider)
        ask(stew, cast)
        if hides:
            GovernedObject.objects.filter(pk=stew.pk).update(board=board)
            UserRelation.objects.filter(object=stew).delete()
        assert ("outsider" in told()) is not hides


def test_who_is_not_active_is_told_nothing(soup: GovernedObject, cast: Cast) -> None:
    ask(soup, cast)
    change_user(cast.approver, actor=SYSTEM, active=False)
    assert set(told()) == {"steward"}


def test_the_end_is_told_to_who_asked_and_who_voted(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    approvals.vote(request, "approve", actor=cast.acting("steward"))
    told()
    approvals.vote(request, "reject", actor=cast.acting("approver"))
    words = "Soup: Retire was closed (rejected)"
    assert told() == {"owner": words, "steward": words}


def test_a_voided_vote_is_told_to_its_elector(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(watched_attribute_keys=["price"])
    request = ask(soup, cast)
    told()
    objects.update(soup, actor=SYSTEM, attributes={"price": "7.50"})
    approvals.recount(request.pk)
    assert told() == {"owner": "Soup: look at Retire again"}


def test_a_reminder_reaches_who_has_not_voted(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(deadline_hours=8, mode="all")
    request = ask(soup, cast)
    approvals.vote(request, "approve", actor=cast.acting("approver"))
    told()
    with at(now() + timedelta(hours=7)):
        approvals.recount(request.pk)
        assert told() == {"steward": "Soup: Retire still waits for your vote"}


def test_blocked_is_told_to_the_admins_and_who_asked(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(allows_requester_vote=False)
    UserRelation.objects.filter(object=soup).exclude(user=cast.owner).delete()
    ask(soup, cast)
    words = "Soup: nobody is entitled to decide Retire"
    assert told() == {"admin": words, "owner": words}
