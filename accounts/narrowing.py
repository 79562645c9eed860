"""What a list is narrowed by, as chips that take it away again; dates of an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.http import QueryDict

from accounts.pages import address


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that a list is narrowed by; `url` is the list without it."""

    label: str
    text: str
    url: str


def chip(query: QueryDict, name: str, label: str, text: str) -> Chip:
    return Chip(label, text, address(query, **{name: None}, cursor=None))


def moment(text: str, *, is_end: bool = False) -> datetime | None:
    """A date (its first instant in UTC, or its last) or an ISO time; None where it is neither."""
    try:
        if len(text) <= len("2026-01-31"):
            day = datetime.combine(date.fromisoformat(text), time.min, UTC)
            return day + timedelta(days=1, microseconds=-1) if is_end else day
        read = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
