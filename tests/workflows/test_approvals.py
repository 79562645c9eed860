"""Moves that are put to a vote: asked for, voted on, taken back, counted anew, handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.exceptions import Conflict, Denied, Invalid
from accounts.services.users import change_user
from catalog.models import Change, GovernedObject, UserRelation
from catalog.services import assigning, objects
from journal.clock import at, now
from journal.consuming import consume
from journal.models import Event
from permissions.models import Condition
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen
from workflows.lifecycle import approvals, deciding, service
from workflows.lifecycle.approvals import Awaiting, Refused
from workflows.lifecycle.entering import Moved
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote, Transition
from workflows.lifecycle.recounting import CONSUMER, sweep
from workflows.voting import delegating
from workflows.voting.models import Delegation

pytestmark = pytest.mark.django_db

ELECTORS = ("owner", "steward", "approver")


@pytest.fixture
def soup(kitchen: Kitchen, cast: Cast) -> GovernedObject:
    """Its reviewers decide whether it is retired: owner, steward and approver."""
    Condition.objects.create(
        transition=kitchen.transitions["retire"],
        user_relation_type=kitchen.reviewer,
        is_editable=True,
    )
    made = kitchen.make()
    for name in ELECTORS:
        UserRelation.objects.create(type=kitchen.reviewer, object=made, user=cast[name])
    return made


def ask(soup: GovernedObject, cast: Cast, who: str = "owner") -> ApprovalRequest:
    asked = service.move(soup, "retire", actor=cast.acting(who))
    assert isinstance(asked, Awaiting)
    return asked.request


def vote(request: ApprovalRequest, cast: Cast, who: str, decision: str = "approve") -> object:
    return approvals.vote(request, decision, actor=cast.acting(who))


def rules(kitchen: Kitchen, **changed: object) -> None:
    Transition.objects.filter(key="retire").update(**changed)


def state_of(soup: GovernedObject) -> str:
    state = GovernedObject.objects.get(pk=soup.pk).state
    return state.key if state else ""


def counted_anew(kind: str) -> None:
    """Does what a worker would after an event of this kind."""
    assert kind in CONSUMER.kinds
    consume(CONSUMER.key)
    for pk in ApprovalRequest.objects.filter(recount_at__lte=now()).values_list("pk", flat=True):
        approvals.recount(pk)


def test_an_electors_move_is_request_and_vote_in_one(soup: GovernedObject, cast: Cast) -> None:
    asked = service.move(soup, "retire", actor=cast.acting("owner"))
    assert isinstance(asked, Awaiting)
    assert (asked.count.approvals, asked.count.required) == (1, 2)
    request = ApprovalRequest.objects.get()
    assert request.electors == ["approver", "owner", "steward"]
    assert (request.requester_name, request.status, request.to_state_key) == (
        "owner",
        "open",
        "archived",
    )
    assert state_of(soup) == "draft"
    moved = service.move(soup, "retire", actor=cast.acting("steward"))
    assert isinstance(moved, Moved)
    assert state_of(soup) == "archived"
    request.refresh_from_db()
    assert (request.status, request.approvals) == ("approved", 2)
    told = Event.objects.get(kind="workflowStateChanged").payload
    assert told["approvalId"] == request.pk
    verbs = Change.objects.filter(object_id=soup.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-5:] == ["requested", "voted", "voted", "decided", "transitioned"]


def test_who_is_not_entitled_neither_asks_nor_votes(soup: GovernedObject, cast: Cast) -> None:
    for who in ("member", "viewer", "admin"):
        with pytest.raises(Denied):
            service.move(soup, "retire", actor=cast.acting(who))
    with pytest.raises(Denied):
        service.move(soup, "retire", actor=SYSTEM)
    assert not ApprovalRequest.objects.exists()
    request = ask(soup, cast)
    for who in ("member", "viewer", "admin"):
        with pytest.raises(Denied):
            vote(request, cast, who)
    with pytest.raises(Denied):
        approvals.vote(request, "approve", actor=SYSTEM)
    assert ApprovalVote.objects.count() == 1


def test_an_admin_counts_where_a_condition_matches(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    request = ask(soup, cast)
    UserRelation.objects.create(type=kitchen.reviewer, object=soup, user=cast.admin)
    assert isinstance(vote(request, cast, "admin"), Awaiting)
    assert isinstance(vote(request, cast, "steward"), Moved)  # three of four


def test_nobody_votes_twice(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    for again in (
        lambda: vote(request, cast, "owner"),
        lambda: vote(request, cast, "owner", "reject"),
        lambda: service.move(soup, "retire", actor=cast.acting("owner")),
    ):
        with pytest.raises(Conflict) as refusal:
            again()
        assert refusal.value.code == "alreadyVoted"


def test_a_reject_ends_the_request_and_another_may_be_made(
    soup: GovernedObject, cast: Cast
) -> None:
    request = ask(soup, cast)
    assert isinstance(vote(request, cast, "steward", "reject"), Refused)
    request.refresh_from_db()
    assert (request.status, request.note) == ("rejected", "steward voted against it.")
    with pytest.raises(Conflict) as refusal:
        vote(request, cast, "approver")
    assert refusal.value.code == "requestClosed"
    assert ask(soup, cast, "steward").pk != request.pk


def test_an_unknown_decision_names_what_there_is(soup: GovernedObject, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        vote(ask(soup, cast), cast, "steward", "aprove")
    assert (refusal.value.problems[0].pointer, refusal.value.problems[0].nearest) == (
        "/decision",
        "approve",
    )


def test_a_vote_is_withdrawn_and_cast_anew(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    rules_all = Transition.objects.filter(key="retire")
    rules_all.update(mode="all")
    vote(request, cast, "steward")
    approvals.withdraw_vote(request, actor=cast.acting("steward"))
    with pytest.raises(Conflict):
        approvals.withdraw_vote(request, actor=cast.acting("steward"))
    assert isinstance(vote(request, cast, "approver"), Awaiting)
    assert isinstance(vote(request, cast, "steward"), Moved)


def test_the_requesters_last_vote_withdrawn_ends_the_request(
    soup: GovernedObject, cast: Cast
) -> None:
    request = ask(soup, cast)
    approvals.withdraw_vote(request, actor=cast.acting("owner"))
    request.refresh_from_db()
    assert request.status == "withdrawn"


def test_a_request_is_withdrawn_by_its_requester_or_an_admin(
    soup: GovernedObject, cast: Cast
) -> None:
    request = ask(soup, cast)
    with pytest.raises(Denied):
        approvals.withdraw(request, actor=cast.acting("steward"))
    approvals.withdraw(request, actor=cast.acting("owner"))
    other = ask(soup, cast, "steward")
    approvals.withdraw(other, actor=cast.acting("admin"))
    row = Change.objects.filter(verb="decided").latest("pk")
    assert (row.after, row.is_override) == ("withdrawn", True)


def test_the_requesters_own_vote_can_be_barred(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    rules(kitchen, allows_requester_vote=False, mode="all")
    request = ask(soup, cast)
    request.refresh_from_db()
    assert request.electors == ["approver", "steward"]
    with pytest.raises(Denied):
        vote(request, cast, "owner")
    with pytest.raises(Conflict):
        service.move(soup, "retire", actor=cast.acting("owner"))
    vote(request, cast, "steward")
    assert isinstance(vote(request, cast, "approver"), Moved)


def test_mode_any_with_a_barred_requester_needs_another(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    rules(kitchen, allows_requester_vote=False, mode="any")
    request = ask(soup, cast)
    assert isinstance(vote(request, cast, "steward"), Moved)
    other = kitchen.make("Stew")
    moved = service.move(other, "retire", actor=cast.acting("admin"))
    assert isinstance(moved, Moved)
    assert moved.override


def test_nobody_entitled_blocks_and_is_reported_once(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    rules(kitchen, allows_requester_vote=False)
    UserRelation.objects.filter(object=soup).exclude(user=cast.owner).delete()
    request = ask(soup, cast)
    request.refresh_from_db()
    assert request.is_blocked
    approvals.recount(request.pk)
    assert Event.objects.filter(kind="approvalBlocked").count() == 1
    assert state_of(soup) == "draft"


def test_a_leaver_stops_counting_which_may_complete_it(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    vote(request, cast, "steward")
    change_user(cast.approver, actor=SYSTEM, active=False)
    counted_anew("userChanged")
    assert state_of(soup) == "archived"
    row = Change.objects.get(object_id=soup.pk, verb="transitioned")
    assert (row.actor_name, row.via_kind, row.via_id) == (
        "system",
        "trigger",
        f"approval:{request.pk}",
    )


def test_a_joiner_must_vote_and_a_leavers_vote_is_kept_with_the_name(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    Transition.objects.filter(key="retire").update(mode="all")
    request = ask(soup, cast)
    vote(request, cast, "steward")
    assigning.assign(soup, kitchen.reviewer, cast["member"], actor=SYSTEM)
    held = UserRelation.objects.get(object=soup, user=cast.owner)
    assigning.unassign(held, actor=SYSTEM)
    counted_anew("userRelationChanged")
    assert isinstance(vote(request, cast, "approver"), Awaiting)
    request.refresh_from_db()
    assert (request.approvals, request.required) == (2, 3)
    assert isinstance(vote(request, cast, "member"), Moved)
    assert {one.elector_name for one in ApprovalVote.objects.all()} == {*ELECTORS, "member"}


def test_a_change_of_a_watched_attribute_voids_the_vote(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(watched_attribute_keys=["price"])
    request = ask(soup, cast)
    objects.update(soup, actor=SYSTEM, attributes={"note": "no matter"})
    counted_anew("attributeChanged")
    assert not ApprovalVote.objects.exclude(ended_at=None).exists()
    objects.update(soup, actor=SYSTEM, attributes={"price": "7.50"})
    # Before anybody has counted anew: what was voted on is not what there is.
    assert isinstance(vote(request, cast, "steward"), Awaiting)
    counted_anew("attributeChanged")
    voided = ApprovalVote.objects.exclude(ended_at=None).get()
    assert (voided.elector_name, voided.ended_why, voided.seen) == (
        "owner",
        "changed",
        {"price": None},
    )
    rows = Change.objects.filter(object_id=soup.pk, verb="voted")
    assert not [row for row in rows if row.before or "seen" in row.after]
    assert isinstance(vote(request, cast, "owner"), Moved)


def test_what_leaves_the_state_otherwise_closes_the_request(
    soup: GovernedObject, cast: Cast
) -> None:
    request = ask(soup, cast)
    service.move(soup, "submit", actor=SYSTEM)
    request.refresh_from_db()
    assert request.status == "withdrawn"
    service.move(soup, "send_back", actor=SYSTEM)
    assert ask(soup, cast, "steward").pk != request.pk


def test_a_deadline_reminds_and_expires(soup: GovernedObject, cast: Cast) -> None:
    Transition.objects.filter(key="retire").update(deadline_hours=8)
    request = ask(soup, cast)
    with at(now() + timedelta(hours=7)):
        sweep()
        approvals.recount(request.pk)
        approvals.recount(request.pk)
    assert Event.objects.filter(kind="approvalReminded").count() == 1
    with at(now() + timedelta(hours=9)):
        approvals.recount(request.pk)
    request.refresh_from_db()
    assert request.status == "expired"
    assert state_of(soup) == "draft"


def test_one_of_each_relation_must_agree(
    soup: GovernedObject, kitchen: Kitchen, cast: Cast
) -> None:
    rules(kitchen, mode="onePerRelation")
    Condition.objects.create(
        transition=kitchen.transitions["retire"],
        user_relation_type=kitchen.business_owner,
        is_editable=True,
    )
    UserRelation.objects.create(type=kitchen.business_owner, object=soup, user=cast["member"])
    request = ask(soup, cast, "steward")
    assert isinstance(vote(request, cast, "approver"), Awaiting)
    assert isinstance(vote(request, cast, "member"), Moved)


def test_a_colleague_votes_for_who_is_away(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    member, steward = cast.acting("member"), cast["steward"]
    with pytest.raises(Denied):
        approvals.vote(request, "approve", actor=member, on_behalf_of=steward)
    handed = delegating.delegate(cast["member"], actor=cast.acting("steward"))
    assert list(deciding.mine_to_decide(member)) == [request]
    assert deciding.electors_to_represent(request, actor=member) == [steward]
    # Their own vote they have not: they are not entitled themselves.
    with pytest.raises(Denied):
        approvals.vote(request, "approve", actor=member)
    moved = approvals.vote(request, "approve", actor=member, on_behalf_of=steward)
    assert isinstance(moved, Moved)
    cast_for = ApprovalVote.objects.get(elector=steward)
    assert cast_for.caster_name == "member"
    delegating.end(handed, actor=cast.acting("steward"))
    assert not Delegation.objects.exists()


def test_a_delegation_has_its_time(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    member, steward = cast.acting("member"), cast["steward"]
    delegating.delegate(
        cast["member"], actor=cast.acting("steward"), ends_at=now() + timedelta(days=1)
    )
    with at(now() + timedelta(days=2)), pytest.raises(Denied):
        approvals.vote(request, "approve", actor=member, on_behalf_of=steward)
    with pytest.raises(Invalid):
        delegating.delegate(cast["steward"], actor=cast.acting("steward"))
    with pytest.raises(Denied):
        delegating.delegate(cast["steward"], actor=SYSTEM)


def test_what_is_mine_to_decide(soup: GovernedObject, cast: Cast) -> None:
    request = ask(soup, cast)
    for who, waiting in (
        ("owner", []),
        ("steward", [request]),
        ("approver", [request]),
        ("member", []),
        ("admin", []),
        ("viewer", []),
    ):
        assert list(deciding.mine_to_decide(cast.acting(who))) == waiting, who
    assert not deciding.mine_to_decide(SYSTEM)
    service.move(soup, "submit", actor=SYSTEM)
    assert not deciding.mine_to_decide(cast.acting("steward"))


def test_a_workflow_asks_but_a_person_votes(soup: GovernedObject, cast: Cast) -> None:
    running = Actor(cast["owner"], via_kind="execution", via_id="1")
    asked = service.move(soup, "retire", actor=running)
    assert isinstance(asked, Awaiting)
    assert not ApprovalVote.objects.exists()
    assert isinstance(service.move_to(soup, "archived", actor=running), Awaiting)
    assert ApprovalRequest.objects.count() == 1
