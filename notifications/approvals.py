"""Telling people of moves that are put to a vote: who is asked, who has to look again, the end.

A consumer of the journal: each event is told once, to those only who see the object then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.actor import Actor
from accounts.models import User
from journal.kinds import Consumer
from journal.models import Event
from notifications.channels.email import EMAIL
from notifications.channels.inbox import INBOX
from notifications.links import link_to
from notifications.posting import Letter, post
from notifications.recipients import audience_among
from notifications.texts import html_of, one_line
from permissions.people import ACCOUNT_ADMINS
from workflows.lifecycle.models import ApprovalRequest

Recipients = Callable[[ApprovalRequest, Event], Iterable[User]]
Words = Callable[[ApprovalRequest, Event], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told of a kind of event, in which words; `skips_author`: not who caused it."""

    recipients: Recipients
    words: Words
    skips_author: bool = False


def consume(events: list[Event]) -> None:
    """Tells of each event; a request or an object that is gone has nobody to be told."""
    ids = {event.payload["approvalId"] for event in events}
    rows = ApprovalRequest.objects.select_related("object", "transition__to_state", "requester")
    found = rows.in_bulk(ids)
    for event in events:
        request = found.get(event.payload["approvalId"])
        if request is not None:
            _tell(request, event)


def _tell(request: ApprovalRequest, event: Event) -> None:
    notice = NOTICES[event.kind]
    author = event.actor_id if notice.skips_author else None
    people = notice.recipients(request, event)
    audience = audience_among(people, request.object, author_id=author)
    subject, text = notice.words(request, event)
    letter = Letter(
        one_line(subject), html_of(text), link_to(request.object, None), request.object_id
    )
    post(
        {user.pk: letter for user in audience.users},
        audience=audience,
        through=[INBOX, EMAIL],
        cause=f"event:{event.pk}",
        actor=Actor.system("trigger", f"approval:{request.pk}"),
    )


# --- who -----------------------------------------------------------------------------------------


def _electors(request: ApprovalRequest, event: Event) -> Iterable[User]:
    return User.objects.filter(pk__in=request.elector_rows.values("user"))


def _missing(request: ApprovalRequest, event: Event) -> Iterable[User]:
    """The electors who have not voted."""
    voted = request.votes.filter(ended_at=None, elector__isnull=False).values("elector")
    return User.objects.filter(pk__in=request.elector_rows.values("user")).exclude(pk__in=voted)


def _that_elector(request: ApprovalRequest, event: Event) -> Iterable[User]:
    return User.objects.filter(username=event.payload["elector"])


def _admins_and_requester(request: ApprovalRequest, event: Event) -> Iterable[User]:
    return User.objects.filter(ACCOUNT_ADMINS | Q(pk=request.requester_id))


def _requester_and_voters(request: ApprovalRequest, event: Event) -> Iterable[User]:
    cast = request.votes.filter(ended_at=None).order_by()
    named = Q(pk__in=cast.values("elector")) | Q(pk__in=cast.values("caster"))
    return User.objects.filter(named | Q(pk=request.requester_id))


# --- in which words ------------------------------------------------------------------------------


def _move(request: ApprovalRequest) -> str:
    one = request.transition
    return one.name if one is not None else request.transition_key


def _target(request: ApprovalRequest) -> str:
    one = request.transition
    return one.to_state.name if one is not None else request.to_state_key


def _requested(request: ApprovalRequest, event: Event) -> tuple[str, str]:
    name, move = request.object.name, _move(request)
    text = f"{request.requester_name} asked for {move}: {name} would become {_target(request)}."
    return f"{name}: {move} waits for your vote", f"{text} You are among those who decide."


def _reminded(request: ApprovalRequest, event: Event) -> tuple[str, str]:
    name, move = request.object.name, _move(request)
    due = f"{request.due_at:%Y-%m-%d %H:%M} UTC" if request.due_at else "soon"
    text = f"The vote on {move} of {name} ends {due}, and you have not voted."
    return f"{name}: {move} still waits for your vote", text


def _voided(request: ApprovalRequest, event: Event) -> tuple[str, str]:
    name, move = request.object.name, _move(request)
    text = f"What your vote on {move} of {name} was bound to has changed. It no longer counts."
    return f"{name}: look at {move} again", f"{text} See what changed, and vote anew."


def _blocked(request: ApprovalRequest, event: Event) -> tuple[str, str]:
    name, move = request.object.name, _move(request)
    text = f"{request.requester_name} asked for {move} of {name}, but nobody may vote on it."
    return f"{name}: nobody is entitled to decide {move}", f"{text} It goes on once somebody is."


def _decided(request: ApprovalRequest, event: Event) -> tuple[str, str]:
    name, move, status = request.object.name, _move(request), event.payload["status"]
    text = f"{move} of {name}, which {request.requester_name} asked for, was closed: {status}."
    return f"{name}: {move} was closed ({status})", f"{text} {request.note}".strip()


NOTICES = {
    "approvalRequested": Notice(_electors, _requested, skips_author=True),
    "approvalReminded": Notice(_missing, _reminded),
    "approvalVoided": Notice(_that_elector, _voided),
    "approvalBlocked": Notice(_admins_and_requester, _blocked),
    "approvalDecided": Notice(_requester_and_voters, _decided, skips_author=True),
}
CONSUMER = Consumer("notifications.approvals", frozenset(NOTICES), consume)
