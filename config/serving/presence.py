"""Which parts run in this process, as its readiness page tells. Pure Python."""

from __future__ import annotations

_running: set[str] = set()


def began(part: str) -> None:
    _running.add(part)


def ended(part: str) -> None:
    _running.discard(part)


def runs(part: str) -> bool:
    return part in _running
