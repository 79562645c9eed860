"""Which of a batch of events pass a deployment's stream filter, in one query where that serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid
from automations.models import Deployment
from automations.triggers.event import before_and_after
from catalog.context import ObjectContext, Reading
from catalog.filters import (
    Changes,
    Record,
    Schema,
    Stream,
    Values,
    apply,
    matches,
    parse_stream,
    records_of,
)
from catalog.models import Board, GovernedObject, ObjectType
from journal.clock import now
from journal.models import Event
from permissions.fields import hidden_attributes

log = structlog.get_logger(__name__)


def passing(deployment: Deployment, events: Sequence[Event], schema: Schema) -> list[Event]:
    """The events whose object the stream lets through; all of them where there is no stream."""
    events = _seen(deployment, events)
    raw = deployment.version.definition.get("stream")
    if raw is None or not events:
        return list(events)
    stream = _parsed(deployment, raw, schema)
    if stream is None:
        return []
    events = _with_readable(stream, deployment, events)
    if stream.is_constant and not stream.is_about_change and _all_live(events):
        return _by_query(stream, events)
    return _one_by_one(deployment, stream, events)


def _parsed(deployment: Deployment, raw: Mapping[str, object], schema: Schema) -> Stream | None:
    """The stream by the schema as it is now; None where the schema has left it behind."""
    try:
        return parse_stream(
            raw,
            schema,
            object_type_key=deployment.trigger.get("objectTypeKey"),
            allow_unknown_keys=True,
        )
    except Invalid as refusal:
        log.warning("stream_unreadable", workflow=deployment.workflow.key, problem=refusal.detail)
        return None


def _seen(deployment: Deployment, events: Sequence[Event]) -> list[Event]:
    """The events about objects that the run-as user may see; a deleted one by its last board.

    Without this, whether a workflow ran would tell its owner of objects that are hidden from them.
    One that runs as somebody who is no longer active does run, and fails with that reason.
    """
    actor = Actor(deployment.version.run_as)
    if actor.is_admin or not actor.is_active:
        return list(events)
    ids = {event.subject_id for event in events if event.subject_id is not None}
    rows = gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=ids))
    seen = set(rows.values_list("pk", flat=True))
    boards = gate.narrow(actor, "view", Board.objects.all()).values_list("key", flat=True)
    seen_boards = set(boards) if not _all_live(events) else set()
    return [
        event
        for event in events
        if event.subject_id in seen
        or (event.kind == "objectDeleted" and event.payload["snapshot"]["boardKey"] in seen_boards)
    ]


def _with_readable(stream: Stream, deployment: Deployment, events: Sequence[Event]) -> list[Event]:
    """Those whose deciding attributes the run-as user may read; what can't be read never holds."""
    actor = Actor(deployment.version.run_as)
    if actor.is_admin or not actor.is_active or not stream.attribute_keys:
        return list(events)
    ids = {event.subject_id for event in events if event.subject_id is not None}
    hidden = hidden_attributes(actor, list(GovernedObject.objects.filter(pk__in=ids)))
    return [
        event
        for event in events
        if not stream.attribute_keys & hidden.get(event.subject_id or 0, frozenset())
    ]


def _all_live(events: Sequence[Event]) -> bool:
    return all(event.kind != "objectDeleted" for event in events)


def _by_query(stream: Stream, events: Sequence[Event]) -> list[Event]:
    ids = {event.subject_id for event in events if event.subject_id is not None}
    passed = set(
        apply(stream, GovernedObject.objects.filter(pk__in=ids)).values_list("pk", flat=True)
    )
    return [event for event in events if event.subject_id in passed]


def _one_by_one(deployment: Deployment, stream: Stream, events: Sequence[Event]) -> list[Event]:
    """For what only the event knows: its changes, who caused it, an object that is gone."""
    records = _records(stream, events)
    passed = []
    for event in events:
        record = records.get(event.pk)
        if record is None:
            continue
        try:
            values = stream.values(_context(deployment, event))
        except Invalid as refusal:
            log.warning("stream_failed", workflow=deployment.workflow.key, problem=refusal.detail)
            continue
        if _matches(stream, record, values, event):
            passed.append(event)
    return passed


def _matches(stream: Stream, record: Record, values: Values, event: Event) -> bool:
    changes: Changes = {key: (pair[0], pair[1]) for key, pair in _changes(event).items()}
    return matches(stream, record, values, changes)


def _changes(event: Event) -> Mapping[str, Sequence[object]]:
    found: Mapping[str, Sequence[object]] = event.payload.get("changes", {})
    return found


def _records(stream: Stream, events: Sequence[Event]) -> dict[int, Record]:
    """Event id -> the object as criteria see it."""
    ids = {event.subject_id for event in events if event.subject_id is not None}
    rows = records_of(GovernedObject.objects.filter(pk__in=ids), stream)
    live = {obj.pk: record for obj, record in rows}
    types = dict(ObjectType.objects.values_list("pk", "key"))
    found = {}
    for event in events:
        if event.kind == "objectDeleted":
            found[event.pk] = _from_snapshot(event, types.get(event.subject_type_id or 0, ""))
        elif event.subject_id in live:
            found[event.pk] = live[event.subject_id]
    return found


def _from_snapshot(event: Event, object_type_key: str) -> Record:
    """A deleted object as its event remembers it; it has no relations any more."""
    snapshot = event.payload["snapshot"]
    return Record(
        object_type_key=object_type_key,
        board_key=snapshot["boardKey"],
        state_key=snapshot["stateKey"],
        key=snapshot["key"],
        name=snapshot["name"],
        state_since=event.at,
        created_at=event.at,
        modified_at=event.at,
        attributes=snapshot["attributes"],
    )


def _context(deployment: Deployment, event: Event) -> ObjectContext:
    return ObjectContext(
        reading=Reading(Actor(deployment.version.run_as)),
        current_username=event.actor_name,
        now=now(),
        event=before_and_after(deployment.trigger, event),
    )
