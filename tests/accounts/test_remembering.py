"""What one answer has read of its reader: kept for it alone, and for less than a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts import gate, remembering
from accounts.grants import JOIN, set_holders
from accounts.models import Workspace
from accounts.remembering import is_remembering, remembered, remembered_each
from catalog.models import Board, GovernedObject
from config.pages import Remembering
from permissions.fields import editable_attributes, hidden_attributes
from tests.cast import Cast
from tests.kitchen import Kitchen


class Clock:
    """Stands in the place of the monotonic clock, and is put forward by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    one = Clock()
    monkeypatch.setattr(remembering, "monotonic", one)
    return one


@pytest.fixture
def answers() -> Iterator[Any]:
    return iter(range(100))


def test_outside_of_a_request_nothing_is_kept(answers: Iterator[int]) -> None:
    assert [remembered("a", lambda: next(answers)) for _ in range(3)] == [0, 1, 2]
    asked: list[list[int]] = []

    def read(keys: list[int]) -> dict[int, str]:
        asked.append(keys)
        return {key: str(key) for key in keys if key}

    for _ in range(2):
        assert remembered_each("b", [0, 1], read, "none") == {0: "none", 1: "1"}
    assert asked == [[0, 1], [0, 1]]


def test_inside_it_is_read_once_and_forgotten_at_the_end(answers: Iterator[int]) -> None:
    for expected in (0, 1):
        with remembering.remembering():
            assert [remembered("a", lambda: next(answers)) for _ in range(3)] == [expected] * 3


def test_only_the_unknown_keys_are_read() -> None:
    asked: list[list[int]] = []

    def read(keys: list[int]) -> dict[int, str]:
        asked.append(keys)
        return {}

    with remembering.remembering():
        for keys in ([1, 2, 1], [2, 3], [3]):
            assert set(remembered_each("a", keys, read, "none").values()) == {"none"}
    assert asked == [[1, 2], [3]]


def test_what_is_a_second_old_is_read_again(clock: Clock, answers: Iterator[int]) -> None:
    with remembering.remembering():
        assert remembered("a", lambda: next(answers)) == 0
        clock.seconds = 0.9
        assert remembered("a", lambda: next(answers)) == 0
        clock.seconds = 1.0
        assert remembered("a", lambda: next(answers)) == 1


def test_a_long_answer_loses_a_right_within_a_second(
    cast: Cast, kitchen: Kitchen, clock: Clock
) -> None:
    Workspace.objects.filter(pk=cast.lab.pk).update(access="private")
    board = Board.objects.create(key="secret", name="Secret", workspace=cast.lab, type="private")
    set_holders(board, JOIN, users=[cast.member], teams=[])
    obj = kitchen.make(board=board)
    actor = cast.acting("member")
    rows = GovernedObject.objects.filter(pk=obj.pk)
    with remembering.remembering():
        assert gate.narrow(actor, "view", rows).exists()
        assert gate.allows(actor, "view", rows.get())
        set_holders(board, JOIN, users=[], teams=[])
        clock.seconds = 1.0
        assert not gate.narrow(actor, "view", rows).exists()
        assert not gate.allows(actor, "view", rows.get())
        assert gate.narrow(cast.acting("admin"), "view", rows).exists()


def test_what_is_remembered_of_one_is_not_told_of_another(cast: Cast, kitchen: Kitchen) -> None:
    board = Board.objects.create(key="secret", name="Secret", workspace=cast.lab, type="private")
    set_holders(board, JOIN, users=[cast.member], teams=[])
    obj = kitchen.make(board=board)
    with remembering.remembering():
        for name, sees in (("member", True), ("steward", False), ("outsider", False)):
            actor = cast.acting(name)
            assert bool(gate.allows(actor, "view", obj)) is sees
            assert gate.narrow(actor, "view", GovernedObject.objects.all()).exists() is sees
            assert bool(editable_attributes(actor, [obj])[obj.pk]) is sees
            assert bool(hidden_attributes(actor, [obj])[obj.pk]) is not sees


@pytest.mark.parametrize(
    ("method", "keeps"),
    [("GET", True), ("HEAD", True), ("POST", False), ("PATCH", False), ("DELETE", False)],
)
def test_requests_that_change_something_remember_nothing(method: str, keeps: bool) -> None:
    found: list[bool] = []

    def answer(request: HttpRequest) -> HttpResponse:
        found.append(is_remembering())
        return HttpResponse()

    Remembering(answer)(RequestFactory().generic(method, "/"))
    assert found == [keeps]
    assert not is_remembering()


def test_every_request_goes_through_it() -> None:
    assert "config.pages.Remembering" in settings.MIDDLEWARE
