"""Sending what waits: one delivery at a time under a lease, its intent committed beforehand.

A sender that dies in between leaves a delivery in status *sending*; when the lease has run out it
is *doubtful*, since nobody knows whether it arrived, and only a person sends it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import structlog
from django.db import models, transaction
from django_fsm import can_proceed

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict
from catalog.models import GovernedObject
from journal.clock import now
from journal.leases import LEASE_SECONDS, Claim, LeaseLost, due, heartbeat
from journal.prepared import Given, Question
from journal.waking import wake
from notifications.channels.registry import Channel, Unsendable, channels
from notifications.inbox import shown
from notifications.models import Delivery
from notifications.recipients import may_see

log = structlog.get_logger(__name__)

RETRY_MINUTES = (1, 5, 30, 120, 360)
"""The pauses between six attempts."""
SENDERS_A_CHANNEL = 2
"""Threads of one process that send at once; a slow mail server takes no more workers than these."""
LONGEST_PROBLEM = 2000
MOST_A_SWEEP = 500

Outcome: TypeAlias = Callable[[Delivery], None]

WAITING: Claim[Delivery] = Claim(
    lambda: Delivery.objects.filter(channel=Given("channel"), status=Delivery.Status.WAITING)
)
TAKEN: Question[Delivery] = Question(
    lambda: Delivery.objects.filter(pk=Given("pk")).select_related("notification__user").order_by()
)

_senders: dict[str, threading.BoundedSemaphore] = {}


def deliver_due(channel_key: str, *, lease_seconds: float = LEASE_SECONDS) -> int:
    """Sends all that waits for this channel; returns how many attempts it made.

    Where enough senders are at work already it leaves the rest to them. It looks again after it
    has made room: what came meanwhile may have been left to it.
    """
    channel = channels[channel_key]
    attempts = 0
    while _waiting(channel).exists() and _room_of(channel).acquire(blocking=False):
        try:
            attempts += _deliver_all(channel, lease_seconds)
        finally:
            _room_of(channel).release()
    return attempts


def sweep() -> None:
    """Finds interrupted sendings, and wakes the senders of what is due."""
    doubt_interrupted()
    for channel in channels:
        if channel.send and _waiting(channel).exists():
            wake("notifications.deliver", channel.key)


def doubt_interrupted() -> int:
    """Marks as doubtful what was being sent when its sender died; returns how many."""
    interrupted = Delivery.objects.filter(status=Delivery.Status.SENDING, leased_until__lt=now())
    doubted = 0
    for delivery in list(interrupted.order_by("pk")[:MOST_A_SWEEP]):
        try:
            _settle(interrupted.filter(pk=delivery.pk), _doubt)
        except LeaseLost:
            continue
        doubted += 1
        log.warning("delivery_doubtful", delivery=delivery.pk, channel=delivery.channel)
    return doubted


def resend(delivery: Delivery, *, actor: Actor) -> Delivery:
    """Queues a doubtful or failed delivery once more, because a person asked for it."""
    gate.demand(actor, "resend", delivery)
    with transaction.atomic():
        row: Delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if not can_proceed(row.queue_again):
            raise Conflict(
                f"This delivery is {row.status}; only a doubtful or failed one is sent again."
            )
        row.queue_again()
        row.due_at = now()
        row.save(update_fields=["status", "attempts", "problem", "due_at"])
        wake("notifications.deliver", row.channel)
    log.info("delivery_queued_again", delivery=row.pk, actor=actor.username)
    return row


def _waiting(channel: Channel) -> models.QuerySet[Delivery]:
    rows: models.QuerySet[Delivery] = Delivery.objects.filter(
        due(now()), channel=channel.key, status=Delivery.Status.WAITING
    )
    return rows


def _room_of(channel: Channel) -> threading.BoundedSemaphore:
    return _senders.setdefault(channel.key, threading.BoundedSemaphore(SENDERS_A_CHANNEL))


def _deliver_all(channel: Channel, lease_seconds: float) -> int:
    attempts = 0
    while taken := _take(channel, lease_seconds):
        delivery, token = taken
        attempts += 1
        try:
            with heartbeat(Delivery, [delivery.pk], token, seconds=lease_seconds):
                outcome = _attempt(channel, delivery)
            held = Delivery.objects.filter(pk=delivery.pk, lease_token=token)
            _settle(held.filter(status=Delivery.Status.SENDING), outcome)
        except LeaseLost:
            log.warning("delivery_lease_lost", delivery=delivery.pk, channel=channel.key)
    return attempts


def _take(channel: Channel, lease_seconds: float) -> tuple[Delivery, str] | None:
    """Claims one delivery and commits that its sending begins, both at once."""
    with transaction.atomic():
        token, keys = WAITING.take(seconds=lease_seconds, channel=channel.key)
        delivery = TAKEN.first(pk=keys[0]) if keys else None
        if delivery is None:
            return None
        delivery.begin()
        delivery.save(update_fields=["status", "attempts"])
    return delivery, token


def _attempt(channel: Channel, delivery: Delivery) -> Outcome:
    """Sends; returns what has become of the delivery."""
    try:
        _demand_still_meant(channel, delivery)
        if channel.send:
            channel.send(delivery)
    except Unsendable as refusal:
        log.warning("delivery_failed", delivery=delivery.pk, problem=str(refusal))
        return partial(_give_up, problem=str(refusal))
    except Exception as problem:
        log.warning("delivery_postponed", delivery=delivery.pk, exc_info=True)
        return partial(_postpone, problem=f"{type(problem).__name__}: {problem}")
    return _succeed


def _demand_still_meant(channel: Channel, delivery: Delivery) -> None:
    """Rights may have gone since it was written: the stricter of then and now counts."""
    told = delivery.notification
    if not told.user.is_active:
        raise Unsendable("The user is not active any more.")
    if problem := channel.unreachable(told.user):
        raise Unsendable(f"The user {problem}.")
    obj = GovernedObject.objects.filter(pk=told.object_id).first() if told.object_id else None
    if obj is not None and not may_see(told.user, obj):
        raise Unsendable("The user may not see the object any more.")
    (entry,) = shown([told], actor=Actor(told.user))
    if entry.is_hidden:
        raise Unsendable("The user may not see what it was made of any more.")


def _settle(rows: models.QuerySet[Delivery], outcome: Outcome) -> None:
    """Writes the outcome and gives the lease back, if the row is still as the caller left it."""
    with transaction.atomic():
        row = rows.select_for_update().first()
        if row is None:
            raise LeaseLost
        outcome(row)
        row.lease_token, row.leased_until = "", None
        row.save(
            update_fields=["status", "problem", "sent_at", "due_at", "lease_token", "leased_until"]
        )


def _succeed(row: Delivery) -> None:
    row.succeed()


def _give_up(row: Delivery, *, problem: str) -> None:
    row.give_up(problem[:LONGEST_PROBLEM])


def _doubt(row: Delivery) -> None:
    row.doubt()


def _postpone(row: Delivery, *, problem: str) -> None:
    if row.attempts > len(RETRY_MINUTES):
        _give_up(row, problem=problem)
        return
    row.postpone(problem[:LONGEST_PROBLEM])
    row.due_at = now() + timedelta(minutes=RETRY_MINUTES[row.attempts - 1])
