"""The last votes at one moment, on real connections: one move each, none missed."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from accounts.services.users import change_user
from catalog.models import Change, UserRelation
from permissions.models import Condition
from tests.cast import Cast, make_cast
from tests.concurrency.test_transitions import at_once
from tests.kitchen import SYSTEM, Kitchen, build_kitchen
from workflows.lifecycle import approvals, service
from workflows.lifecycle.approvals import Awaiting
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote, Transition

pytestmark = pytest.mark.django_db(transaction=True)

ELECTORS = ("owner", "steward", "approver")


def asked(kitchen: Kitchen, cast: Cast, name: str, mode: str) -> ApprovalRequest:
    """A request that the owner has made: all of three, or two of them, decide."""
    Transition.objects.filter(key="retire").update(mode=mode)
    Condition.objects.get_or_create(
        transition=kitchen.transitions["retire"],
        user_relation_type=kitchen.reviewer,
        is_editable=True,
    )
    soup = kitchen.make(name)
    for who in ELECTORS:
        UserRelation.objects.create(type=kitchen.reviewer, object=soup, user=cast[who])
    waiting = service.move(soup, "retire", actor=cast.acting("owner"))
    assert isinstance(waiting, Awaiting)
    return waiting.request


def vote(request: ApprovalRequest, cast: Cast, number: int) -> None:
    who = ("steward", "approver")[number]
    approvals.vote(request, "approve", actor=cast.acting(who))


def moves(request: ApprovalRequest) -> int:
    rows = Change.objects.filter(object_id=request.object_id, verb="transitioned")
    return rows.count()


def run_rounds(rounds: int, mode: str, expected: Counter[str]) -> None:
    cast, kitchen = make_cast(), build_kitchen()
    for number in range(rounds):
        request = asked(kitchen, cast, f"Soup {number}", mode)
        outcomes = at_once(2, partial(vote, request, cast), threads=2)
        assert outcomes == expected, number
        assert moves(request) == 1, number
        request.refresh_from_db()
        assert request.status == "approved", number


ALL = Counter({"done": 2})
MAJORITY = Counter({"done": 1, "Conflict": 1})
MODES = pytest.mark.parametrize(("mode", "expected"), [("all", ALL), ("majority", MAJORITY)])


@MODES
def test_the_last_two_votes_at_once_make_one_move(mode: str, expected: Counter[str]) -> None:
    run_rounds(10, mode, expected)


@pytest.mark.slow
@MODES
def test_the_last_two_votes_at_once_five_hundred_times(mode: str, expected: Counter[str]) -> None:
    run_rounds(500, mode, expected)


def test_one_person_at_once_votes_once() -> None:
    cast, kitchen = make_cast(), build_kitchen()
    request = asked(kitchen, cast, "Soup", "all")
    outcomes = at_once(12, lambda _: vote(request, cast, 0), threads=12)
    assert outcomes == {"done": 1, "Conflict": 11}
    assert ApprovalVote.objects.filter(ended_at=None).count() == 2


def test_many_at_once_ask_once() -> None:
    cast, kitchen = make_cast(), build_kitchen()
    Transition.objects.filter(key="retire").update(mode="all")
    soup = kitchen.make()
    people = [cast.acting(who) for who in (*ELECTORS, "member")]
    at_once(4, lambda n: service.move(soup, "retire", actor=people[n]), threads=4)
    request = ApprovalRequest.objects.get()
    assert request.votes.count() == 4
    assert not moves(request)  # the outsider and the admin have not voted


def test_the_last_vote_while_another_elector_leaves() -> None:
    cast, kitchen = make_cast(), build_kitchen()
    for number in range(5):
        request = asked(kitchen, cast, f"Soup {number}", "all")

        def act(which: int, request: ApprovalRequest = request) -> None:
            if which == 0:
                vote(request, cast, 0)
            else:
                change_user(cast["approver"], actor=SYSTEM, active=False)

        assert at_once(2, act, threads=2) == {"done": 2}
        approvals.recount(request.pk)
        assert moves(request) == 1
        change_user(cast["approver"], actor=SYSTEM, active=True)
