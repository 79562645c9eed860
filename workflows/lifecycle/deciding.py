"""What waits for somebody's vote, as one query: their own, and of those who handed them theirs."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.models import User
from catalog.models import GovernedObject
from workflows.lifecycle.models import ApprovalElector, ApprovalRequest, ApprovalVote
from workflows.voting.ballots import represented_by


def mine_to_decide(actor: Actor) -> QuerySet[ApprovalRequest]:
    """The open requests on which this actor may vote and has not.

    Who is entitled is read as it was last counted; a vote is checked against what is true then.
    """
    if actor.user is None or not actor.is_active:
        return ApprovalRequest.objects.none()
    seen = gate.narrow(actor, "view", GovernedObject.objects.all())
    rows = open_requests().filter(object__in=seen.order_by().values("pk"))
    return rows.filter(pk__in=_votes_left([actor.user, *represented_by(actor.user)]))


def electors_to_represent(request: ApprovalRequest, *, actor: Actor) -> list[User]:
    """Those as whom this actor may still vote on a request, oneself first."""
    if actor.user is None:
        return []
    people = [actor.user, *represented_by(actor.user)]
    left = _votes_left(people, of="user").filter(request=request)
    return [user for user in people if user.pk in set(left)]


def open_requests() -> QuerySet[ApprovalRequest]:
    """Those about the state in which their object still stands."""
    rows = ApprovalRequest.objects.filter(status="open", transition__isnull=False)
    return rows.filter(from_state=F("object__state"), opened_at__gte=F("object__state_since"))


def _votes_left(people: list[User], *, of: str = "request") -> QuerySet[ApprovalElector, int]:
    voted = ApprovalVote.objects.filter(
        request=OuterRef("request"), elector=OuterRef("user"), ended_at=None
    )
    rows = ApprovalElector.objects.filter(~Exists(voted), user__in=people)
    return rows.values_list(of, flat=True)
