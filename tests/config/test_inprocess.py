"""The in-process queue and the worker that waits on its bell."""

from __future__ import annotations

import threading
from time import monotonic, sleep

import pytest
from django.db import connection, connections

from config.celery import app
from config.inprocess import Bell

done: list[object] = []
arrived = threading.Event()
connected_before: list[bool] = []


# At the module's level, because a worker learns the tasks that exist when it starts.
@app.task(name="tests.probe")
def probe(value: object) -> None:
    """Notes what it was given and how it found its connection; fails when told so."""
    connected_before.append(connections["default"].connection is not None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if value == "fail":
        raise ValueError("told to fail")
    done.append(value)
    if value == "last":
        arrived.set()


@pytest.fixture(autouse=True)
def _forget() -> None:
    done.clear()
    arrived.clear()
    connected_before.clear()


def wait_for(count: int) -> None:
    deadline = monotonic() + 10
    while len(done) < count:
        assert monotonic() < deadline, done
        sleep(0.01)


def test_a_bell_that_rang_before_the_wait_is_heard() -> None:
    bell = Bell()
    seen = bell.times()
    bell.ring()
    assert bell.wait_after(seen, seconds=0)
    assert not bell.wait_after(bell.times(), seconds=0.01)


def test_a_bell_that_keeps_ringing_lets_nobody_wait() -> None:
    bell = Bell()
    bell.keep_ringing()
    assert bell.wait_after(bell.times(), seconds=0)
    bell.settle()
    assert not bell.wait_after(bell.times(), seconds=0.01)


@pytest.mark.usefixtures("worker")
def test_a_failing_task_costs_no_other_task_its_turn() -> None:
    for number in range(20):
        app.send_task("tests.probe", args=["fail" if number % 2 else number])
    app.send_task("tests.probe", args=["last"])
    assert arrived.wait(20)
    wait_for(11)
    assert sorted(done, key=str) == sorted([*range(0, 20, 2), "last"], key=str)


@pytest.mark.usefixtures("worker")
def test_no_task_leaves_its_connection_to_the_next_one() -> None:
    for number in range(12):
        app.send_task("tests.probe", args=[number])
    app.send_task("tests.probe", args=["last"])
    assert arrived.wait(20)
    assert not any(connected_before)


@pytest.mark.usefixtures("worker")
def test_a_wake_up_is_acted_on_within_milliseconds() -> None:
    app.send_task("tests.probe", args=["first"])
    wait_for(1)
    # The best of five: a poll every second would show in each, a busy machine in some.
    assert min(seconds_to_act() for _ in range(5)) < 0.25


def seconds_to_act() -> float:
    arrived.clear()
    began = monotonic()
    app.send_task("tests.probe", args=["last"])
    assert arrived.wait(20)
    return monotonic() - began
