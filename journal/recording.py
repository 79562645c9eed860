"""Writing events, each with a mark for every consumer that has to act on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from journal.kinds import consumers_of
from journal.models import Event, Pending
from journal.origin import Origin
from journal.prepared import insert
from journal.waking import wake


@dataclass(frozen=True, slots=True)
class Fact:
    """What is to be recorded: the kind, whom it concerns (plain ids), and the details."""

    kind: str
    subject_id: int | None = None
    subject_type_id: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def record(fact: Fact, *, origin: Origin) -> Event:
    """Writes one event in the caller's transaction and wakes its consumers after the commit."""
    return record_many([fact], origin=origin)[0]


def record_many(facts: Iterable[Fact], *, origin: Origin) -> list[Event]:
    """Writes events in bulk, in order, all of one cause."""
    events = [_event(fact, origin) for fact in facts]
    with transaction.atomic(savepoint=False):
        insert(events)
        marks = [
            Pending(event=event, consumer=consumer.key)
            for event in events
            for consumer in consumers_of(event.kind)
        ]
        insert(marks)
        for key in sorted({mark.consumer for mark in marks}):
            wake("journal.consume", key)
    return events


def _event(fact: Fact, origin: Origin) -> Event:
    return Event(
        kind=fact.kind,
        subject_id=fact.subject_id,
        subject_type_id=fact.subject_type_id,
        payload=fact.payload,
        actor_id=origin.user_id,
        actor_name=origin.username,
        via_kind=origin.via_kind,
        via_id=origin.via_id,
        root_id=origin.root_id,
        depth=origin.depth,
    )
