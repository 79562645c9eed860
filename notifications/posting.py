"""Writing what people are told: the inbox's rows, and a delivery for each other channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import User
from catalog.provenance import Provenance
from journal.prepared import Given, Question, insert
from journal.waking import wake
from notifications import pushing
from notifications.channels.inbox import INBOX
from notifications.channels.registry import Channel
from notifications.models import Delivery, Notification
from notifications.recipients import Audience
from notifications.told import Reason, Told, Undelivered

LONGEST_CAUSE = 200
ATTEMPTS = 3
TOLD: Question[tuple[int]] = Question(
    lambda: Notification.objects.filter(cause=Given("cause")).order_by().values_list("user_id")
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody gets to read: a plain subject, sanitised HTML, where it leads, and what it was
    made of."""

    subject: str
    body: str
    url: str = ""
    object_id: int | None = None
    made_of: Provenance | None = None


def post(
    letters: Mapping[int, Letter],
    *,
    audience: Audience,
    through: Sequence[Channel],
    cause: str,
    actor: Actor,
) -> Told:
    """Writes the rows in the caller's transaction, then wakes the senders and the open pages.

    `letters` holds by user id what each of the audience gets.

    Whoever has a row for this cause already is left out and told so: a redelivery writes none.
    """
    ways = {user.pk: _ways(user, through) for user in audience.users}
    audience.leave_out([user for user in audience.users if not ways[user.pk]], Reason.UNREACHABLE)
    written = _write(letters, audience, ways, cause=_shortened(cause), actor=actor)
    _hand_on(written, ways)
    return Told(
        sent=[user.username for user in audience.users],
        left_out=audience.left_out,
        undelivered=_undelivered(audience.users, through),
    )


def _ways(user: User, through: Sequence[Channel]) -> list[Channel]:
    return [channel for channel in through if not channel.unreachable(user)]


def _undelivered(users: Sequence[User], through: Sequence[Channel]) -> list[Undelivered]:
    return [
        Undelivered(user.username, channel.key, f"The user {problem}.")
        for user in users
        for channel in through
        if (problem := channel.unreachable(user))
    ]


def _write(
    letters: Mapping[int, Letter],
    audience: Audience,
    ways: dict[int, list[Channel]],
    *,
    cause: str,
    actor: Actor,
) -> list[Notification]:
    """The new rows. Where another transaction wrote one in between, the constraint says so."""
    for attempt in range(ATTEMPTS):
        _leave_out_told(audience, cause)
        rows = [
            _row(letters[user.pk], user, cause=cause, actor=actor, inbox=INBOX in ways[user.pk])
            for user in audience.users
        ]
        try:
            with transaction.atomic():
                insert(rows)
                return rows
        except IntegrityError:
            if attempt == ATTEMPTS - 1:
                raise
    return []


def _leave_out_told(audience: Audience, cause: str) -> None:
    told = {user_id for (user_id,) in TOLD.rows(cause=cause)}
    audience.leave_out([user for user in audience.users if user.pk in told], Reason.ALREADY_TOLD)


def _row(letter: Letter, user: User, *, cause: str, actor: Actor, inbox: bool) -> Notification:
    origin = actor.origin
    return Notification(
        user=user,
        subject=letter.subject,
        body=letter.body,
        url=letter.url,
        object_id=letter.object_id,
        made_of=letter.made_of.as_json() if letter.made_of is not None else None,
        cause=cause,
        via_kind=origin.via_kind,
        via_id=origin.via_id,
        root_id=origin.root_id,
        is_in_inbox=inbox,
    )


def _hand_on(written: Sequence[Notification], ways: dict[int, list[Channel]]) -> None:
    deliveries = [
        Delivery(notification=row, channel=channel.key)
        for row in written
        for channel in ways[row.user_id]
        if channel.send
    ]
    insert(deliveries)
    for key in sorted({delivery.channel for delivery in deliveries}):
        wake("notifications.deliver", key)
    for row in written:
        if row.is_in_inbox:
            pushing.push_notification(row)


def _shortened(cause: str) -> str:
    if len(cause) <= LONGEST_CAUSE:
        return cause
    digest = hashlib.sha256(cause.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{cause[: LONGEST_CAUSE - 65]}:{digest}"
