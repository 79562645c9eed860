"""Handing events out: once, in batches, past poison, under leases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from journal import consuming
from journal.clock import at, now
from journal.consuming import MOST_LEASES, consume, park_killers
from journal.kinds import Consumer, consumers
from journal.leases import Claim, hand_back, renew
from journal.models import Event, Pending
from journal.origin import Origin
from journal.recording import Fact, record, record_many

pytestmark = pytest.mark.django_db

ORIGIN = Origin("system")
KEY = "tests.listener"
OF_LISTENER: Claim[Pending] = Claim(lambda: Pending.objects.filter(consumer=KEY))
ANY: Claim[Pending] = Claim(lambda: Pending.objects.all())


class Listener:
    """A consumer that notes what it gets and fails on what it is told to."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.batches: list[int] = []
        self.poison: set[int] = set()

    def handle(self, events: list[Event]) -> None:
        self.batches.append(len(events))
        for event in events:
            if event.pk in self.poison:
                raise ValueError("poison")
        self.heard += [event.pk for event in events]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Registered past the freeze, and gone afterwards."""
    one = Listener()
    consumers._kinds[KEY] = Consumer(KEY, frozenset({"testHappened"}), one.handle)
    yield one
    del consumers._kinds[KEY]


def happened(count: int = 1) -> list[Event]:
    return record_many([Fact("testHappened") for _ in range(count)], origin=ORIGIN)


def test_each_event_is_handed_out_once_in_order(listener: Listener) -> None:
    events = happened(450)
    assert consume(KEY) == 450
    assert listener.heard == [event.pk for event in events]
    assert max(listener.batches) == consuming.BATCH
    assert consume(KEY) == 0
    assert not Pending.objects.exists()


def test_other_kinds_leave_no_mark(listener: Listener) -> None:
    record(Fact("somethingElse"), origin=ORIGIN)
    assert not Pending.objects.filter(consumer=KEY).exists()


def test_what_was_rolled_back_never_happened(listener: Listener) -> None:
    with transaction.atomic():
        happened()
        transaction.set_rollback(True)
    assert consume(KEY) == 0
    assert not Event.objects.filter(kind="testHappened").exists()


def test_a_late_committer_is_not_passed_over(listener: Listener) -> None:
    """A lower id that appears after a higher one was handled is still handed out."""
    first, second = happened(2)
    mark = Pending.objects.get(event=first)
    mark.delete()
    consume(KEY)
    assert listener.heard == [second.pk]
    Pending.objects.create(event=first, consumer=KEY)
    consume(KEY)
    assert listener.heard == [second.pk, first.pk]


def test_a_poison_event_delays_nobody_and_is_parked(listener: Listener) -> None:
    events = happened(10)
    poison = events[3].pk
    listener.poison = {poison}
    moment = now()
    for round_number in range(MOST_LEASES + 2):
        with at(moment + timedelta(minutes=round_number)):
            consume(KEY)
    assert sorted(listener.heard) == sorted(event.pk for event in events if event.pk != poison)
    mark = Pending.objects.get()
    assert mark.event_id == poison
    assert mark.parked_at is not None
    assert mark.problem == "ValueError: poison"
    assert mark.lease_count == MOST_LEASES


def test_an_event_that_kills_its_worker_is_parked(listener: Listener) -> None:
    """Nothing is reported: only the leases that ran out are counted."""
    happened()
    moment = now()
    for round_number in range(MOST_LEASES):
        with at(moment + timedelta(minutes=round_number)):
            _, marks = OF_LISTENER.take()
            assert marks
    with at(moment + timedelta(hours=1)):
        park_killers()
        assert consume(KEY) == 0
    assert Pending.objects.get().parked_at is not None


def test_a_lease_excludes_others_until_it_runs_out() -> None:
    event = record(Fact("testHappened"), origin=ORIGIN)
    Pending.objects.create(event=event, consumer="nobody")
    moment = now()
    with at(moment):
        token, marks = ANY.take(seconds=30)
        assert marks
        assert not ANY.take()[1]
        assert renew(Pending, marks, token, seconds=30)
    with at(moment + timedelta(seconds=31)):
        stolen, again = ANY.take()
        assert again == marks
        assert not renew(Pending, marks, token)
        hand_back(Pending, marks, token)
        assert Pending.objects.get().lease_token == stolen


def test_a_worker_that_lost_its_lease_keeps_nothing(listener: Listener) -> None:
    happened()
    _, marks = OF_LISTENER.take()
    assert consuming._attempt(consumers[KEY], marks, "an older token") == 0
    assert Pending.objects.count() == 1
