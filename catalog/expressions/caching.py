"""Remembers what a text was read as; what was refused is not remembered."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Read = TypeVar("Read")

_SHORT = 500


def cached(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Caches a pure function of a text.

    Two caches, so that a few thousand long texts can't fill the memory with their trees.
    """
    short = lru_cache(maxsize=4096)(read)
    long = lru_cache(maxsize=64)(read)

    @wraps(read)
    def remembered(text: str) -> Read:
        return short(text) if len(text) <= _SHORT else long(text)

    return remembered
