"""How an entry point declares its gate: each route, socket, command and task says who gets in.

The declaration is an attribute, `gate`, that a test reads of every entry point there is; one
without it fails the suite. It doesn't let anybody in or keep anybody out: signing in is asked by
the middleware and the API's default permission, what may be done by the services. `open_to`
everyone is the exception, it tells Django's `LoginRequiredMiddleware` to let a page through.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views import View

ATTRIBUTE = "gate"
Entry = TypeVar("Entry")


class Audience(StrEnum):
    """Who may come as far as the entry point's own code."""

    GATE = "gate"
    SIGNED_IN = "signedIn"
    EVERYONE = "everyone"
    OPERATORS = "operators"
    HOUSE = "house"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class GateDeclaration:
    """What an entry point asks the gate: a verb and the things it is asked about; else, why not."""

    audience: Audience
    verb: str = ""
    things: tuple[type, ...] = ()
    why: str = ""

    def __post_init__(self) -> None:
        if self.audience is Audience.GATE and not (self.verb and self.things):
            raise ValueError("A gate is declared with a verb and the things it is asked about.")
        if self.audience is not Audience.GATE and not self.why:
            raise ValueError("An entry point that doesn't ask the gate says why it needn't.")

    def __str__(self) -> str:
        if self.audience is not Audience.GATE:
            return f"{self.audience}: {self.why}"
        return f"{self.verb} {', '.join(thing.__name__ for thing in self.things)}"


def gated(verb: str, *things: type) -> Callable[[Entry], Entry]:
    """Asks the gate for this verb on these things, by `fetch`, `narrow`, `demand` or a service."""
    return declare(GateDeclaration(Audience.GATE, verb, things))


def signed_in(*, why: str) -> Callable[[Entry], Entry]:
    """For every active user; what is shown or done concerns that user alone, or nobody."""
    return open_to(Audience.SIGNED_IN, why=why)


def operators(*, why: str) -> Callable[[Entry], Entry]:
    """For a command: whoever has the shell of the server."""
    return open_to(Audience.OPERATORS, why=why)


def house(*, why: str) -> Callable[[Entry], Entry]:
    """For a task: started by our own rows, never by a request."""
    return open_to(Audience.HOUSE, why=why)


def open_to(audience: Audience | str, *, why: str) -> Callable[[Entry], Entry]:
    """Doesn't ask the gate, and says why."""
    return declare(GateDeclaration(Audience(audience), why=why))


def declare(declaration: GateDeclaration) -> Callable[[Entry], Entry]:
    def mark(entry: Entry) -> Entry:
        setattr(entry, ATTRIBUTE, declaration)
        return _let_through(entry) if declaration.audience is Audience.EVERYONE else entry

    return mark


def _let_through(entry: Any) -> Any:
    if inspect.isclass(entry):
        if issubclass(entry, View):
            method_decorator(login_not_required, name="dispatch")(entry)
        return entry
    return login_not_required(entry)


def declaration_of(entry: object) -> GateDeclaration | None:
    """What is declared on this very function, class or task, None where nothing is."""
    found = getattr(entry, ATTRIBUTE, None)
    return found if isinstance(found, GateDeclaration) else None


# What others have written and we only mount, by the module that it comes from.
FOREIGN = {
    "django.contrib.admin": GateDeclaration(
        Audience.ADMINS, why="GateBackend vetoes everybody else; whoever isn't signed in signs in."
    ),
    "unfold": GateDeclaration(
        Audience.ADMINS, why="GateBackend vetoes everybody else; whoever isn't signed in signs in."
    ),
    "drf_spectacular": GateDeclaration(
        Audience.SIGNED_IN, why="Describes the API, and tells nothing of what stands in it."
    ),
}


def declaration_of_foreign(module: str) -> GateDeclaration | None:
    """What is declared here for code that can't declare it itself."""
    for prefix, declaration in FOREIGN.items():
        if module == prefix or module.startswith(f"{prefix}."):
            return declaration
    return None
