"""Replay: what a lifecycle would have allowed of a recorded history of states. Pure.

A line says that a thing went from one state to another; without a state to come from it began its
life there. A refused change is counted, and the replay goes on from the recorded state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a history."""

    key: str
    from_state_key: str | None
    to_state_key: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What a replay needs of a lifecycle: its states, its first state, its moves."""

    state_keys: frozenset[str]
    initial_state_key: str | None
    moves: Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Move:
    """So many changes from one state to another, and whether the lifecycle has that transition."""

    from_state_key: str
    to_state_key: str
    count: int
    allowed: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """The counts of a replay; `unknown_state` lines count nowhere else."""

    started: int
    started_elsewhere: int
    allowed: int
    refused: int
    unknown_state: int
    transitions: tuple[Move, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "started": self.started,
            "startedElsewhere": self.started_elsewhere,
            "allowed": self.allowed,
            "refused": self.refused,
            "unknownState": self.unknown_state,
            "transitions": [
                {
                    "fromStateKey": one.from_state_key,
                    "toStateKey": one.to_state_key,
                    "count": one.count,
                    "allowed": one.allowed,
                }
                for one in self.transitions
            ],
        }


def replay(history: Iterable[Step], rules: Rules) -> Replayed:
    """Counts a history against the rules, in one pass and in memory that doesn't grow with it."""
    counts: Counter[str] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    for step in history:
        named = {step.to_state_key, step.from_state_key} - {None}
        if not named <= rules.state_keys:
            counts["unknown"] += 1
        elif step.from_state_key is None:
            counts["started"] += 1
            counts["elsewhere"] += step.to_state_key != rules.initial_state_key
        else:
            moved[step.from_state_key, step.to_state_key] += 1
    moves = tuple(Move(*pair, count, pair in rules.moves) for pair, count in sorted(moved.items()))
    return Replayed(
        started=counts["started"],
        started_elsewhere=counts["elsewhere"],
        allowed=sum(one.count for one in moves if one.allowed),
        refused=sum(one.count for one in moves if not one.allowed),
        unknown_state=counts["unknown"],
        transitions=moves,
    )
