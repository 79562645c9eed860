"""Values as text and as JSON: one canonical form each, the same on every machine."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from catalog.expressions.errors import Code, Fault
from catalog.expressions.limits import MAX_DEPTH, check_text_size
from catalog.expressions.values import Value, admit


def render(value: Value) -> str:
    """The value as it stands inside a text.

    null is empty, booleans are true and false, decimals have no exponent, dates are ISO 8601,
    moments in UTC with Z; the items of a list stand with ", " between them (nulls left out), an
    object is its key, and other structures are JSON.
    """
    if isinstance(value, list):
        return _limited(_rendered_items(value))
    return _render_one(value)


def _rendered_items(items: list[object]) -> Iterator[str]:
    separator = ""
    for item in items:
        if item is not None:
            admitted = admit(item)
            yield separator + (
                _as_json(admitted) if isinstance(admitted, list) else _render_one(admitted)
            )
            separator = ", "


def _render_one(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return decimal_text(value)
        case date():
            return date_text(value)
        case list() | Mapping():
            return _as_json(value)
    return str(value)


def _as_json(value: Value) -> str:
    text = json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))
    check_text_size(len(text))
    return text


def _limited(pieces: Iterator[str]) -> str:
    kept: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        check_text_size(size)
        kept.append(piece)
    return "".join(kept)


def decimal_text(value: Decimal) -> str:
    """The digits as they are, without exponent."""
    return format(value, "f")


def date_text(value: date) -> str:
    """2026-01-31, or 2026-01-31T10:00:00Z for a moment (with a fraction where it has one)."""
    if isinstance(value, datetime):
        return value.isoformat().removesuffix("+00:00") + "Z"
    return value.isoformat()


def jsonable(value: object, depth: int = 0) -> object:
    """The value as JSON has it: decimals and dates become texts, objects their key."""
    if depth > MAX_DEPTH:
        raise Fault(Code.TOO_DEEP, f"The value is nested deeper than {MAX_DEPTH} levels")
    match admit(value):
        case None | bool() | int() | str() as plain:
            return plain
        case Decimal() | date() as other:
            return _render_one(other)
        case list() as items:
            return [jsonable(item, depth + 1) for item in items]
        case Mapping() as parts:
            return {str(name): jsonable(part, depth + 1) for name, part in parts.items()}
        case thing:
            return str(thing)
