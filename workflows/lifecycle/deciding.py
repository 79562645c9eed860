"""What waits for somebody's vote, as one query: their own, and of those who handed them theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Refused as Refusal
from accounts.models import User
from catalog.models import GovernedObject
from journal.clock import now
from workflows.lifecycle import approvals
from workflows.lifecycle.approvals import Awaiting, Refused, Result
from workflows.lifecycle.models import ApprovalElector, ApprovalRequest, ApprovalVote
from workflows.voting.ballots import represented_by
from workflows.voting.models import Delegation, holding

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several votes: `detail` is the sentence, of a refusal too."""

    id: int
    ok: bool
    detail: str


def mine_to_decide(actor: Actor) -> QuerySet[ApprovalRequest]:
    """The open requests on which this actor may vote and has not.

    Who is entitled is read as it was last counted; a vote is checked against what is true then.
    """
    if actor.user is None or not actor.is_active:
        return ApprovalRequest.objects.none()
    seen = gate.narrow(actor, "view", GovernedObject.objects.all())
    rows = open_requests().filter(object__in=seen.order_by().values("pk"))
    return rows.filter(pk__in=_rows_left(actor.user).values("request"))


def count_of_mine(actor: Actor) -> int:
    """How many wait; whoever is asked for nothing costs one small query."""
    if actor.user is None or not _rows_left(actor.user).exists():
        return 0
    return mine_to_decide(actor).count()


def electors_to_represent(request: ApprovalRequest, *, actor: Actor) -> list[User]:
    """Those as whom this actor may still vote on a request, oneself first."""
    return electors_of_each([request], actor=actor)[request.pk]


def electors_of_each(
    requests: Iterable[ApprovalRequest],
    *,
    actor: Actor,
    people: Mapping[int, User] | None = None,
) -> dict[int, list[User]]:
    """The same of several requests by id, in two queries whatever their number.

    `people` is what `stands_for` answers, where that was asked before.
    """
    left: dict[int, list[User]] = {one.pk: [] for one in requests}
    if actor.user is None or not left:
        return left
    people = stands_for(actor) if people is None else people
    rows = _rows_left(actor.user).filter(request__in=left)
    found: dict[int, set[int]] = defaultdict(set)
    for request_id, user_id in rows.values_list("request", "user"):
        found[request_id].add(user_id)
    return {pk: [people[one] for one in people if one in found[pk]] for pk in left}


def stands_for(actor: Actor) -> dict[int, User]:
    """By id, those as whom this actor votes at present, oneself first."""
    if actor.user is None:
        return {}
    return {user.pk: user for user in [actor.user, *represented_by(actor.user)]}


def open_requests() -> QuerySet[ApprovalRequest]:
    """Those about the state in which their object still stands."""
    rows = ApprovalRequest.objects.filter(status="open", transition__isnull=False)
    return rows.filter(from_state=F("object__state"), opened_at__gte=F("object__state_since"))


def vote_on_each(
    ids: Sequence[int], decision: str, *, actor: Actor, comment: dict[str, Any] | None = None
) -> list[Outcome]:
    """Votes on several requests alike, each for itself: one that is refused holds up no other.

    One's own vote where one is entitled, else that of the first colleague who handed theirs over.
    """
    return [
        _voted(pk, decision, actor=actor, comment=comment)
        for pk in list(dict.fromkeys(ids))[:MOST_AT_ONCE]
    ]


def _voted(pk: int, decision: str, *, actor: Actor, comment: dict[str, Any] | None) -> Outcome:
    try:
        request = approvals.find(pk, actor=actor)
        left = electors_to_represent(request, actor=actor)
        result = approvals.vote(
            request,
            decision,
            actor=actor,
            on_behalf_of=left[0] if left else None,
            comment=comment,
        )
    except Refusal as refusal:
        return Outcome(pk, False, refusal.detail)
    return Outcome(pk, True, told(result))


def told(result: Result) -> str:
    """What a vote has come to, as a sentence."""
    if isinstance(result, Awaiting):
        count = result.count
        return f"Your vote is in: {count.approvals} of {count.required} agree so far."
    if isinstance(result, Refused):
        return "Your vote has ended the request."
    return f"It was the last vote: {result.object.name} is now {result.transition.to_state.name}."


def _rows_left(user: User) -> QuerySet[ApprovalElector]:
    """Where this person, or one whom they stand in for, is entitled and has not voted."""
    voted = ApprovalVote.objects.filter(
        request=OuterRef("request"), elector=OuterRef("user"), ended_at=None
    )
    away = Delegation.objects.filter(holding(now()), delegate=user, delegator__is_active=True)
    people = Q(user=user) | Q(user__in=away.order_by().values("delegator"))
    return ApprovalElector.objects.filter(~Exists(voted), people)
