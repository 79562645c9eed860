"""What a value was made of: which objects, and which of their attributes. Pure.

Noted while something is computed and kept beside what outlives it (a step of a run, what somebody
was told), so that later it is shown to those only who may see all that it was made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.lineage import ANY

MOST_OBJECTS = 1_000
"""So many are named one by one. Without a limit, a step that reads a large relation would keep, and
every page that shows it ask about, thousands of objects."""


@dataclass(slots=True)
class Provenance:
    """`objects` holds by id the keys of the attributes that were read; none where it was the object
    alone. `anywhere` are the keys that were read where the objects were too many to be named, None
    where all are named.
    """

    objects: dict[int, set[str]] = field(default_factory=dict)
    anywhere: set[str] | None = None

    def note(self, object_id: int, *keys: str) -> None:
        """This object was read, and these attributes of it."""
        if self.anywhere is not None:
            self.anywhere.update(keys)
            return
        self.objects.setdefault(object_id, set()).update(keys)
        if len(self.objects) > MOST_OBJECTS:
            self._widen(())

    def take_in(self, other: Provenance) -> None:
        """What this was made of comes from the other, too."""
        if other.anywhere is not None:
            self._widen(other.anywhere)
        for object_id, keys in other.objects.items():
            self.note(object_id, *keys)

    def may_hold(self, object_id: int, key: str) -> bool:
        """Whether this attribute of this object was read, as far as can be told."""
        if self.anywhere is not None:
            return key in self.anywhere or ANY in self.anywhere
        return key in self.objects.get(object_id, ())

    @property
    def is_nothing(self) -> bool:
        """Whether no object was read."""
        return not self.objects and self.anywhere is None

    def without(self, ids: Collection[int]) -> Provenance:
        """All of it that is not about these objects."""
        kept = {pk: keys for pk, keys in self.objects.items() if pk not in ids}
        return Provenance(kept, self.anywhere)

    def _widen(self, keys: set[str] | tuple[()]) -> None:
        self.anywhere = set(self.anywhere or ()).union(keys, *self.objects.values())
        self.objects = {}

    def as_json(self) -> dict[str, Any]:
        """Objects of which the same was read stand together."""
        if self.anywhere is not None:
            return {"anywhere": sorted(self.anywhere)}
        groups: dict[tuple[str, ...], list[int]] = {}
        for object_id, keys in sorted(self.objects.items()):
            groups.setdefault(tuple(sorted(keys)), []).append(object_id)
        return {"objects": [[list(keys), ids] for keys, ids in groups.items()]}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Provenance:
        if "anywhere" in kept:
            return cls(anywhere=set(kept["anywhere"]))
        return cls({pk: set(keys) for keys, ids in kept["objects"] for pk in ids})


def untold() -> Provenance:
    """Of what can't be told: whatever it may have been, it is shown to those who see everything."""
    return Provenance(anywhere={ANY})


class Noting(Mapping[str, object]):
    """Named values that are noted when they are read. What has no provenance can't be told."""

    def __init__(
        self,
        values: Mapping[str, object],
        made_of: Mapping[str, Provenance],
        noted: Provenance,
    ) -> None:
        self._values, self._made_of, self._noted = values, made_of, noted

    def __getitem__(self, name: str) -> object:
        value = self._values[name]
        self._noted.take_in(self._made_of.get(name) or untold())
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
