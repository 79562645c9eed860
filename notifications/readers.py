"""A template's texts as each of its readers may read them.

The run reads an object under its own rights. A reader who sees less of it gets the same text with
nothing in those places: the stricter of both counts. What steps computed before is not traced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from accounts import gate
from accounts.actor import Actor
from accounts.models import User
from catalog.context import ObjectContext, ObjectParts, Reading
from catalog.expressions import Purse, Reference, Selectable
from catalog.expressions.values import is_selectable
from catalog.models import AttributeType, GovernedObject
from catalog.things import AttributeOf
from notifications.rendering import Rendered, Wording

OTHER_OBJECTS = frozenset({"relations", "parent"})


def rendered_for(
    users: Sequence[User],
    wording: Wording,
    context: ObjectContext,
    *,
    event_attribute: str | None = None,
) -> dict[int, Rendered]:
    """By user id, what they get to read; rendered once for all who see what the texts show.

    `event_attribute` is the key of the attribute whose values `@event` holds, where it holds such.
    Raises `ExpressionError`.
    """
    for_all = wording.render(context)
    read = wording.references()
    blind = _blind(users, context.obj, _attributes(read, event_attribute))
    leads_on = any(one.root == "object" and not OTHER_OBJECTS.isdisjoint(one.path) for one in read)
    found = {}
    for user in users:
        hidden = blind.get(user.pk, set())
        if hidden or leads_on:
            seen = SeenBy(context, user, hides_event=event_attribute in hidden)
            found[user.pk] = wording.render(seen)
        else:
            found[user.pk] = for_all
    return found


class SeenBy:
    """The variables of a run, as far as this user may read them, too."""

    def __init__(self, context: ObjectContext, user: User, *, hides_event: bool) -> None:
        self._context = context
        self._theirs = replace(context, reading=Reading(Actor(user)))
        self._hides_event = hides_event

    def lookup(self, root: str) -> object:
        found = self._context.lookup(root)
        if root == "event" and self._hides_event:
            return None
        return _common(found, self._theirs.lookup(root)) if root == "object" else found


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


def _attributes(read: Iterable[Reference], event_attribute: str | None) -> set[str]:
    """The keys of the object's attributes whose values the texts show."""
    keys = {
        one.path[1]
        for one in read
        if one.root == "object" and one.path[:1] == ("attributes",) and len(one.path) > 1
    }
    shows_event = any(one.root == "event" for one in read)
    return keys | {event_attribute} if event_attribute and shows_event else keys


def _blind(
    users: Sequence[User], obj: GovernedObject | None, keys: set[str]
) -> dict[int, set[str]]:
    """By user id, those of the attributes that the user may not see."""
    found: dict[int, set[str]] = {}
    if obj is None or not keys:
        return found
    people = [user.pk for user in users if not user.is_account_admin]
    for attribute in AttributeType.objects.filter(object_type=obj.object_type_id, key__in=keys):
        seeing = gate.who("view", AttributeOf(obj, attribute)).filter(pk__in=people)
        for pk in set(people) - set(seeing.values_list("pk", flat=True)):
            found.setdefault(pk, set()).add(attribute.key)
    return found
