"""The supervisor: restarts what dies, gives up on what keeps dying, stops the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from config.serving.supervisor import Patience, Supervisor

QUICK = Patience(most_deaths=3, first_pause=0.001, longest_pause=0.002)


class Scripted:
    """A part whose lives are given: each is called once, the last again and again."""

    def __init__(self, *lives: Callable[[threading.Event], None]) -> None:
        self.name = "scripted"
        self.begun = 0
        self.asked = threading.Event()
        self._lives = lives

    def run(self) -> None:
        life = self._lives[min(self.begun, len(self._lives) - 1)]
        self.begun += 1
        life(self.asked)

    def ask_to_stop(self) -> None:
        self.asked.set()


def until_asked(asked: threading.Event) -> None:
    asked.wait(10)


def failing(asked: threading.Event) -> None:
    raise RuntimeError("broken")


def leaving(asked: threading.Event) -> None:
    raise SystemExit(1)


def returning(asked: threading.Event) -> None:
    return


@pytest.mark.parametrize("death", [failing, leaving, returning])
def test_a_part_that_dies_is_started_again(death: Callable[[threading.Event], None]) -> None:
    alive = threading.Event()

    def living(asked: threading.Event) -> None:
        alive.set()
        until_asked(asked)

    part = Scripted(death, living)
    supervisor = Supervisor([part], give_up=lambda: None, patience=QUICK)
    supervisor.start()
    assert alive.wait(10)
    assert supervisor.stop(seconds=10) == []
    assert part.begun == 2
    assert supervisor.lost is None


def test_a_part_that_keeps_dying_is_given_up() -> None:
    given_up = threading.Event()
    part = Scripted(failing)
    supervisor = Supervisor([part], give_up=given_up.set, patience=QUICK)
    supervisor.start()
    assert given_up.wait(10)
    assert supervisor.lost == "scripted"
    assert supervisor.stop(seconds=10) == []
    assert part.begun == QUICK.most_deaths


def test_deaths_after_a_steady_life_do_not_add_up() -> None:
    enough = threading.Event()

    def living(asked: threading.Event) -> None:
        enough.set()
        until_asked(asked)

    part = Scripted(*[failing] * 6, living)
    patience = Patience(most_deaths=3, first_pause=0.001, steady_seconds=0.0)
    supervisor = Supervisor([part], give_up=lambda: None, patience=patience)
    supervisor.start()
    assert enough.wait(10)
    assert supervisor.stop(seconds=10) == []
    assert supervisor.lost is None


def test_a_part_that_does_not_stop_in_time_is_named() -> None:
    released = threading.Event()

    def deaf(asked: threading.Event) -> None:
        released.wait(10)

    part = Scripted(deaf)
    supervisor = Supervisor([part], give_up=lambda: None)
    supervisor.start()
    assert supervisor.stop(seconds=0.05) == ["scripted"]
    released.set()
    assert supervisor.stop(seconds=10) == []


def test_the_pause_grows_to_a_bound() -> None:
    patience = Patience(first_pause=0.5, longest_pause=10.0)
    assert [patience.pause(deaths) for deaths in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 10.0]
