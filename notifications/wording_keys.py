"""The keys that the expressions of a template name, checked against what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.context import PARTS
from catalog.expressions import ExpressionError, Reference
from catalog.packages.kinds import Named
from catalog.packages.world import SEPARATOR, World
from notifications.rendering import wording_of

RELATIONS = {"relations": "relationTypes", "userRelations": "userRelationTypes"}


@dataclass(frozen=True, slots=True)
class _Selected:
    """One name selected from an object: `of` is what it is a part of, empty for the object."""

    pointer: str
    of: str
    name: str


def keys_of(subject: str, body: str, world: World) -> Iterator[Named]:
    """Relations, user relations, and attributes that one object type alone has.

    A template has no object type: of an attribute that several types have nobody can say which one
    is meant, so it keeps none of them from being deleted.
    """
    for one in _selected(subject, body):
        if kind := RELATIONS.get(one.of):
            yield Named(one.pointer, kind, one.name, one.name)
        if one.of == "attributes" and len(found := _attributes(one.name, world)) == 1:
            yield Named(one.pointer, "attributeTypes", found[0], one.name)


def unknown_keys(subject: str, body: str, world: World) -> Iterator[Problem]:
    """Parts that no object has, and attributes that no object type has."""
    for one in _selected(subject, body):
        if not one.of and one.name not in PARTS:
            yield _unknown(one, "part of an object", list(PARTS))
        if one.of == "attributes" and not _attributes(one.name, world):
            known = [key.rpartition(SEPARATOR)[2] for key in world.of("attributeTypes")]
            yield _unknown(one, "attribute", known)


def _unknown(one: _Selected, what: str, known: Iterable[str]) -> Problem:
    near = nearest(one.name, known)
    hint = f" Perhaps {near!r} was meant." if near else ""
    detail = f"There is no {what} {one.name[:120]!r}.{hint}"
    return Problem(one.pointer, "unknownReference", detail, one.name[:120], near)


def _attributes(name: str, world: World) -> list[str]:
    return [key for key in world.of("attributeTypes") if key.endswith(SEPARATOR + name)]


def _selected(subject: str, body: str) -> list[_Selected]:
    """What is selected from objects, each once, in the order of the texts; none of faulty ones."""
    try:
        found = wording_of(subject, body).references()
    except ExpressionError:
        return []
    ordered = sorted(found, key=lambda one: (one.pointer != "/subject", one.start))
    return list(dict.fromkeys(part for one in ordered for part in _parts(one)))


def _parts(reference: Reference) -> Iterator[_Selected]:
    """The names along one path; behind a relation or the parent another object begins."""
    if reference.root != "object":
        return
    path = list(reference.path)
    while path:
        part = path.pop(0)
        yield _Selected(reference.pointer, "", part)
        if part in {"attributes", "relations", "userRelations"} and path:
            yield _Selected(reference.pointer, part, path.pop(0))
        if part not in {"relations", "parent"}:
            return
