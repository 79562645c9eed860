"""What an API token may be limited to. Pure Python."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(StrEnum):
    """`read` lets a token ask, `write` change too. A token without scopes is not limited."""

    READ = "read"
    WRITE = "write"


def permits(scopes: Sequence[str], method: str) -> bool:
    """Whether a token of these scopes may send a request of this method."""
    if not scopes or Scope.WRITE in scopes:
        return True
    return method in SAFE_METHODS and Scope.READ in scopes
