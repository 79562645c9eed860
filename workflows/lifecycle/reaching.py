"""Which points of a graph are reached from one of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def reached(first: int, leads: Mapping[int, Collection[int]]) -> set[int]:
    """The first one, and all to which a way leads from there."""
    found, waiting = {first}, [first]
    while waiting:
        new = set(leads.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found
