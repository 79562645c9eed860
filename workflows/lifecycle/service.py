"""The one way in which an object changes its state, whoever asks and through whatever door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.keys import nearest
from accounts.models import User
from catalog.models import GovernedObject
from catalog.services.parts import lock
from journal.prepared import Given, Question
from workflows.lifecycle import approvals
from workflows.lifecycle.approvals import Result
from workflows.lifecycle.comments import read_comment, write_comment
from workflows.lifecycle.entering import enter
from workflows.lifecycle.models import Transition
from workflows.lifecycle.moves import Move

BY_KEY: Question[Transition] = Question(
    lambda: (
        Transition.objects.filter(lifecycle=Given("lifecycle"), key=Given("key"))
        .order_by()
        .select_related("to_state")
    )
)


@dataclass(frozen=True, slots=True)
class Option:
    """A transition that starts in the present state, and whether this actor may make it."""

    transition: Transition
    allowed: bool
    reason: str


def move(
    obj: GovernedObject,
    key: str,
    *,
    actor: Actor,
    comment: dict[str, Any] | None = None,
) -> Result:
    """Makes the transition with this key, or asks for it where it is put to a vote.

    Refused in this order: unknown key (Invalid), not from this state (Conflict, with the allowed
    keys), not entitled (Denied), without the comment that it wants, or with one that can't be taken
    (Invalid).
    """
    with transaction.atomic():
        locked = lock(obj)
        return _make(locked, _known(locked, key), actor, comment)


def move_to(obj: GovernedObject, to_state_key: str, *, actor: Actor) -> Result:
    """Moves the object to a state by the first transition that leads there and that is allowed."""
    with transaction.atomic():
        locked = lock(obj)
        leading = [one for one in from_here(locked) if one.to_state.key == to_state_key]
        if not leading:
            raise _not_from_here(locked, f"no transition leads to {to_state_key}")
        permitted = [one for one in leading if gate.allows(actor, "transition", Move(locked, one))]
        silent = [one for one in permitted if not one.wants_comment]
        return _make(locked, (silent or permitted or leading)[0], actor)


def options(obj: GovernedObject, *, actor: Actor) -> list[Option]:
    """Every transition from the present state, with the reason where this actor may not."""
    starting = from_here(obj)
    decisions = gate.allows_each(actor, "transition", [Move(obj, one) for one in starting])
    asked = approvals.asked_for(obj, starting, actor=actor)
    return [
        _option(one, decision, asked.get(one.pk, ""))
        for one, decision in zip(starting, decisions, strict=True)
    ]


def _option(one: Transition, decision: gate.Decision, asked: str) -> Option:
    reason = asked if decision else decision.reason
    return Option(one, not reason, reason)


def from_here(obj: GovernedObject) -> list[Transition]:
    """The transitions that start in the object's state, in the order of their targets."""
    rows = Transition.objects.filter(from_state_id=obj.state_id)
    return list(rows.select_related("to_state", "from_state"))


def _known(obj: GovernedObject, key: str) -> Transition:
    lifecycle_id = obj.object_type.lifecycle_id
    found = BY_KEY.first(lifecycle=lifecycle_id, key=key)
    if found is None:
        rows = Transition.objects.filter(lifecycle=lifecycle_id).order_by()
        keys = rows.values_list("key", flat=True)
        detail = f"{key[:120]!r} is no transition of this lifecycle."
        problem = Problem("/transitionKey", "unknownTransition", detail, key, nearest(key, keys))
        raise Invalid(problems=[problem], code="unknownTransition")
    if found.from_state_id != obj.state_id:
        raise _not_from_here(obj, f"{found.key} starts elsewhere")
    return found


def _not_from_here(obj: GovernedObject, why: str) -> Conflict:
    allowed = [one.key for one in from_here(obj)]
    state = obj.state.key if obj.state else "no state"
    return Conflict(
        f"From {state} {why}; allowed here: {', '.join(allowed) or 'nothing'}.",
        code="transitionNotAllowed",
        allowed=allowed,
    )


def _make(
    obj: GovernedObject, one: Transition, actor: Actor, comment: dict[str, Any] | None = None
) -> Result:
    decision = gate.demand(actor, "transition", Move(obj, one))
    checked = read_comment(one, comment)
    if one.is_put_to_vote and not _alone(one, actor):
        user = cast(User, actor.user)
        return approvals.ask(obj, one, actor=actor, user=user, comment=checked)
    moved = enter(obj, one, actor=actor, override=decision.override or one.is_put_to_vote)
    if checked is not None:
        write_comment(checked, obj, actor=actor, transition=one)
    return moved


def _alone(one: Transition, actor: Actor) -> bool:
    """Account admins and the system make every transition of mode `any` by themselves."""
    return one.mode == Transition.Mode.ANY and actor.is_admin
