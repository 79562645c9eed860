"""Whether a viewer may see what values were made of, for many values in a constant number of
queries.

Asked anew whenever a value is shown: the rights of that moment count, not those of its making.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from accounts import gate
from accounts.actor import Actor
from catalog.models import GovernedObject
from catalog.provenance import Provenance
from permissions.everywhere import hidden_somewhere, sees_every_object
from permissions.fields import seen_attributes

MOST_ASKED = 5_000
"""Objects of one page. Past that values count as hidden: statements have a limit, and so has the
patience of readers."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer sees of some objects.

    `names` and `keys` hold by the id of each object that they see its name and the keys of the
    attributes that they see of it; `anywhere` the keys that they see on whatever object, None where
    there may be objects that they don't see.
    """

    sees_all: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    keys: Mapping[int, frozenset[str]] = field(default_factory=dict)
    anywhere: frozenset[str] | None = None

    def sees(self, object_id: int) -> bool:
        return self.sees_all or object_id in self.names

    def shows(self, made_of: Provenance) -> bool:
        """Whether they see every object and attribute that a value was made of."""
        if self.sees_all:
            return True
        if made_of.anywhere is not None:
            return self.anywhere is not None and made_of.anywhere <= self.anywhere
        return all(
            object_id in self.names and keys <= self.keys.get(object_id, NONE)
            for object_id, keys in made_of.objects.items()
        )


def sight_of(values: Iterable[Provenance], *, actor: Actor, objects: Iterable[int] = ()) -> Sight:
    """What the actor sees of all that these values were made of, and of the objects besides."""
    if actor.is_active and actor.is_admin:
        return Sight(sees_all=True, names=_names(_seen(objects, actor)))
    made_of = list(values)
    wanted = dict.fromkeys([*objects, *(pk for one in made_of for pk in one.objects)])
    seen = _seen(islice(wanted, MOST_ASKED), actor)
    reads = any(keys for one in made_of for keys in one.objects.values())
    return Sight(
        names=_names(seen),
        keys=seen_attributes(actor, seen) if reads else {},
        anywhere=_anywhere(made_of, actor),
    )


def _seen(ids: Iterable[int], actor: Actor) -> Sequence[GovernedObject]:
    asked = list(ids)
    if not asked:
        return []
    rows = gate.narrow(actor, "view", GovernedObject.objects.filter(pk__in=asked))
    return list(rows.select_related("object_type").defer("attributes"))


def _names(seen: Iterable[GovernedObject]) -> dict[int, str]:
    return {one.pk: one.name for one in seen}


def _anywhere(made_of: Iterable[Provenance], actor: Actor) -> frozenset[str] | None:
    wide = [one.anywhere for one in made_of if one.anywhere is not None]
    if not wide or not sees_every_object(actor):
        return None
    keys = frozenset().union(*wide)
    return keys - hidden_somewhere(actor, keys)
