"""What conditions grant, in SQL: the objects for one person, and the people for one object.

The twin of `outcomes.judge`. Clauses are configuration, so they are compiled to a condition of
the query; people's relations are rows, so an index is asked for each object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from catalog.models import GovernedObject, UserRelation
from permissions.outcomes import Clause, can_hide
from permissions.people import ROLES_THAT_NEED_A_RELATION, needs_relation

ALWAYS = ~Q(pk__in=[])
NEVER = Q(pk__in=[])


def any_of(parts: Iterable[Q]) -> Q:
    """One of them holds; `Q()` alone would mean that all do, where there is none."""
    found = NEVER
    for part in parts:
        found |= part
    return found


# --- objects, for one person ----------------------------------------------------------------------


def visible_objects(clauses_by_type: Mapping[int, Sequence[Clause]], user: User) -> Q:
    hiding = {pk: clauses for pk, clauses in clauses_by_type.items() if can_hide(clauses)}
    if not hiding:
        return ALWAYS
    shown = (Q(object_type_id=pk) & visible_by(clauses, user) for pk, clauses in hiding.items())
    return ~Q(object_type_id__in=list(hiding)) | any_of(shown)


def editable_objects(clauses_by_type: Mapping[int, Sequence[Clause]], user: User) -> Q:
    granted = any_of(
        Q(object_type_id=pk) & editable_by(clauses, user)
        for pk, clauses in clauses_by_type.items()
        if clauses
    )
    if needs_relation(user):
        return granted
    return ~Q(object_type_id__in=[pk for pk, held in clauses_by_type.items() if held]) | granted


def visible_by(clauses: Sequence[Clause], user: User) -> Q:
    showing = _match([one for one in clauses if one.shows], user)
    hiding = _match([one for one in clauses if not one.shows], user)
    return showing | ~hiding


def editable_by(clauses: Sequence[Clause], user: User) -> Q:
    needed = needs_relation(user)
    return _match([one for one in clauses if one.lets_edit(needs_relation=needed)], user)


def _match(clauses: Iterable[Clause], user: User) -> Q:
    """Any of the clauses matches; those of one relation share its subquery."""
    states: dict[int | None, set[int | None]] = {}
    for one in clauses:
        if not one.never_matches:
            states.setdefault(one.relation_type_id, set()).add(one.state_id)
    return any_of(_in_states(held) & _related(pk, user) for pk, held in states.items())


def _in_states(states: set[int | None]) -> Q:
    return ALWAYS if None in states else Q(state_id__in=sorted(pk for pk in states if pk))


def _related(relation_type_id: int | None, user: User) -> Q:
    if relation_type_id is None:
        return ALWAYS
    # Asked of each row that a page reads; a list of all that they hold would be read first.
    held = UserRelation.objects.filter(
        object_id=OuterRef("pk"), type_id=relation_type_id, user_id=user.pk
    )
    return Q(Exists(held))


# --- people, for one object -----------------------------------------------------------------------


def people_who_see(clauses: Sequence[Clause], thing: GovernedObject) -> Q:
    fitting = [one for one in clauses if one.fits_state(thing.state_id)]
    if not can_hide(fitting):
        return ALWAYS
    showing = any_of(_holders(one, thing) for one in fitting if one.shows)
    hiding = any_of(_holders(one, thing) for one in fitting if not one.shows)
    return showing | ~hiding


def people_who_edit(clauses: Sequence[Clause], thing: GovernedObject) -> Q:
    if not clauses:
        return ~Q(role__in=ROLES_THAT_NEED_A_RELATION)
    return any_of(
        _editors(one, thing)
        for one in clauses
        if one.is_editable and one.fits_state(thing.state_id)
    )


def _editors(clause: Clause, thing: GovernedObject) -> Q:
    if clause.relation_type_id is None:
        return ~Q(role__in=ROLES_THAT_NEED_A_RELATION)
    return _holders(clause, thing)


def _holders(clause: Clause, thing: GovernedObject) -> Q:
    if clause.relation_type_id is None:
        return ALWAYS
    held = UserRelation.objects.filter(object_id=thing.pk, type_id=clause.relation_type_id)
    return Q(pk__in=held.values("user_id"))
