"""What expressions read of objects: attributes, relations, people, metadata. Pure.

A reference is followed name by name along what the schema says. What it reads serves lineage (who
needs this key, what must be kept from whom), where it leads nowhere is told before it ever runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Protocol

from accounts.exceptions import Problem
from catalog.expressions import Code, Reference
from catalog.expressions.errors import nearest, shortened

METADATA = (
    "id",
    "key",
    "name",
    "objectTypeKey",
    "boardKey",
    "stateKey",
    "stateSince",
    "createdAt",
    "modifiedAt",
    "createdBy",
)
PARTS = (*METADATA, "attributes", "relations", "userRelations", "parent")
"""What `@object` and each object that a relation leads to may be asked for."""

MOST_COMPARISONS = 20_000
MOST_PROBLEMS = 1_000

ANY = "*"
"""Stands for a key that is known at run time only."""


class What(StrEnum):
    ATTRIBUTE = "attribute"
    RELATION = "relation"
    USER_RELATION = "userRelation"
    METADATA = "metadata"
    BOARD = "board"


@dataclass(frozen=True, slots=True)
class Read:
    """Something that is read of an object.

    `hops` lead from the run's own object to the one that is read: keys of relation types, or
    `parent`. `object_type_keys` are the types that an attribute may be of: empty where no type has
    it, None where nothing is known of that.
    """

    what: What
    key: str
    hops: tuple[str, ...] = ()
    object_type_keys: frozenset[str] | None = None

    @property
    def order(self) -> tuple[str, ...]:
        """By what lists of readings are sorted."""
        return (self.what.value, self.key, *self.hops)


class Known(Protocol):
    """The keys that exist: as they are, or as a package will make them."""

    def has_object_type(self, key: str) -> bool: ...

    def types_with(self, attribute_key: str) -> Collection[str]: ...

    def attribute_keys(self, object_type_key: str | None) -> Collection[str]: ...

    def relation_ends(self, key: str) -> tuple[str | None, str | None] | None: ...

    def relation_keys(self) -> Collection[str]: ...

    def user_relation_keys(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Wrong:
    """A name of a reference that leads nowhere (the variable itself where `at` is None), and what
    could have stood there."""

    reference: Reference
    at: int | None
    sentence: str
    choices: Collection[str] = ()
    code: Code = Code.UNKNOWN_REFERENCE

    @property
    def name(self) -> str:
        return self.reference.root if self.at is None else self.reference.path[self.at]

    def problem(self, near: str | None) -> Problem:
        """As a problem at the reference's pointer; the sentence names line and column."""
        hint = f"; perhaps {near!r} was meant" if near else ""
        error = self.reference.wrong(self.code, self.sentence + hint, self.at)
        return Problem(error.pointer, error.code, str(error), self.name[:120], near)


@dataclass(slots=True)
class Trail:
    """Where a reference leads; at what is wrong it ends."""

    reads: list[Read] = field(default_factory=list)
    wrong: Wrong | None = None


def follow(reference: Reference, object_type_key: str | None, known: Known) -> Trail:
    """Where a reference to `@object` leads. Without an object type, it may be any that fits; one
    that isn't known is told elsewhere, and taken for none."""
    if object_type_key is not None and not known.has_object_type(object_type_key):
        object_type_key = None
    walk = _Walk(reference, known, object_type_key)
    walk.go()
    return walk.trail


def problems_of(wrong: Iterable[tuple[str, Wrong]]) -> Iterator[Problem]:
    """Each wrong reference, below the pointer that stands before it, as a problem.

    Looking for the nearest name takes time for each name there is; past a budget it is left out.
    Without this, a definition of many wrong names would keep everybody waiting.
    """
    left = MOST_COMPARISONS
    for pointer, one in islice(wrong, MOST_PROBLEMS):
        left -= len(one.choices)
        near = nearest(one.name, one.choices) if left >= 0 else None
        yield one.problem(near).under(pointer)


class _Walk:
    """Follows the names of one reference from object to object."""

    def __init__(self, reference: Reference, known: Known, object_type_key: str | None) -> None:
        self.reference, self.known = reference, known
        self.names: Sequence[str] = reference.path
        self.at = 0
        self.hops: tuple[str, ...] = ()
        self.type = object_type_key
        self.trail = Trail()

    def go(self) -> None:
        while self.trail.wrong is None:
            if self.at == len(self.names):
                # An object as a value is shown, and compared, by its key.
                self._read(What.METADATA, "key")
                return
            part = self.names[self.at]
            if part not in PARTS:
                self._astray(f"There is no part {shortened(part)!r} of an object", PARTS)
            elif not _TURNS.get(part, _Walk._metadata)(self):
                return

    def _read(self, what: What, key: str, types: frozenset[str] | None = None) -> None:
        self.trail.reads.append(Read(what, key, self.hops, types))

    def _astray(
        self, sentence: str, choices: Collection[str] = (), code: Code = Code.UNKNOWN_REFERENCE
    ) -> None:
        self.trail.wrong = Wrong(self.reference, self.at, sentence, choices, code)

    def _end(self) -> bool:
        """Behind a value that has no parts nothing may follow."""
        self.at += 1
        if self.at < len(self.names):
            before, name = self.names[self.at - 1], self.names[self.at]
            sentence = f"{shortened(before)} has no parts, so nothing called {shortened(name)}"
            self._astray(sentence, code=Code.UNKNOWN_SELECTOR)
        return False

    def _metadata(self) -> bool:
        self._read(What.METADATA, self.names[self.at])
        return self._end()

    def _is_named(self) -> bool:
        """Whether a key follows; all attributes at once are only shown by their name."""
        self.at += 1
        return self.at < len(self.names)

    def _attribute(self) -> bool:
        if not self._is_named():
            return False
        key = self.names[self.at]
        having = frozenset(self.known.types_with(key))
        owners = having if self.type is None else having & {self.type}
        self._read(What.ATTRIBUTE, key, owners)
        if owners:
            return self._end()
        of = f"of {self.type}" if self.type else "of any object type"
        choices = self.known.attribute_keys(self.type)
        self._astray(f"There is no attribute {shortened(key)!r} {of}", choices)
        return False

    def _relation(self) -> bool:
        if not self._is_named():
            return False
        key = self.names[self.at]
        self._read(What.RELATION, key)
        ends = self.known.relation_ends(key)
        if ends is None:
            sentence = f"There is no relation type {shortened(key)!r}"
            self._astray(sentence, self.known.relation_keys())
            return False
        source, target = ends
        if source is not None and self.type is not None and source != self.type:
            self._astray(f"Relations {shortened(key)!r} begin at {source}, never at {self.type}")
            return False
        return self._hop(key, target)

    def _person(self) -> bool:
        if not self._is_named():
            return False
        key = self.names[self.at]
        self._read(What.USER_RELATION, key)
        choices = self.known.user_relation_keys()
        if key not in choices:
            self._astray(f"There is no user relation type {shortened(key)!r}", choices)
            return False
        return self._end()

    def _parent(self) -> bool:
        self._read(What.METADATA, "parent")
        return self._hop("parent", None)

    def _hop(self, to: str, object_type_key: str | None) -> bool:
        self.hops, self.type = (*self.hops, to), object_type_key
        self.at += 1
        return True


_TURNS: dict[str, Callable[[_Walk], bool]] = {
    "attributes": _Walk._attribute,
    "relations": _Walk._relation,
    "userRelations": _Walk._person,
    "parent": _Walk._parent,
}
