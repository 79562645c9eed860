"""Keys: the names by which people and programs call things. Pure, but for the model field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

FORM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}\Z")
RESERVED = frozenset({"bulk", "test", "compare"})
FORM_TEXT = (
    "A key begins with a letter, goes on with letters, digits, _ or -, and has 1 to 100 characters."
)
TEAM_FORM = re.compile(r"[^\W\d_][\w .'&-]{0,60}(::[^\W\d_][\w .'&-]{0,60}){0,4}\Z")


def is_key(text: object) -> bool:
    return isinstance(text, str) and bool(FORM.match(text)) and text.lower() not in RESERVED


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """The known key that looks most like the wanted one, None where nothing comes near."""
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
        kwargs.setdefault("validators", [RegexValidator(FORM, FORM_TEXT)])
        super().__init__(*args, **kwargs)


def unique_key(name: str, *within: str) -> models.UniqueConstraint:
    """One key, ignoring case, within the named columns (the whole account where there are none)."""
    return models.UniqueConstraint(*within, Lower("key"), name=name)
