"""Keys: the names by which people and programs call things. Pure, but for the model field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

PATTERN = "[A-Za-z][A-Za-z0-9_-]{0,99}"
FORM = re.compile(rf"{PATTERN}\Z")
RESERVED = frozenset({"bulk", "test", "compare"})
MOST_HINTS = 100
SHAPE_TEXT = (
    "A key begins with a letter, goes on with letters, digits, _ or -, and has 1 to 100 characters."
)
FORM_TEXT = f"{SHAPE_TEXT} The words {', '.join(sorted(RESERVED))} are reserved."
TEAM_FORM = re.compile(r"[^\W\d_][\w .'&-]{0,60}(::[^\W\d_][\w .'&-]{0,60}){0,4}\Z")


def is_key(text: object) -> bool:
    return isinstance(text, str) and bool(FORM.match(text)) and text.lower() not in RESERVED


# How many hints may still be given; None where nobody counts.
_hints: ContextVar[list[None] | None] = ContextVar("hints", default=None)


@contextmanager
def sparing_hints(most: int = MOST_HINTS) -> Iterator[None]:
    """Within it, at most so many hints are looked for: what is wrong is told, however often.

    Each costs a comparison with every known key, some a query. Without this, two megabytes of
    unknown names keep a worker busy for minutes.
    """
    if _hints.get() is not None:
        yield
        return
    before = _hints.set([None] * most)
    try:
        yield
    finally:
        _hints.reset(before)


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """The known key that looks most like the wanted one, None where nothing comes near.

    Doesn't read `known` where enough hints were given (`sparing_hints`).
    """
    left = _hints.get()
    if left is not None:
        if not left:
            return None
        left.pop()
    by_folded = {key.lower(): key for key in known}
    close = difflib.get_close_matches(wanted[:100].lower(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
else:
    TextColumn = models.CharField


class KeyField(TextColumn):
    """A key column: ASCII, case-sensitive; its uniqueness is a constraint of the model."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("validators", [RegexValidator(FORM, SHAPE_TEXT)])
        super().__init__(*args, **kwargs)


def unique_key(name: str, *within: str) -> models.UniqueConstraint:
    """One key, ignoring case, within the named columns (the whole account where there are none)."""
    return models.UniqueConstraint(*within, Lower("key"), name=name)
