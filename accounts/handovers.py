"""What is handed over when somebody leaves: kinds that the apps contribute, each for its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.registry import Registry

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import User

MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Part:
    """Things of one kind that go to the heir; with `stays`, that don't, and why."""

    kind: str
    count: int
    names: tuple[str, ...] = ()
    stays: str = ""

    @property
    def unnamed(self) -> int:
        return self.count - len(self.names)


def part(kind: str, names: Sequence[str], *, stays: str = "") -> Iterable[Part]:
    """The part of these things, the first of them by name; none where there are none."""
    if names:
        yield Part(kind, len(names), tuple(names[:MOST_NAMED]), stays)


def stay(user: User, heir: User, actor: Actor) -> None:
    """Moves nothing: the parts only say that it stays."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A kind: `parts` says what a person leaves to an heir, `move` moves what goes."""

    key: str
    parts: Callable[[User, User], Iterable[Part]]
    move: Callable[[User, User, Actor], None] = stay


handovers: Registry[Handover] = Registry("what is handed over")
