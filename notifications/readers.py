"""A template's texts as each of its readers may read them.

The run reads objects under its own rights. A reader who sees less of them gets the same text with
nothing in those places: the stricter of both counts. What an earlier step computed is read by those
only who may see all that it was made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accounts import gate
from accounts.actor import Actor
from accounts.models import User
from catalog.context import ObjectContext, ObjectParts, Reading
from catalog.expressions import Purse, Selectable
from catalog.expressions.values import is_selectable
from catalog.models import AttributeType, GovernedObject
from catalog.provenance import Provenance
from catalog.things import AttributeOf
from notifications.rendering import Rendered, Wording
from permissions.provenance import sight_of

MADE_BEFORE = ("event", "steps", "variables")
"""The variables whose values were made before the texts, of something or other."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What one person gets to read, and what it was made of."""

    texts: Rendered
    made_of: Provenance


def rendered_for(
    users: Sequence[User], wording: Wording, context: ObjectContext
) -> dict[int, Copy]:
    """By user id, what they get to read; rendered once for all who see what the texts show.

    Raises `ExpressionError`.
    """
    with context.reading.noting() as made_of:
        for_all = Copy(wording.render(context), made_of)
    gone = _gone(context, made_of)
    blind = _blind(users, context.obj, made_of.without(gone))
    roots = {one.root for one in wording.references()}
    found = {}
    for user in users:
        if user.pk in blind:
            seen = SeenBy(context, user, roots, gone)
            found[user.pk] = Copy(wording.render(seen), seen.noted)
        else:
            found[user.pk] = for_all
    return found


class SeenBy:
    """The variables of a run, as far as this user may read them, too."""

    def __init__(
        self, context: ObjectContext, user: User, roots: Collection[str], gone: Collection[int]
    ) -> None:
        self._context = context
        actor = Actor(user)
        made_of = {
            (root, name): one.without(gone)
            for root in MADE_BEFORE
            if root in roots
            for name, one in context.made_of.get(root, {}).items()
        }
        sight = sight_of(made_of.values(), actor=actor)
        shown = {place for place, one in made_of.items() if sight.shows(one)}
        self._theirs = replace(
            context,
            reading=Reading(actor),
            event=dict(_shown("event", context.event or {}, shown)),
            steps=dict(_shown("steps", context.steps, shown)),
            variables=dict(_shown("variables", context.variables, shown)),
        )

    @property
    def noted(self) -> Provenance:
        """What they were shown so far."""
        return self._theirs.reading.noted

    def lookup(self, root: str) -> object:
        found = self._context.lookup(root)
        theirs = self._theirs.lookup(root)
        return _common(found, theirs) if root == "object" else theirs


def _shown(
    root: str, values: Mapping[str, object], shown: Collection[tuple[str, str]]
) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in values.items() if (root, name) in shown)


@dataclass(frozen=True, slots=True)
class _Both:
    """Named parts that two readers have in common; one of the run alone is missing."""

    runs: Selectable
    theirs: Selectable

    def __str__(self) -> str:
        return str(self.runs)

    def select(self, name: str, purse: Purse) -> object:
        found = self.runs.select(name, purse)
        try:
            theirs = self.theirs.select(name, purse)
        except LookupError:
            return None
        return _common(found, theirs)


def _common(runs: object, theirs: object) -> object:
    if is_selectable(runs):
        return _Both(runs, theirs) if is_selectable(theirs) else None
    if isinstance(runs, list) and isinstance(theirs, list):
        seen = {one.obj.pk: one for one in theirs if isinstance(one, ObjectParts)}
        return [
            _Both(one, seen[one.obj.pk]) if isinstance(one, ObjectParts) else one
            for one in runs
            if not isinstance(one, ObjectParts) or one.obj.pk in seen
        ]
    return runs


def _gone(context: ObjectContext, made_of: Provenance) -> set[int]:
    """The ids of objects that were deleted since: nobody's rights can be told, and what is told of
    them is mostly that they are gone."""
    own = {context.obj.pk} if context.obj is not None else set()
    named = {
        pk for values in context.made_of.values() for one in values.values() for pk in one.objects
    }
    asked = (named | set(made_of.objects)) - own
    if not asked:
        return set()
    rows = GovernedObject.objects.filter(pk__in=asked).order_by()
    return asked - set(rows.values_list("pk", flat=True))


def _blind(users: Sequence[User], obj: GovernedObject | None, made_of: Provenance) -> set[int]:
    """The ids of those who may not see all that the texts show."""
    people = {user.pk: user for user in users if not user.is_account_admin}
    own = {obj.pk} if obj is not None else set()
    others = made_of.without(own)
    blind = {
        pk
        for pk, user in people.items()
        if not others.is_nothing and not sight_of([others], actor=Actor(user)).shows(others)
    }
    if obj is None:
        return blind
    keys = made_of.objects.get(obj.pk, set())
    for attribute in _attributes(obj, keys):
        seeing = gate.who("view", AttributeOf(obj, attribute)).filter(pk__in=people)
        blind |= people.keys() - set(seeing.values_list("pk", flat=True))
    return blind


def _attributes(obj: GovernedObject, keys: Collection[str]) -> Sequence[AttributeType]:
    if not keys:
        return []
    return list(AttributeType.objects.filter(object_type=obj.object_type_id, key__in=keys))
