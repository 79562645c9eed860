"""Hands events to consumers: in batches, exactly once, a poison event never in another's way."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import transaction

from journal.clock import now
from journal.kinds import Consumer, consumers, sweeps
from journal.leases import Claim, LeaseLost, due, hand_back
from journal.models import Event, Pending
from journal.prepared import Given, QuestionOfSeveral
from journal.waking import wake

log = structlog.get_logger(__name__)

BATCH = 200
MOST_LEASES = 5
BACKOFF_SECONDS = 2
NEW: Claim[Pending] = Claim(
    lambda: Pending.objects.filter(consumer=Given("consumer"), parked_at=None, lease_count=0)
)
LEFT: Claim[Pending] = Claim(
    lambda: Pending.objects.filter(consumer=Given("consumer"), parked_at=None, lease_count__gt=0)
)
EVENTS: QuestionOfSeveral[Event] = QuestionOfSeveral(
    lambda marks: Event.objects.filter(
        pending__pk__in=marks, pending__lease_token=Given("token")
    ).order_by("pk")
)


def consume(key: str, *, after_each: Callable[[], None] | None = None) -> int:
    """Hands all that is free to this consumer; returns how many events it has acted on.

    `after_each` is called when a batch is committed, before the next one is looked for.
    """
    consumer = consumers[key]
    handled, looks_for_new = 0, True
    while True:
        token, marks = _claim(consumer, looks_for_new=looks_for_new)
        if not marks:
            return handled
        done = _attempt(consumer, marks, token)
        handled += done
        if after_each is not None:
            after_each()
        # After less than a batch, what is new has a wake-up of its own.
        looks_for_new = done in {0, BATCH}


def _claim(consumer: Consumer, *, looks_for_new: bool) -> tuple[str, list[int]]:
    """A batch of marks claimed for the first time, else a single one that failed or was left.

    Alone, an event that kills its worker takes no other event's leases with it.
    """
    if looks_for_new:
        token, marks = NEW.take(limit=BATCH, consumer=consumer.key)
        if marks:
            return token, marks
    return LEFT.take(consumer=consumer.key)


def _attempt(consumer: Consumer, marks: list[int], token: str) -> int:
    try:
        with transaction.atomic():
            return _handle(consumer, marks, token)
    except LeaseLost:
        log.info("lease_lost", consumer=consumer.key, marks=len(marks))
        return 0
    except Exception as problem:
        log.exception("consumer_failed", consumer=consumer.key, marks=len(marks))
        _set_aside(marks, token, f"{type(problem).__name__}: {problem}")
        return 0


def _handle(consumer: Consumer, marks: list[int], token: str) -> int:
    consumer.handle(EVENTS.rows(marks, token=token))
    gone, _ = Pending.objects.filter(pk__in=marks, lease_token=token).delete()
    if gone != len(marks):
        raise LeaseLost
    return gone


def _set_aside(marks: list[int], token: str, problem: str) -> None:
    """A batch that failed is tried again event by event; an event that keeps failing is parked."""
    for mark in Pending.objects.filter(pk__in=marks, lease_token=token):
        if mark.lease_count >= MOST_LEASES:
            mark.parked_at = now()
            mark.problem = problem[:2000]
            mark.save(update_fields=["parked_at", "problem"])
            log.error(
                "event_parked",
                consumer=mark.consumer,
                of_event=mark.event_id,
                problem=problem,
            )
    alone = len(marks) == 1
    delay = BACKOFF_SECONDS if alone else 0
    hand_back(Pending, marks, token, after_seconds=delay)


def sweep() -> None:
    """Wakes whoever has work that is due: what a lost wake-up or a dead worker left behind."""
    park_killers()
    free = Pending.objects.filter(due(now()), parked_at=None)
    for key in free.order_by().values_list("consumer", flat=True).distinct():
        if key in consumers:
            wake("journal.consume", key)
    for kind in sweeps:
        try:
            kind.run()
        except Exception:
            # One kind that can't be swept must not keep the others from their work.
            log.exception("sweep_failed", sweep=kind.key)


def park_killers() -> None:
    """Parks events whose workers died on them again and again without a word."""
    Pending.objects.filter(
        due(now()), parked_at=None, lease_count__gte=MOST_LEASES, problem=""
    ).update(parked_at=now(), problem="Every worker that took this event died.")
