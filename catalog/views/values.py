"""Attribute values as people read them. Pure but for the rows it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.models import User
from catalog.models import AttributeType

Names = Mapping[str, str]

MISSING = "missing"
HIDDEN = "hidden"
NOT_THERE = "notThere"
NUMBERS = frozenset({"integer", "decimal"})
LONG = frozenset({"text"})
MOST_PLACES = 6
MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Value:
    """A value ready to be drawn: `kind` chooses how, `moment` stands beside dates and times.

    `exact` is what is stored where `text` is a friendlier form of it.
    """

    kind: str
    text: str = ""
    moment: date | datetime | None = None
    items: tuple[Value, ...] = ()
    exact: str = ""


def shown(attribute: AttributeType, stored: Any, names: Names) -> Value:
    """The stored value of an attribute; what can't be read as its type is shown as it stands."""
    if stored is None or stored in ("", []):
        return Value(MISSING)
    if attribute.type == AttributeType.ValueType.LIST and isinstance(stored, list):
        kind = attribute.item_type or AttributeType.ValueType.STRING.value
        return Value("list", items=tuple(_one(kind, item, names) for item in stored))
    return _one(attribute.type, stored, names)


def _one(kind: str, stored: Any, names: Names) -> Value:
    match kind, stored:
        case "boolean", bool():
            return Value("boolean", "Yes" if stored else "No")
        case "user", str():
            return Value("user", names.get(stored, stored))
        case "date", str():
            return _moment("date", stored)
        case "datetime", str():
            return _moment("datetime", stored)
    if kind == "decimal":
        return Value(kind, _friendly(str(stored)), exact=str(stored))
    return Value(kind, str(stored))


def _friendly(stored: str) -> str:
    """A decimal with its thousands apart and no more digits than say something."""
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return stored
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        return stored
    short = round(number, MOST_PLACES)
    return f"{number:,f}" if short == number else f"{short:,f}".rstrip("0").rstrip(".") + "…"


def _moment(kind: str, stored: str) -> Value:
    try:
        read = datetime.fromisoformat(stored)
    except ValueError:
        return Value("string", stored)
    return Value(kind, stored, read if kind == "datetime" else read.date())


def names_of(attributes: Iterable[AttributeType], values: Sequence[Mapping[str, Any]]) -> Names:
    """How the people are called whom these values name; one query, none where there are none."""
    keys = [one.key for one in attributes if "user" in (one.type, one.item_type)]
    named: set[str] = set()
    for held in values:
        for key in keys:
            given = held.get(key)
            items = given if isinstance(given, list) else [given]
            named.update(one for one in items if isinstance(one, str))
    if not named:
        return {}
    people = User.objects.filter(username__in=named)
    return {person.username: person.display_name for person in people}
