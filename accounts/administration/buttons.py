"""Buttons: verbs of services that an operator calls with one row, or with several one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from accounts.actor import Actor
from accounts.exceptions import Refused

MOST_TOLD = 10


def _always(row: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Button:
    """`perform(row, actor)` calls a service, which asks the gate for `verb` again.

    `done` is the past participle that tells of it; `fits` says in which status it makes sense.
    """

    key: str
    label: str
    done: str
    verb: str
    perform: Callable[[Any, Actor], object]
    icon: str = ""
    is_dangerous: bool = False
    fits: Callable[[Any], bool] = _always


@dataclass(frozen=True, slots=True)
class Shown:
    """A button as a page shows it: grey, with the reason, where the gate refuses."""

    button: Button
    url: str
    allowed: bool
    reason: str


@dataclass(slots=True)
class Outcome:
    """What came of pressing a button for several rows."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def sentences(self) -> Iterable[str]:
        """Why each of the refused ones was refused; the first few, and how many more."""
        yield from self.refused[:MOST_TOLD]
        if len(self.refused) > MOST_TOLD:
            yield f"{len(self.refused) - MOST_TOLD} more were refused."


def press(button: Button, rows: Iterable[Model], actor: Actor) -> Outcome:
    """Each row by itself: what is refused for one doesn't keep it from the others."""
    outcome = Outcome()
    for row in rows:
        name = str(row)
        try:
            button.perform(row, actor)
        except Refused as refusal:
            outcome.refused.append(f"{name}: {refusal.detail}")
        else:
            outcome.done.append(name)
    return outcome
