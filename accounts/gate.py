"""The gate: may this actor, which things may this actor, who may.

Only the three forms stand here. `permissions` installs the one implementation; while none is
installed the answer is no, nothing, nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db.models import Model, QuerySet

from accounts.actor import Actor
from accounts.exceptions import Denied, NotFound
from accounts.models import User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, which level decided, and why, as a sentence.

    `override` says that only the power of an account admin or of the system allowed it.
    """

    allowed: bool
    level: str
    reason: str
    override: bool = False

    def __bool__(self) -> bool:
        return self.allowed


class Gate(Protocol):
    """What `permissions` implements."""

    def allows(self, actor: Actor, verb: str, thing: object) -> Decision: ...

    def allows_each(self, actor: Actor, verb: str, things: Sequence[object]) -> list[Decision]: ...

    def narrow(self, actor: Actor, verb: str, things: QuerySet[M]) -> QuerySet[M]: ...

    def who(self, verb: str, thing: object) -> QuerySet[User]: ...


class _Closed:
    def allows(self, actor: Actor, verb: str, thing: object) -> Decision:
        return Decision(False, "gate", "No permissions are installed.")

    def allows_each(self, actor: Actor, verb: str, things: Sequence[object]) -> list[Decision]:
        return [self.allows(actor, verb, thing) for thing in things]

    def narrow(self, actor: Actor, verb: str, things: QuerySet[M]) -> QuerySet[M]:
        return things.none()

    def who(self, verb: str, thing: object) -> QuerySet[User]:
        return User.objects.none()


_installed: Gate = _Closed()


def install(gate: Gate) -> None:
    """Called once, by the permissions app when it is ready."""
    global _installed
    _installed = gate


def allows(actor: Actor, verb: str, thing: object) -> Decision:
    """May this actor do this to that thing (a row, or a model class for `create` and the like)?"""
    return _installed.allows(actor, verb, thing)


def allows_each(actor: Actor, verb: str, things: Sequence[object]) -> list[Decision]:
    """`allows` of several things of one kind, in as many queries as for one."""
    return _installed.allows_each(actor, verb, things)


def narrow(actor: Actor, verb: str, things: QuerySet[M]) -> QuerySet[M]:
    """Those of the things to which this actor may do this; decided inside the query."""
    return _installed.narrow(actor, verb, things)


def who(verb: str, thing: object) -> QuerySet[User]:
    """The active users who may do this to that thing, overrides of admins not counted."""
    return _installed.who(verb, thing)


def demand(actor: Actor, verb: str, thing: object) -> Decision:
    """The decision where it is yes; else `Denied`, naming the level that refused."""
    decision = allows(actor, verb, thing)
    if not decision:
        raise Denied(decision.reason, level=decision.level)
    return decision


def demand_each(actor: Actor, verb: str, things: Sequence[object]) -> list[Decision]:
    """The decisions where all are yes; else `Denied` for the first that is not."""
    decisions = allows_each(actor, verb, things)
    for decision in decisions:
        if not decision:
            raise Denied(decision.reason, level=decision.level)
    return decisions


def fetch(actor: Actor, things: QuerySet[M], verb: str = "view", **lookup: object) -> M:
    """The one thing that matches, through the gate; what may not be seen isn't there."""
    found = narrow(actor, verb, things).filter(**lookup).first()
    if found is None:
        raise NotFound(f"There is no such {things.model._meta.verbose_name}.")
    return found
