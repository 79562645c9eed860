"""To which state the objects of each state go that leaves its lifecycle. Knows no rows.

A mapping may be longer than is needed, so that one file fits installations of several ages: what
names a state that has left already says nothing, and steps are followed to their end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.exceptions import Problem
from accounts.keys import FORM_TEXT, is_key, nearest
from journal.strict_json import escaped

FIELD = "stateMapping"
MOST_MAPPED = 300
SHOWN = 120


@dataclass(frozen=True, slots=True)
class Mapped:
    """The state that leaves, the one its objects go to, and the pointer to where that is said."""

    gone: str
    into: str
    pointer: str


def mapped(given: object, staying: Collection[str]) -> tuple[list[Mapped], list[Problem]]:
    """What a mapping of keys says, given the keys of the states that stay; pointers begin at what
    holds the mapping."""
    if given is None:
        return [], []
    if not isinstance(given, Mapping):
        detail = "An object is expected here: the key of a state that leaves, and where to."
        return [], [Problem(f"/{FIELD}", "wrongType", detail)]
    if len(given) > MOST_MAPPED:
        detail = f"At most {MOST_MAPPED} states are mapped at once."
        return [], [Problem(f"/{FIELD}", "tooManyItems", detail)]
    found = [_one(gone, given, staying) for gone in given]
    return (
        [one for one in found if isinstance(one, Mapped)],
        [one for one in found if isinstance(one, Problem)],
    )


def _one(gone: str, given: Mapping[str, object], staying: Collection[str]) -> Mapped | Problem:
    pointer = f"/{FIELD}/{escaped(gone[:200])}"
    into = given[gone]
    if not is_key(gone) or not isinstance(into, str) or not is_key(into):
        wrong = gone if not is_key(gone) else into
        return Problem(pointer, "malformedKey", FORM_TEXT, str(wrong)[:SHOWN])
    if gone in staying:
        detail = (
            f"The state {gone} stays in the lifecycle, so its objects stay, too. "
            "A mapping is for states that leave."
        )
        return Problem(pointer, "stillThere", detail, gone)
    return _end_of(gone, into, given, staying, pointer)


def _end_of(
    gone: str, into: str, given: Mapping[str, object], staying: Collection[str], pointer: str
) -> Mapped | Problem:
    path = [gone, into]
    while into not in staying:
        further = given.get(into)
        if not isinstance(further, str):
            near = nearest(into, staying)
            hint = f" Perhaps {near!r} was meant." if near else ""
            detail = f"There will be no state {into[:SHOWN]!r} for the objects of {gone}.{hint}"
            return Problem(pointer, "unknownReference", detail, into[:SHOWN], near)
        if further in path:
            detail = f"This leads in a circle: {' → '.join([*path, further])}."
            return Problem(pointer, "cycle", detail, further)
        path.append(further)
        into = further
    return Mapped(gone, into, pointer)
