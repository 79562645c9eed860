"""The keys that the expressions of a template name, checked against what there is.

A template has no object type of its own: what is known is whether any object could have the part.
"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.exceptions import Problem
from catalog.expressions import ExpressionError, Reference
from catalog.lineage import Trail, follow, problems_of
from catalog.packages.kinds import Named
from catalog.packages.known import KnownInWorld, named_by
from catalog.packages.world import World
from notifications.rendering import wording_of


def keys_of(subject: str, body: str, world: World) -> Iterator[Named]:
    """Relations, user relations, and attributes that one object type alone can be meant by."""
    for reference, trail in _trails(subject, body, world):
        for read in trail.reads:
            if (named := named_by(read, reference, reference.pointer)) is not None:
                yield named


def unknown_keys(subject: str, body: str, world: World) -> Iterator[Problem]:
    """Names that lead nowhere, whatever the object is."""
    trails = _trails(subject, body, world)
    return problems_of(("", trail.wrong) for _, trail in trails if trail.wrong is not None)


def _trails(subject: str, body: str, world: World) -> list[tuple[Reference, Trail]]:
    """Where what is selected from objects leads, in the order of the texts; none of faulty ones."""
    try:
        found = wording_of(subject, body).references()
    except ExpressionError:
        return []
    ordered = sorted(found, key=lambda one: (one.pointer != "/subject", one.start))
    known = KnownInWorld(world)
    return [(one, follow(one, None, known)) for one in ordered if one.root == "object"]
