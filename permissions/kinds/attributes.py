"""Attributes of an object: never more visible or editable than the object itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from catalog.models import AttributeType
from catalog.things import AttributeOf, ColumnOn
from permissions import columns, conditions
from permissions import condition_queries as queries
from permissions.kinds import objects
from permissions.kinds.objects import Standing
from permissions.people import NOBODY
from permissions.rules import SYSTEM_REASON, RuleSet


def sight(stand: Standing, attribute: AttributeType) -> Decision:
    """Does this person see the attribute of this object?"""
    of_object = objects.sight(stand)
    if not of_object:
        return of_object
    if (stand.thing.board_id, attribute.key) in stand.columns.hidden:
        return _not_shown(attribute)
    if stand.judge(stand.book.of_attribute(attribute.pk)).visible:
        return of_object
    return Decision(False, "attribute", f"The conditions on {attribute.name} hide it.")


def editing(stand: Standing, attribute: AttributeType) -> Decision:
    """May this person edit the attribute of this object?"""
    of_object = objects.editing(stand)
    seen = sight(stand, attribute)
    if not of_object or not seen:
        return seen if of_object else of_object
    if (stand.thing.board_id, attribute.key) in stand.columns.fixed:
        return _not_editable(attribute)
    clauses = stand.book.of_attribute(attribute.pk)
    if not clauses:
        return of_object
    return objects.grant(stand, clauses, level="attribute", deed=lambda: f"edit {attribute.name}")


def _not_shown(attribute: AttributeType) -> Decision:
    detail = f"The column {attribute.name} of this board is shown to its viewers only."
    return Decision(False, "column", detail)


def _not_editable(attribute: AttributeType) -> Decision:
    detail = f"Only its editors may edit the column {attribute.name} of this board."
    return Decision(False, "column", detail)


class AttributeRules(RuleSet[AttributeOf]):
    """An attribute of an object is seen and edited where its conditions and the object's say so."""

    kind = AttributeOf
    verbs = frozenset({"view", "edit"})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: AttributeOf) -> Decision:
        return self.allows_each(user, verb, [thing])[0]

    def allows_each(self, user: User, verb: str, things: Sequence[AttributeOf]) -> list[Decision]:
        question = sight if verb == "view" else editing
        found = objects.standings(
            user,
            (thing.object for thing in things),
            attributes={thing.attribute.pk for thing in things},
        )
        return [question(found[thing.object.pk], thing.attribute) for thing in things]

    def narrow(self, user: User, verb: str) -> Q:
        return NOBODY

    def who(self, verb: str, thing: AttributeOf) -> Q:
        book = conditions.read(types=[thing.object.object_type_id], attributes=[thing.attribute.pk])
        clauses = book.of_attribute(thing.attribute.pk)
        column = (thing.object.board_id, thing.attribute.key)
        seen = queries.people_who_see(clauses, thing.object) & columns.people_who_see(*column)
        if verb == "view":
            return objects.people_who_see(thing.object, book) & seen
        edits = objects.people_who_edit(thing.object, book) & seen
        edits &= columns.people_who_edit(*column)
        return edits & queries.people_who_edit(clauses, thing.object) if clauses else edits

    def allows_system(self, verb: str, thing: AttributeOf) -> Decision:
        if verb == "view":
            return super().allows_system(verb, thing)
        book = conditions.read(types=[thing.object.object_type_id], attributes=[thing.attribute.pk])
        if columns.is_restricted(thing.object.board_id, thing.attribute.key):
            return Decision(True, "account", SYSTEM_REASON, override=True)
        return objects.system_decision(
            thing.object,
            book.of_type(thing.object.object_type_id),
            book.of_attribute(thing.attribute.pk),
        )


class ColumnRules(RuleSet[ColumnOn]):
    """An attribute on a board, whatever stands there: for what is to come to the board."""

    kind = ColumnOn
    verbs = frozenset({"view", "edit"})
    overridden = verbs

    def allows(self, user: User, verb: str, thing: ColumnOn) -> Decision:
        return self.allows_each(user, verb, [thing])[0]

    def allows_each(self, user: User, verb: str, things: Sequence[ColumnOn]) -> list[Decision]:
        found = columns.of_boards(user, {thing.board.pk for thing in things})
        closed, refusal = (
            (found.hidden, _not_shown) if verb == "view" else (found.fixed, _not_editable)
        )
        return [
            refusal(thing.attribute)
            if (thing.board.pk, thing.attribute.key) in closed
            else Decision(True, "column", "Nothing on the board keeps it from them.")
            for thing in things
        ]

    def narrow(self, user: User, verb: str) -> Q:
        return NOBODY

    def who(self, verb: str, thing: ColumnOn) -> Q:
        people = columns.people_who_see if verb == "view" else columns.people_who_edit
        return people(thing.board.pk, thing.attribute.key)
