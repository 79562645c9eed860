"""Wake-ups: the first of a burst at once, those that follow as one, none lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.db import transaction

from journal.waking import wake

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "tests.nobody"
SECONDS = 20


class Sent:
    """What has gone to the broker."""

    def __init__(self) -> None:
        self.arguments: list[Any] = []
        self._more = threading.Condition()

    def __call__(self, *, sender: str, body: Any, **_: Any) -> None:
        if sender == TASK:
            with self._more:
                self.arguments.append(body[0][0])
                self._more.notify_all()

    def reach(self, count: int) -> bool:
        with self._more:
            return self._more.wait_for(lambda: len(self.arguments) >= count, timeout=SECONDS)


@pytest.fixture
def sent() -> Iterator[Sent]:
    found = Sent()
    before_task_publish.connect(found, weak=False)
    yield found
    before_task_publish.disconnect(found)


def test_the_first_goes_at_once_and_the_last_is_not_lost(sent: Sent) -> None:
    wake(TASK, "first")
    assert sent.arguments == ["first"]
    for _ in range(200):
        wake(TASK, "first")
    assert sent.reach(2)
    assert len(sent.arguments) < 100


def test_after_a_burst_the_next_goes_at_once_again(sent: Sent) -> None:
    """The thread that ends bursts forgets them: without that, every later one would be late."""
    for round_number in range(1, 4):
        wake(TASK, "again")
        assert sent.reach(round_number)


def test_others_are_not_held_up(sent: Sent) -> None:
    for number in range(20):
        wake(TASK, number)
    assert sent.arguments == list(range(20))


def test_once_a_transaction_and_after_it(sent: Sent) -> None:
    with transaction.atomic():
        for _ in range(3):
            wake(TASK, "inside")
        assert sent.arguments == []
    assert sent.arguments == ["inside"]


def test_what_was_rolled_back_wakes_nobody(sent: Sent) -> None:
    with transaction.atomic():
        wake(TASK, "never")
        transaction.set_rollback(True)
    wake(TASK, "after")
    assert sent.arguments == ["after"]
