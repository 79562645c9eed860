"""The panel of approvals on an object's page: what was asked for, who decides, who has voted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import gate
from accounts.actor import Actor
from accounts.models import User
from catalog.models import AttributeType, CommentType, GovernedObject
from catalog.services.commenting import offered_types
from catalog.views.values import Names, Value, names_of, shown
from workflows.lifecycle import deciding
from workflows.lifecycle.approvals import current
from workflows.lifecycle.models import ApprovalRequest, ApprovalVote

MOST_CLOSED = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """A watched attribute: what was voted on, and what there is now."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Ballot:
    """One line of the electors: whose vote, and what it says: `approve`, `reject` or `none`.

    `differences` holds what the reader may see of what changed since, of what it is bound to.
    """

    name: str
    username: str
    status: str
    cast_by: str = ""
    at: Any = None
    differences: tuple[Difference, ...] = ()
    is_entitled: bool = True


@dataclass(frozen=True, slots=True)
class Approval:
    """A request as its reader sees it, with what they may do about it."""

    request: ApprovalRequest
    requester: str
    ballots: list[Ballot]
    ended: list[Ballot]
    electors: Sequence[User] = ()
    own: Sequence[ApprovalVote] = ()
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True)
class Approvals:
    """The open requests, those that are closed, newest first, and what a comment may be."""

    open: list[Approval]
    closed: list[Approval]
    comment_types: Sequence[CommentType] = ()


def approvals_of(
    obj: GovernedObject,
    attributes: Sequence[AttributeType],
    *,
    hidden: frozenset[str],
    actor: Actor,
) -> Approvals:
    """What was asked for about an object; as many queries for ten requests as for one."""
    rows = ApprovalRequest.objects.filter(object=obj).select_related("transition__to_state")
    found = rows.prefetch_related("votes").order_by("-pk")
    unclosed = [one for one in found.filter(status="open") if one.transition is not None]
    open_ones = [one for one in unclosed if current(obj, one)]
    closed = list(found.exclude(status="open")[:MOST_CLOSED])
    if not open_ones and not closed:
        return Approvals([], [])
    for one in open_ones:
        one.object = obj
    seen = [vote.seen for one in open_ones for vote in one.votes.all()]
    drawing = _Drawing(
        obj=obj,
        attributes={one.key: one for one in attributes if one.key not in hidden},
        names=names_of(attributes, [obj.attributes, *seen]),
        people=_people([*open_ones, *closed]),
    )
    stands_for = deciding.stands_for(actor) if open_ones else {}
    left = deciding.electors_of_each(open_ones, actor=actor, people=stands_for)
    return Approvals(
        [
            Approval(
                request=one,
                requester=drawing.called(one.requester_name),
                ballots=drawing.ballots(one),
                ended=drawing.ended(one),
                electors=left[one.pk],
                own=[vote for vote in _standing(one) if vote.elector_id in stands_for],
                may_withdraw=bool(gate.allows(actor, "withdraw", one)),
            )
            for one in open_ones
        ],
        [
            Approval(one, drawing.called(one.requester_name), drawing.voted(one), [])
            for one in closed
        ],
        list(offered_types(obj, actor=actor)) if any(left.values()) else (),
    )


def _standing(request: ApprovalRequest) -> list[ApprovalVote]:
    return [one for one in request.votes.all() if one.ended_at is None]


def _people(requests: Iterable[ApprovalRequest]) -> Names:
    """How those are called who stand in these requests; one query."""
    named: set[str] = set()
    for one in requests:
        named.update([one.requester_name, *one.electors])
        for vote in one.votes.all():
            named.update([vote.elector_name, vote.caster_name])
    return {one.username: one.display_name for one in User.objects.filter(username__in=named)}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the lines of all requests are drawn from."""

    obj: GovernedObject
    attributes: Mapping[str, AttributeType]
    names: Names
    people: Names

    def called(self, username: str) -> str:
        return self.people.get(username, username)

    def ballots(self, request: ApprovalRequest) -> list[Ballot]:
        """Those entitled, each with their vote; then those who voted and are not any more."""
        votes = {one.elector_name: one for one in _standing(request)}
        lines = [
            self._of(votes.pop(name)) if name in votes else self._waiting(name)
            for name in request.electors
        ]
        return lines + [self._of(one, is_entitled=False) for one in votes.values()]

    def voted(self, request: ApprovalRequest) -> list[Ballot]:
        """Of a closed request, the votes that counted to its end."""
        return [self._of(one) for one in _standing(request)]

    def ended(self, request: ApprovalRequest) -> list[Ballot]:
        """The votes that changes have voided: the latest of each elector who hasn't voted anew."""
        voted = {one.elector_name for one in _standing(request)}
        latest: dict[str, ApprovalVote] = {}
        for one in request.votes.all():
            if one.ended_why == ApprovalVote.End.CHANGED and one.elector_name not in voted:
                latest[one.elector_name] = one
        return [self._of(one) for one in latest.values()]

    def _waiting(self, name: str) -> Ballot:
        return Ballot(self.called(name), name, "none")

    def _of(self, vote: ApprovalVote, *, is_entitled: bool = True) -> Ballot:
        caster = "" if vote.caster_name == vote.elector_name else self.called(vote.caster_name)
        return Ballot(
            name=self.called(vote.elector_name),
            username=vote.elector_name,
            status=vote.decision,
            cast_by=caster,
            at=vote.cast_at,
            differences=self._differences(vote),
            is_entitled=is_entitled,
        )

    def _differences(self, vote: ApprovalVote) -> tuple[Difference, ...]:
        """What has changed since the vote, of the attributes that the reader sees."""
        values = self.obj.attributes
        return tuple(
            Difference(
                self.attributes[key].name,
                shown(self.attributes[key], before, self.names),
                shown(self.attributes[key], values.get(key), self.names),
            )
            for key, before in vote.seen.items()
            if key in self.attributes and before != values.get(key)
        )
