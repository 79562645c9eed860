"""Moves of an object: who is entitled to make a transition, which is also who its electors are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from catalog.models import GovernedObject
from permissions import condition_queries as queries
from permissions import conditions
from permissions.kinds import objects
from permissions.kinds.objects import ObjectRules, Standing
from permissions.people import EVERYBODY, NOBODY
from permissions.rules import ADMIN_REASON, RuleSet
from workflows.lifecycle.moves import Move
from workflows.models import Transition

ANY = Transition.Mode.ANY


def entitlement(stand: Standing, transition: Transition) -> Decision:
    """Matched by the transition's conditions; where it has none, those who may edit the object."""
    clauses = stand.book.of_transition(transition.pk)

    def deed() -> str:
        return f"make the transition {transition.name}"

    if not clauses:
        return objects.editing(stand, deed=deed)
    seen = objects.sight(stand)
    if not seen:
        return seen
    return objects.grant(stand, clauses, level="transition", deed=deed)


def people_entitled(thing: GovernedObject, transition: Transition) -> Q:
    book = conditions.read(types=[thing.object_type_id], transitions=[transition.pk])
    clauses = book.of_transition(transition.pk)
    if not clauses:
        return objects.people_who_edit(thing, book)
    return objects.people_who_see(thing, book) & queries.people_who_edit(clauses, thing)


def relation_types_entitling(move: Move) -> set[int]:
    """The user relation types by which the conditions entitle to a move, in the present state."""
    thing, transition = move.object, move.transition
    book = conditions.read(types=[thing.object_type_id], transitions=[transition.pk])
    clauses = book.of_transition(transition.pk) or book.of_type(thing.object_type_id)
    return {
        one.relation_type_id
        for one in clauses
        if one.is_editable and one.fits_state(thing.state_id) and one.relation_type_id is not None
    }


class MoveRules(RuleSet[Move]):
    """A move of one object: whom its transition's conditions match; where it has none, editors."""

    kind = Move
    verbs = frozenset({"transition"})

    def allows(self, user: User, verb: str, thing: Move) -> Decision:
        return self.allows_each(user, verb, [thing])[0]

    def allows_each(self, user: User, verb: str, things: Sequence[Move]) -> list[Decision]:
        found = objects.standings(
            user,
            (thing.object for thing in things),
            transitions={thing.transition.pk for thing in things},
        )
        return [entitlement(found[thing.object.pk], thing.transition) for thing in things]

    def narrow(self, user: User, verb: str) -> Q:
        return NOBODY

    def who(self, verb: str, thing: Move) -> Q:
        return people_entitled(thing.object, thing.transition)

    def override(self, user: User, verb: str, thing: Move) -> Decision | None:
        if thing.transition.mode == ANY:
            return Decision(True, "account", ADMIN_REASON, override=True)
        return _no_vote(thing.transition, "an account admin")

    def allows_system(self, verb: str, thing: Move) -> Decision:
        if thing.transition.mode != ANY:
            return _no_vote(thing.transition, "the system")
        book = conditions.read(
            types=[thing.object.object_type_id], transitions=[thing.transition.pk]
        )
        clauses = book.of_transition(thing.transition.pk)
        return objects.system_decision(
            thing.object, clauses or book.of_type(thing.object.object_type_id)
        )


MOVES = MoveRules()


class MovesOf(RuleSet[GovernedObject]):
    """The set form of a move, for bulk: which of these objects may make this transition."""

    kind = GovernedObject

    def __init__(self, transition: Transition) -> None:
        self.transition = transition

    def allows(self, user: User, verb: str, thing: GovernedObject) -> Decision:
        return MOVES.allows(user, verb, Move(thing, self.transition))

    def narrow(self, user: User, verb: str) -> Q:
        return movable_objects(user, self.transition)

    def who(self, verb: str, thing: GovernedObject) -> Q:
        return people_entitled(thing, self.transition)

    def override(self, user: User, verb: str, thing: GovernedObject) -> Decision | None:
        return MOVES.override(user, verb, Move(thing, self.transition))

    def narrow_for_admin(self, user: User, verb: str) -> Q:
        return EVERYBODY if self.transition.mode == ANY else self.narrow(user, verb)

    def allows_system(self, verb: str, thing: GovernedObject) -> Decision:
        return MOVES.allows_system(verb, Move(thing, self.transition))

    def narrow_for_system(self, verb: str) -> Q:
        return EVERYBODY if self.transition.mode == ANY else NOBODY


class ObjectAndMoveRules(ObjectRules):
    """The rules of objects; the verb `transition:ID` is served by those of that transition.

    The gate takes a verb and rows, so a bulk move names its transition in the verb.
    """

    def serving(self, verb: str, *, of_kind: bool) -> RuleSet[Any] | None:
        prefix, _, pk = verb.partition(":")
        if of_kind or prefix != "transition" or not pk.isdecimal():
            return super().serving(verb, of_kind=of_kind)
        transition = Transition.objects.filter(pk=pk).first()
        return None if transition is None else MovesOf(transition)


def movable_objects(user: User, transition: Transition) -> Q:
    clauses = conditions.read(transitions=[transition.pk]).of_transition(transition.pk)
    if not clauses:
        return objects.editable_objects(user)
    return objects.visible_objects(user) & queries.editable_by(clauses, user)


def _no_vote(transition: Transition, who: str) -> Decision:
    return Decision(
        False,
        "transition",
        f"The transition {transition.name} is put to a vote, in which {who} counts only where a "
        "condition matches.",
    )
