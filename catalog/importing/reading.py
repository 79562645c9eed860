"""What every format of a file gives: its lines in order, and its keys before any line is written.

Knows nothing of what exists; a file is read twice, so it must not be a pipe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from accounts.exceptions import Invalid, Problem

MOST_BYTES = 1024 * 1024
"""Of one line; a longer one is passed over in pieces, never held in memory."""

MOST_BLANK = 2**20
"""Lines without anything: as many as a sheet has rows, and no more."""
MOST_BAD = 10_000
"""Bad lines after which a file that had no more good ones is read no further."""

Keys = dict[str, tuple[str, int]]
"""Keys of all lines, lower-cased -> as first written and in which line: what later lines add."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, well-formed: what is to be known of one object.

    `names_parent` tells a parent of null (none) from no word about it.
    """

    number: int
    key: str
    name: str
    state_key: str | None
    names_parent: bool
    parent_key: str | None
    attributes: Mapping[str, Any]
    relations: Mapping[str, tuple[str, ...]]
    people: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is not what its format asks for."""

    number: int
    problems: tuple[Problem, ...]


Read = Line | Unreadable


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look through a file tells of it."""

    keys: Keys
    line_count: int


class Reading(Protocol):
    """A file in one format."""

    def survey(self) -> Survey:
        """Goes through the whole file; raises `Invalid` where no line of it could be read."""

    def lines(self, *, after: int = 0) -> Iterator[Read]:
        """The lines behind that number; those that are blank are passed over."""

    def placed(self, problem: Problem) -> Problem:
        """The problem of a line, with the place as people see it in such a file."""


@dataclass
class Patience:
    """Counts good and bad lines, until a file is plainly none of lines of objects.

    Without this a large file of short bad lines would be read to its end, and leave a row for each.
    """

    good: int = 0
    bad: int = 0

    def note(self, *, is_good: bool) -> None:
        self.good += is_good
        self.bad += not is_good

    @property
    def is_over(self) -> bool:
        return self.bad >= MOST_BAD and self.bad > self.good


def hopeless(reading: Reading, number: int) -> Invalid:
    """Why a file was read up to this line and no further, with the first problem of its lines."""
    bad = next((one for one in reading.lines() if isinstance(one, Unreadable)), None)
    detail = (
        f"Line {number:,}: reading stopped here, since {MOST_BAD:,} lines can't be read and fewer "
        "can. Nothing was imported."
    )
    if bad is not None:
        detail += f" The first is line {bad.number:,}: {reading.placed(bad.problems[0]).detail}"
    return Invalid(detail, code="tooManyBad")


def refuse_blank(count: int, number: int) -> None:
    """Refuses a file that has nothing in too many of its lines."""
    if count > MOST_BLANK:
        detail = f"Line {number:,}: more than {MOST_BLANK:,} lines are empty. Remove them."
        raise Invalid(detail, code="tooManyBlank")


def digest_of(path: Path) -> str:
    """By which the same file is known again."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def refuse_other_encodings(path: Path) -> None:
    """A file in UTF-16 has no good line, so it is refused as a whole."""
    with path.open("rb") as source:
        start = source.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start:
        detail = (
            "Line 1, byte 1: this file is in UTF-16 or UTF-32, not in UTF-8. Save it as UTF-8 "
            "(in a spreadsheet: as “CSV UTF-8”) and import it again."
        )
        raise Invalid(detail, code="encoding")
