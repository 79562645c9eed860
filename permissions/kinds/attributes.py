"""Attributes of an object: never more visible or editable than the object itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from catalog.models import AttributeType
from catalog.things import AttributeOf
from permissions import condition_queries as queries
from permissions import conditions
from permissions.kinds import objects
from permissions.kinds.objects import Standing
from permissions.people import NOBODY
from permissions.rules import RuleSet


def sight(stand: Standing, attribute: AttributeType) -> Decision:
    """Does this person see the attribute of this object?"""
    of_object = objects.sight(stand)
    if not of_object or stand.judge(stand.book.of_attribute(attribute.pk)).visible:
        return of_object
    return Decision(False, "attribute", f"The conditions on {attribute.name} hide it.")


def editing(stand: Standing, attribute: AttributeType) -> Decision:
    """May this person edit the attribute of this object?"""
    of_object = objects.editing(stand)
    seen = sight(stand, attribute)
    if not of_object or not seen:
        return seen if of_object else of_object
    clauses = stand.book.of_attribute(attribute.pk)
    if not clauses:
        return of_object
    return objects.grant(stand, clauses, level="attribute", deed=lambda: f"edit {attribute.name}")


class AttributeRules(RuleSet[AttributeOf]):
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
        seen = queries.people_who_see(clauses, thing.object)
        if verb == "view":
            return objects.people_who_see(thing.object, book) & seen
        edits = objects.people_who_edit(thing.object, book) & seen
        return edits & queries.people_who_edit(clauses, thing.object) if clauses else edits

    def allows_system(self, verb: str, thing: AttributeOf) -> Decision:
        if verb == "view":
            return super().allows_system(verb, thing)
        book = conditions.read(types=[thing.object.object_type_id], attributes=[thing.attribute.pk])
        return objects.system_decision(
            thing.object,
            book.of_type(thing.object.object_type_id),
            book.of_attribute(thing.attribute.pk),
        )
