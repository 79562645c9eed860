"""Wake-ups: the first of a burst at once, those that follow as one, none lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app, shared_task
from celery.signals import before_task_publish
from django.db import transaction

from journal.waking import keeping_one, wake

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


@shared_task(name="tests.noting")
def noting(text: str) -> None:
    done.append(text)
    wake(TASK, f"by {text}")
    if text == "bad":
        raise ValueError(text)


done: list[str] = []


def test_the_first_one_is_kept_and_run_here(sent: Sent) -> None:
    done.clear()
    assert "tests.noting" in current_app.tasks
    with keeping_one() as run_kept:
        with transaction.atomic():
            wake("tests.noting", "kept")
            wake(TASK, "sent")
            assert done == sent.arguments == []
        assert (done, sent.arguments) == ([], ["sent"])
        run_kept()
        # What it wakes itself goes the common way.
        assert (done, sent.arguments) == (["kept"], ["sent", "by kept"])
        run_kept()
    assert done == ["kept"]


def test_what_was_kept_and_not_run_is_sent(sent: Sent) -> None:
    with keeping_one():
        wake(TASK, "left over")
        assert sent.arguments == []
    assert sent.arguments == ["left over"]


def test_one_that_fails_takes_nothing_with_it(sent: Sent) -> None:
    done.clear()
    with keeping_one() as run_kept:
        wake("tests.noting", "bad")
        run_kept()
        wake("tests.noting", "good")
        run_kept()
    assert (done, sent.arguments) == (["bad", "good"], ["by bad", "by good"])
