"""What one reader may be told at this moment: read from the rows, through the gate, each time.

A push says only which rows to look at. So a right that was lost in between is lost here, too, and
ten changes in a row are told as the one that they come to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Max

from accounts import gate
from accounts.actor import SYSTEM, Actor
from accounts.models import User
from accounts.sockets import Credential
from automations.models import Execution
from catalog.models import Change, GovernedObject
from journal.clock import written
from notifications.consumers.watching import Due, Watch
from notifications.inbox import inbox_of, shown, unread_count
from permissions.history import history_of, without_unread_comments

Message = dict[str, Any]
LONGEST_TEXT = 300
OPEN = frozenset({"queued", "running", "waiting", "paused"})


class Reader:
    """Who reads a page, and what they were told last. Its methods block on the database."""

    def __init__(self, credential: Credential, watch: Watch) -> None:
        self._credential = credential
        self._watch = watch
        self._user_id: int | None = None
        self._unread: int | None = None
        self._executions: dict[int, Message] = {}
        self._objects: dict[int, tuple[int, int]] = {}

    def user(self) -> User | None:
        """Whom the credential belongs to now; None also where it became somebody else's."""
        user = self._credential.user()
        if user is None or self._user_id not in (None, user.pk):
            return None
        self._user_id = user.pk
        return user

    def everything(self) -> Due:
        """What may have changed without a push that arrived."""
        return Due(
            unread=True,
            executions={*self._watch.executions, *self._executions},
            objects=set(self._watch.objects),
        )

    def look(self, due: Due) -> list[Message] | None:
        """The messages; None where nobody is signed in any more."""
        user = self.user()
        if user is None:
            return None
        actor = Actor(user, via_kind="page")
        found = [
            *self._inbox(due, actor),
            *self._executions_told(due.executions, actor),
            *self._objects_told(due.objects, actor),
        ]
        return [*found, {"type": "resync"}] if due.missed else found

    # --- inbox ---

    def _inbox(self, due: Due, actor: Actor) -> Iterator[Message]:
        if not due.unread and not due.notifications:
            return
        had, self._unread = self._unread, unread_count(self._user_id or 0)
        entries = []
        if due.notifications:
            rows = inbox_of(actor).filter(pk__in=due.notifications).order_by("pk")
            entries = shown(rows, actor=actor)
        for entry in entries:
            yield {
                "type": "notification",
                "id": entry.id,
                "subject": entry.subject[:LONGEST_TEXT],
                "unread": self._unread,
            }
        if not entries and had != self._unread:
            yield {"type": "unread", "unread": self._unread}

    # --- executions ---

    def _executions_told(self, ids: set[int], actor: Actor) -> Iterator[Message]:
        if not ids:
            return
        rows = Execution.objects.filter(pk__in=ids).select_related("workflow")
        seen = {row.pk: row for row in gate.narrow(actor, "view", rows).order_by("pk")}
        for gone in ids - seen.keys():
            self._executions.pop(gone, None)
        for row in seen.values():
            told = _execution(row)
            if self._executions.get(row.pk) == told:
                continue
            yield told
            if row.status in OPEN or row.pk in self._watch.executions:
                self._executions[row.pk] = told
            else:
                self._executions.pop(row.pk, None)

    # --- objects ---

    def _objects_told(self, ids: set[int], actor: Actor) -> Iterator[Message]:
        if not ids:
            return
        rows = gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=ids))
        seen = {row.pk: row for row in rows.select_related("object_type")}
        changes = Change.objects.filter(object_id__in=seen).order_by()
        # Without this, who may not read a comment would still hear that there is one.
        known = without_unread_comments(changes, actor=actor).values("object_id")
        newest = dict(known.annotate(newest=Max("pk")).values_list("object_id", "newest"))
        for pk in sorted(ids):
            row = seen.get(pk)
            now = (row.version, newest.get(pk, 0)) if row else (0, 0)
            if self._objects.get(pk) == now:
                continue
            self._objects[pk] = now
            yield _object(row, now[1], actor) if row else {"type": "gone", "objectId": pk}


def _object(row: GovernedObject, newest: int, actor: Actor) -> Message:
    """With who changed it, where the reader sees that change in its history."""
    last = history_of(row, actor=actor).first()
    told: Message = {
        "type": "object",
        "id": row.pk,
        "version": row.version,
        "changeId": last.pk if last else None,
        "modifiedAt": written(row.modified_at),
    }
    if last is not None and last.pk == newest:
        told |= {"by": _name_of(last)[:LONGEST_TEXT], "via": last.via_kind}
    return told


def _execution(row: Execution) -> Message:
    """Of an execution everybody who sees it may know this; none of its details stands here."""
    return {
        "type": "execution",
        "id": row.pk,
        "workflowKey": row.workflow_key,
        "version": row.version_number,
        "mode": row.mode,
        "status": row.status,
        "startedAt": written(row.started_at) if row.started_at else None,
        "endedAt": written(row.ended_at) if row.ended_at else None,
        "counts": {
            "items": row.item_count,
            "succeeded": row.succeeded_count,
            "failed": row.failed_count,
        },
    }


def _name_of(change: Change) -> str:
    if change.actor_name == SYSTEM:
        return "System"
    found = User.objects.filter(username=change.actor_name).first()
    return found.display_name if found else change.actor_name
