"""The one source of the present instant, so that a simulation can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def written(instant: datetime) -> str:
    """An instant in UTC as JSON shows it everywhere: ISO 8601, ending with Z."""
    return instant.isoformat().replace("+00:00", "Z")


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Makes `now()` answer `instant` inside the block, in this thread or task."""
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)
