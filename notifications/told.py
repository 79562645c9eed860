"""What became of telling people: who was told, who was not and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why somebody was left out; stable codes for programs."""

    INACTIVE = "inactive"
    AUTHOR = "author"
    MAY_NOT_SEE = "mayNotSee"
    UNKNOWN = "unknown"
    ALREADY_TOLD = "alreadyTold"
    UNREACHABLE = "unreachable"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Reason.INACTIVE: "The user is not active.",
    Reason.AUTHOR: "The user caused this, and the template doesn't notify its author.",
    Reason.MAY_NOT_SEE: "The user may not see the object.",
    Reason.UNKNOWN: "There is no user and no team of this name.",
    Reason.ALREADY_TOLD: "The user was told of this before.",
    Reason.UNREACHABLE: "No channel of the template reaches the user.",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who gets nothing."""

    username: str
    reason: Reason

    def as_json(self) -> dict[str, Any]:
        return {"username": self.username, "reason": self.reason, "detail": self.reason.sentence}


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A channel that doesn't reach somebody who was told by others."""

    username: str
    channel: str
    detail: str

    def as_json(self) -> dict[str, Any]:
        return {"username": self.username, "channel": self.channel, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told, in the order of their names, and who was not."""

    sent: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    undelivered: list[Undelivered] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As the output of a step shows it."""
        return {
            "sent": self.sent,
            "leftOut": [one.as_json() for one in self.left_out],
            "undelivered": [one.as_json() for one in self.undelivered],
        }
