"""What a page wants to hear of beside the inbox, as the socket's address says.

`?executions=all|none|ID,ID` (all where it is left out) and `?objects=ID,ID`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

MOST_IDS = 60
MOST_DUE = 100
BIGGEST = 2**63 - 1
EXECUTIONS, OBJECTS = "executions", "objects"


@dataclass(frozen=True, slots=True)
class Watch:
    """The rows that the page shows. Watching tells nothing: the gate is asked when it is told."""

    every_execution: bool = True
    executions: frozenset[int] = frozenset()
    objects: frozenset[int] = frozenset()

    @property
    def groups(self) -> list[str]:
        """The groups whose mentions concern the page."""
        hears_executions = self.every_execution or self.executions
        return [*([EXECUTIONS] if hears_executions else []), *([OBJECTS] if self.objects else [])]

    def of(self, group: str, ids: Iterable[int]) -> frozenset[int]:
        """Those of the mentioned that the page shows."""
        if group == EXECUTIONS:
            return frozenset(ids) if self.every_execution else self.executions.intersection(ids)
        return self.objects.intersection(ids)


def watch_of(query_string: bytes) -> Watch:
    """Raises `ValueError` where the address says something else."""
    given = dict(
        parse_qsl(query_string.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        if query_string
        else []
    )
    if unknown := given.keys() - {EXECUTIONS, OBJECTS}:
        raise ValueError(f"unknown: {sorted(unknown)}")
    executions = given.get(EXECUTIONS, "all")
    is_word = executions in ("all", "none")
    return Watch(
        every_execution=executions == "all",
        executions=frozenset() if is_word else _ids(executions),
        objects=_ids(given[OBJECTS]) if OBJECTS in given else frozenset(),
    )


def _ids(text: str) -> frozenset[int]:
    words = text.split(",")
    if len(words) > MOST_IDS or not all(one.isascii() and one.isdigit() for one in words):
        raise ValueError("ids are expected")
    found = frozenset(int(one[:20]) for one in words)
    if max(found) > BIGGEST:
        raise ValueError("an id is too large")
    return found


@dataclass(slots=True)
class Due:
    """What the page has yet to be told. However slow its reader, it grows to `MOST_DUE` only."""

    unread: bool = False
    notifications: set[int] = field(default_factory=set)
    executions: set[int] = field(default_factory=set)
    objects: set[int] = field(default_factory=set)
    missed: bool = False

    def add(self, rows: set[int], ids: Iterable[int]) -> None:
        """Takes the ids in; past the limit it is only known that there was more."""
        for one in ids:
            if one not in rows and len(rows) >= MOST_DUE:
                self.missed = True
                return
            rows.add(one)
