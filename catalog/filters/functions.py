"""Functions that SQLite lacks, made in Python for every connection. Each is deterministic.

PostgreSQL has these of its own; see `dialects`.
"""

from __future__ import annotations

import json
from typing import Any

from catalog.expressions import fold
from catalog.filters.predicate import DECIMAL_FORM

FOLD = "sluice_fold"
DECIMAL_KEY = "sluice_decimal_key"
PLAIN_JSON = "sluice_json"

_DIGITS = 38
_NINES_COMPLEMENT = str.maketrans("0123456789", "9876543210")


def decimal_key(text: object) -> str | None:
    """A text that sorts as the number does, equal for equal numbers; None if it is no number."""
    if not isinstance(text, str) or not DECIMAL_FORM.fullmatch(text):
        return None
    whole, _, fraction = text.removeprefix("-").partition(".")
    digits = whole.zfill(_DIGITS) + fraction.ljust(_DIGITS, "0")
    if text.startswith("-") and digits.strip("0"):
        return "0" + digits.translate(_NINES_COMPLEMENT)
    return "1" + digits


def plain_json(text: object) -> str | None:
    """JSON as `written` writes it, however it was written."""
    return written(json.loads(text)) if isinstance(text, str) else None


def written(value: object) -> str:
    """JSON as PostgreSQL writes it: a space behind commas, characters as they are."""
    return json.dumps(value, ensure_ascii=False)


def register(connection: Any, **_: object) -> None:
    """Receives Django's `connection_created`."""
    if connection.vendor != "sqlite":
        return
    for name, function in (
        (FOLD, _fold),
        (DECIMAL_KEY, decimal_key),
        (PLAIN_JSON, plain_json),
    ):
        connection.connection.create_function(name, 1, function, deterministic=True)


def _fold(text: object) -> str | None:
    return fold(text) if isinstance(text, str) else None
