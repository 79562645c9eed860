"""Counting votes: what they come to under a mode, among those who are entitled now. Pure Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How many of those entitled must agree."""

    ANY = "any"
    MAJORITY = "majority"
    ALL = "all"
    ONE_PER_RELATION = "onePerRelation"


class Outcome(StrEnum):
    """What the votes come to so far."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted: approvals, and how many of them are required.

    Under `onePerRelation` both are numbers of relations, otherwise of people.
    """

    outcome: Outcome
    approvals: int
    required: int

    @property
    def missing(self) -> int:
        return max(0, self.required - self.approvals)


def tally(
    mode: Mode,
    electors: frozenset[int],
    votes: Mapping[int, bool],
    groups: Sequence[frozenset[int]] = (),
) -> Count:
    """Counts the votes (elector -> approves) of those who are electors now; others don't count.

    `groups` are those who hold each of the relations of which one must agree; a relation that
    nobody holds blocks, as does an electorate of nobody.
    """
    counted = {elector: approves for elector, approves in votes.items() if elector in electors}
    approving = frozenset(elector for elector, approves in counted.items() if approves)
    if mode is Mode.ONE_PER_RELATION:
        held = [group & electors for group in groups] or [electors]
        approvals, required = sum(1 for group in held if group & approving), len(held)
        is_blocked = not all(held)
    else:
        approvals, required = len(approving), required_of(mode, len(electors))
        is_blocked = not electors
    return Count(_outcome(counted, approvals, required, is_blocked), approvals, required)


def required_of(mode: Mode, electors: int) -> int:
    """How many of so many people must agree; of nobody still one."""
    if mode is Mode.ALL:
        return max(1, electors)
    return electors // 2 + 1 if mode is Mode.MAJORITY else 1


def _outcome(
    counted: Mapping[int, bool], approvals: int, required: int, is_blocked: bool
) -> Outcome:
    if not all(counted.values()):
        return Outcome.REJECTED
    if is_blocked:
        return Outcome.BLOCKED
    return Outcome.APPROVED if approvals >= required else Outcome.OPEN
