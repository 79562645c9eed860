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
        return {"line": self.number, "problems": [told(one) for one in self.problems]}


def told(problem: Problem) -> dict[str, Any]:
    """A problem as reports give it and imports keep it."""
    shown: dict[str, Any] = {
        "pointer": problem.pointer,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.nearest is not None:
        shown["nearest"] = problem.nearest
    return shown


def kept(shown: dict[str, Any]) -> Problem:
    """The same back from what was kept."""
    return Problem(shown["pointer"], shown["code"], shown["detail"], nearest=shown.get("nearest"))


MOST_TOLD = 1_000
"""Bad lines that are listed at the end of an import; all of them are kept with it."""
COUNTS = (
    "created",
    "updated",
    "unchanged",
    "users_created",
    "relations_added",
    "relations_removed",
)


@dataclass
class Report:
    """Counts of lines by what became of them, and the bad ones with their problems.

    `unlisted` counts bad lines beyond those in `bad`; `stopped` says why it didn't come to its end.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    users_created: int = 0
    relations_added: int = 0
    relations_removed: int = 0
    bad: list[BadLine] = field(default_factory=list)
    unlisted: int = 0
    stopped: str = ""

    def refuse(self, number: int, problems: Sequence[Problem]) -> None:
        self.bad.append(BadLine(number, tuple(problems)))

    @property
    def bad_lines(self) -> int:
        return len(self.bad) + self.unlisted

    @property
    def is_good(self) -> bool:
        return not self.bad_lines

    def as_json(self) -> dict[str, Any]:
        return {
            **({"stopped": self.stopped} if self.stopped else {}),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "usersCreated": self.users_created,
            "relationsAdded": self.relations_added,
            "relationsRemoved": self.relations_removed,
            "badLines": self.bad_lines,
            "bad": [one.as_json() for one in sorted(self.bad, key=lambda one: one.number)],
        }

    def sentences(self) -> list[str]:
        """The report for people: what was done, then every bad line."""
        told = [
            f"{self.created} objects created, {self.updated} updated, {self.unchanged} unchanged.",
            f"{self.relations_added} relations added, {self.relations_removed} removed.",
            f"{self.users_created} people added.",
        ]
        if self.bad_lines:
            told.append(f"{self.bad_lines} bad lines:")
        for line in sorted(self.bad, key=lambda one: one.number):
            told += [
                f"  line {line.number}: {one.pointer + ': ' if one.pointer else ''}{one.detail}"
                for one in line.problems
            ]
        if self.unlisted:
            told.append(f"  and {self.unlisted} more; --report FILE gives all of them.")
        return told
