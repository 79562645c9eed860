"""The one implementation of the gate: finds the rules of a kind and adds what is true of all.

Nobody inactive may do anything; what nobody has made a rule for is closed; account admins and the
system may override where the rules say so, which never makes them electors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.actor import Actor
from accounts.gate import Decision
from accounts.models import User
from permissions.rules import AnyRules, rules

M = TypeVar("M", bound=Model)


class Gatehouse:
    """What `accounts.gate` asks."""

    def allows(self, actor: Actor, verb: str, thing: object) -> Decision:
        if not actor.is_active:
            return Decision(False, "account", f"The account of {actor.username} is deactivated.")
        rule: AnyRules | None = rules.serving(verb, thing)
        if rule is None:
            return Decision(False, "gate", f"Nothing lets anybody {verb} {_name_of(thing)}.")
        if isinstance(thing, type):
            return _allows_kind(rule, actor, verb)
        if actor.user is None:
            return rule.allows_system(verb, thing)
        decision = rule.allows(actor.user, verb, thing)
        if decision or not actor.is_admin:
            return decision
        return _overridden(rule, actor.user, verb, thing, decision)

    def allows_each(self, actor: Actor, verb: str, things: Sequence[object]) -> list[Decision]:
        """One kind at a time: the rules of the first thing are asked about all."""
        if not things or not actor.is_active or actor.user is None:
            return [self.allows(actor, verb, thing) for thing in things]
        rule: AnyRules | None = rules.serving(verb, things[0])
        if rule is None or any(thing.__class__ is not things[0].__class__ for thing in things):
            return [self.allows(actor, verb, thing) for thing in things]
        decisions = rule.allows_each(actor.user, verb, things)
        if not actor.is_admin:
            return decisions
        return [
            decision or _overridden(rule, actor.user, verb, thing, decision)
            for thing, decision in zip(things, decisions, strict=True)
        ]

    def narrow(self, actor: Actor, verb: str, things: QuerySet[M]) -> QuerySet[M]:
        of_kind: AnyRules | None = rules.of(things.model)
        rule = of_kind and of_kind.serving(verb, of_kind=False)
        if rule is None or not actor.is_active:
            return things.none()
        if actor.user is None:
            return things.filter(rule.narrow_for_system(verb))
        if actor.is_admin:
            return things.filter(rule.narrow_for_admin(actor.user, verb))
        return things.filter(rule.narrow(actor.user, verb))

    def who(self, verb: str, thing: object) -> QuerySet[User]:
        rule: AnyRules | None = rules.serving(verb, thing)
        if rule is None:
            return User.objects.none()
        allowed = rule.who_kind(verb) if isinstance(thing, type) else rule.who(verb, thing)
        return User.objects.filter(allowed, is_active=True)


def _overridden(
    rule: AnyRules, user: User, verb: str, thing: object, decision: Decision
) -> Decision:
    """What an account admin gets where their own rights say no."""
    override = rule.override(user, verb, thing)
    return decision if override is None else override


def _allows_kind(rule: AnyRules, actor: Actor, verb: str) -> Decision:
    if actor.user is None:
        return Decision(True, "account", "The system acts as an account admin.")
    return rule.allows_kind(actor.user, verb)


def _name_of(thing: object) -> str:
    kind = thing if isinstance(thing, type) else thing.__class__
    return kind.__name__
