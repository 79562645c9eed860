"""What the steps of a definition made their values of, by way of earlier steps too: of their
outputs, of the variables they set and the attributes they wrote.

For keeping a step's input, output and error from those who may not see what they were made of. The
schema isn't asked: a key that is gone since is still one that was read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.lineage import Read, What
from workflows.authoring.definitions import MOST_STEPS, step_id, walk
from workflows.authoring.kinds import step_kinds
from workflows.authoring.lineage import trail_of
from workflows.authoring.placing import Placed, references_in, unreadable

Json = Mapping[str, Any]


@dataclass(slots=True)
class Sources:
    """What one step read of the run's object, and by `@event` of the one that the event is about.

    `is_untold` where it can't be told what it read.
    """

    of_object: set[Read] = field(default_factory=set)
    of_event: set[Read] = field(default_factory=set)
    is_untold: bool = False

    @property
    def reads(self) -> set[Read]:
        return self.of_object | self.of_event

    def take_in(self, other: Sources) -> bool:
        """What this was made of comes from the other, too. Whether that is anything new."""
        before = (len(self.of_object), len(self.of_event), self.is_untold)
        self.of_object |= other.of_object
        self.of_event |= other.of_event
        self.is_untold |= other.is_untold
        return before != (len(self.of_object), len(self.of_event), self.is_untold)


def leads_elsewhere(read: Read) -> bool:
    """Whether it is read of another object than the one that the reference begins with."""
    return bool(read.hops) or read.what is What.RELATION


def sources_of(definition: Json) -> dict[str, Sources]:
    """By step id, all that the values of each step were made of; none of too many steps."""
    tracing = _Tracing(definition)
    if len(tracing.ids) > MOST_STEPS:
        return {}
    for placed in references_in(definition):
        if placed.pointer in tracing.ids:
            tracing.note(placed)
    tracing.spread()
    return tracing.found


class _Tracing:
    """The sources of each step, and from which other steps it takes values."""

    def __init__(self, definition: Json) -> None:
        self.ids: dict[str, str] = {}
        self.found: dict[str, Sources] = {}
        self.takes: dict[str, set[str]] = {}
        self.setters: dict[str, set[str]] = {}
        self.writers: dict[str, list[str]] = {}
        for pointer, step in walk(definition.get("steps")):
            if isinstance(step, Mapping):
                self._add(step, pointer)

    def _add(self, step: Json, pointer: str) -> None:
        made_id = self.ids[pointer] = step_id(step, pointer)
        sources = self.found.setdefault(made_id, Sources())
        self.takes.setdefault(made_id, set())
        key, kind = step.get("attributeKey"), step_kinds.get(str(step.get("type")))
        if isinstance(key, str):
            sources.of_object.add(Read(What.ATTRIBUTE, key))
            self.takes[made_id].update(self.writers.get(key, ()))
            self.writers.setdefault(key, []).append(made_id)
        if kind is None or next(iter(unreadable(kind, step)), None) is not None:
            sources.is_untold = True
            return
        for name in kind.sets(step):
            self.setters.setdefault(name, set()).add(made_id)

    def note(self, placed: Placed) -> None:
        """What one reference of a step reads, or which steps it takes its value from."""
        made_id, root = self.ids[placed.pointer], placed.reference.root
        if root in _TAKING:
            self.takes[made_id].update(_TAKING[root](self, placed))
            return
        trail, sources = trail_of(placed, ANYTHING), self.found[made_id]
        (sources.of_event if root == "event" else sources.of_object).update(trail.reads)
        if root == "object":
            self.takes[made_id].update(self._writers_before(placed, trail.reads))
        sources.is_untold |= trail.wrong is not None and not trail.reads

    def _writers_before(self, placed: Placed, reads: Iterable[Read]) -> Iterator[str]:
        """The earlier steps that wrote what is read: what they wrote had its own sources."""
        for read in reads:
            if read.what is What.ATTRIBUTE:
                writers = self.writers.get(read.key, ())
                yield from (one for one in writers if one in placed.around.steps)

    def spread(self) -> None:
        """Hands sources on from step to step until nothing is new: variables may lead in rings."""
        is_new = True
        while is_new:
            is_new = False
            for made_id, givers in self.takes.items():
                for giver in givers:
                    is_new |= self.found[made_id].take_in(self.found[giver])

    def steps_named(self, placed: Placed) -> Iterator[str]:
        path = placed.reference.path
        named = path[:1] or tuple(placed.around.steps)
        yield from (one for one in named if one in self.found)

    def setters_of(self, placed: Placed) -> Iterator[str]:
        path = placed.reference.path
        for name in path[:1] or tuple(self.setters):
            yield from self.setters.get(name, ())

    def around(self, placed: Placed) -> Iterator[str]:
        """The steps that it stands in: the items of one of them are what it reads."""
        for pointer, made_id in self.ids.items():
            if placed.pointer.startswith(f"{pointer}/"):
                yield made_id


_TAKING = {
    "steps": _Tracing.steps_named,
    "variables": _Tracing.setters_of,
    "item": _Tracing.around,
}


class _Anything:
    """A schema in which every key exists, so that each reference is followed to its end."""

    def has_object_type(self, key: str) -> bool:
        return False

    def types_with(self, attribute_key: str) -> Collection[str]:
        return ("",)

    def attribute_keys(self, object_type_key: str | None) -> Collection[str]:
        return ()

    def relation_ends(self, key: str) -> tuple[str | None, str | None] | None:
        return (None, None)

    def relation_keys(self) -> Collection[str]:
        return ()

    def user_relation_keys(self) -> Collection[str]:
        return ()


ANYTHING = _Anything()
