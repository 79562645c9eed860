"""What an import did, and what it could not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.exceptions import Problem


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was not imported (or only in part, where a problem says so)."""

    number: int
    problems: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        return {"line": self.number, "problems": [_as_json(one) for one in self.problems]}


def _as_json(problem: Problem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "pointer": problem.pointer,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.nearest is not None:
        shown["nearest"] = problem.nearest
    return shown


@dataclass
class Report:
    """Counts of lines by what became of them, and the bad ones with their problems."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    users_created: int = 0
    relations_added: int = 0
    relations_removed: int = 0
    bad: list[BadLine] = field(default_factory=list)

    def refuse(self, number: int, problems: Sequence[Problem]) -> None:
        self.bad.append(BadLine(number, tuple(problems)))

    def add(self, other: Report) -> None:
        """Takes in what another stretch of the same import did."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.users_created += other.users_created
        self.relations_added += other.relations_added
        self.relations_removed += other.relations_removed
        self.bad += other.bad

    @property
    def is_good(self) -> bool:
        return not self.bad

    def as_json(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "usersCreated": self.users_created,
            "relationsAdded": self.relations_added,
            "relationsRemoved": self.relations_removed,
            "bad": [one.as_json() for one in sorted(self.bad, key=lambda one: one.number)],
        }

    def sentences(self) -> list[str]:
        """The report for people: what was done, then every bad line."""
        told = [
            f"{self.created} objects created, {self.updated} updated, {self.unchanged} unchanged.",
            f"{self.relations_added} relations added, {self.relations_removed} removed.",
            f"{self.users_created} people added.",
        ]
        if self.bad:
            told.append(f"{len(self.bad)} bad lines:")
        for line in sorted(self.bad, key=lambda one: one.number):
            told += [
                f"  line {line.number}: {one.pointer + ': ' if one.pointer else ''}{one.detail}"
                for one in line.problems
            ]
        return told
