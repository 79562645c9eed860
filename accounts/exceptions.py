"""What is refused, as sentences. The six bases map to one HTTP status each, in `accounts.http`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a place: a JSON pointer into what was given."""

    pointer: str
    code: str
    detail: str
    value: Any = None
    nearest: str | None = None

    def under(self, prefix: str) -> Problem:
        """The same problem, seen from a larger document."""
        return Problem(prefix + self.pointer, self.code, self.detail, self.value, self.nearest)


MOST_PROBLEMS = 5000


def first_of(problems: Sequence[Problem], most: int = MOST_PROBLEMS) -> list[Problem]:
    """At most so many problems, and where there are more, one that says how many."""
    if len(problems) <= most:
        return list(problems)
    detail = f"There are {len(problems) - most:,} problems more; mend these first."
    return [*problems[:most], Problem("", "tooManyProblems", detail)]


class Refused(Exception):
    """Base of all refusals; the message is a sentence for the person who asked."""

    code = "refused"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.extra = extra


class NotFound(Refused):
    """It doesn't exist, or this actor may not know that it does."""

    code = "notFound"


class LinkVoid(NotFound):
    """A link of a mail that was used, withdrawn or is too old: its holder may be told that much."""

    code = "linkVoid"


class Denied(Refused):
    """It may be seen but not done; the detail names the level that refused."""

    code = "denied"


class Conflict(Refused):
    """The present state, status or version doesn't allow it."""

    code = "conflict"


class Invalid(Refused):
    """What was given can't be accepted; every problem is listed."""

    code = "invalid"

    def __init__(
        self,
        detail: str = "",
        *,
        problems: Sequence[Problem] = (),
        code: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or _summary(problems), code=code, **extra)
        self.problems = list(problems)


class TooMany(Refused):
    """It was tried too often; `wait` is in how many seconds it may be tried again."""

    code = "tooManyAttempts"

    def __init__(self, detail: str, *, wait: float) -> None:
        super().__init__(detail)
        self.wait = ceil(wait)


class Malformed(Refused):
    """What was given can't even be read."""

    code = "malformed"


def _summary(problems: Sequence[Problem]) -> str:
    if not problems:
        return "What was given can't be accepted."
    rest = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0].detail}{rest}"
