"""What somebody was told: their list, the badge's number, and marking it as read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import NotFound
from catalog.models import GovernedObject
from catalog.provenance import Provenance
from journal.clock import now
from notifications import pushing
from notifications.models import Notification
from permissions.provenance import sight_of

HIDDEN_SUBJECT = "A notification about something you may no longer see"
HIDDEN_VALUES = "A notification with values that you may no longer see"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the inbox as its reader may see it now."""

    id: int
    subject: str
    body: str
    url: str
    object_id: int | None
    read_at: datetime | None
    created_at: datetime
    is_hidden: bool = False


def inbox_of(actor: Actor) -> QuerySet[Notification]:
    """The actor's own inbox, newest first; nobody else's, whatever the actor's role."""
    own = Notification.objects.filter(is_in_inbox=True, user=actor.user)
    return gate.narrow(actor, "view", own).order_by("-id")


def shown(rows: Iterable[Notification], *, actor: Actor) -> list[Entry]:
    """The rows without what the actor may not see any more: without all details where it is the
    object, without the texts where it is something that they were made of.

    As many queries for a page as for one row. What was deleted since keeps its text: it was seen
    in its time.
    """
    page = list(rows)
    made_of = {row.pk: Provenance.of_json(row.made_of) for row in page if row.made_of is not None}
    about = {row.object_id for row in page if row.object_id is not None}
    gone = _gone(about.union(*(one.objects for one in made_of.values())))
    made_of = {pk: one.without(gone) for pk, one in made_of.items()}
    sight = sight_of(made_of.values(), actor=actor, objects=about - gone)
    return [
        _entry(
            row,
            is_hidden=row.object_id in about - gone and not sight.sees(row.object_id),
            hides_values=row.pk in made_of and not sight.shows(made_of[row.pk]),
        )
        for row in page
    ]


def _gone(ids: set[int]) -> set[int]:
    if not ids:
        return set()
    existing = GovernedObject.objects.filter(pk__in=ids).order_by()
    return ids - set(existing.values_list("pk", flat=True))


def unread_count(user_id: int) -> int:
    """How many rows of the inbox are unread; one query on its own index."""
    return _unread(user_id).count()


def mark_read(notification: Notification, *, actor: Actor) -> Notification:
    """Marks one of the actor's own as read; a second time changes nothing."""
    if not gate.allows(actor, "view", notification):
        raise NotFound("There is no such notification.")
    instant = now()
    if Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=instant):
        notification.read_at = instant
        pushing.push_unread(notification.user_id)
    else:
        notification.refresh_from_db(fields=["read_at"])
    return notification


def mark_all_read(*, actor: Actor) -> int:
    """Marks the actor's whole inbox as read; returns how many were unread."""
    if actor.user is None:
        return 0
    marked = _unread(actor.user.pk).update(read_at=now())
    if marked:
        pushing.push_unread(actor.user.pk)
    return marked


def _unread(user_id: int) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=user_id, read_at=None, is_in_inbox=True)


def _entry(row: Notification, *, is_hidden: bool, hides_values: bool) -> Entry:
    entry = Entry(
        id=row.pk,
        subject=row.subject,
        body=row.body,
        url=row.url,
        object_id=row.object_id,
        read_at=row.read_at,
        created_at=row.created_at,
    )
    if is_hidden:
        return replace(
            entry, subject=HIDDEN_SUBJECT, body="", url="", object_id=None, is_hidden=True
        )
    if hides_values:
        return replace(entry, subject=HIDDEN_VALUES, body="", is_hidden=True)
    return entry
