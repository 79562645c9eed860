"""The one stored form of each kind of value, and what is refused. Pure: knows no Django, no rows.

A value comes as JSON gives it (numbers with a fraction best parsed as Decimal) or as an expression
gives it (dates and moments). Booleans are never integers, digits in a text are never an integer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from urllib.parse import urlsplit

from catalog.expressions.text import first_unsound

MOST_STRING = 2_000
MOST_TEXT = 100_000
MOST_DIGITS = 38
MOST_USERNAME = 150
SMALLEST_INTEGER = -(2**63)
LARGEST_INTEGER = 2**63 - 1

_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_LINK_PART = re.compile(r"[^\s\x00-\x20\x7f<>\"\\^`{|}]+")

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


class Unacceptable(Exception):
    """This value can't be stored; the detail is a sentence that names what is expected."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def string(value: object) -> str:
    return sound(value, MOST_STRING)


def text(value: object) -> str:
    return sound(value, MOST_TEXT)


def sound(value: object, most: int) -> str:
    """A text that every database can store, of at most so many characters."""
    if not isinstance(value, str):
        raise Unacceptable("wrongType", "A text is expected here.")
    if len(value) > most:
        raise Unacceptable("tooLong", f"A text of at most {most:,} characters is expected here.")
    at = first_unsound(value)
    if at is not None:
        raise Unacceptable(
            "unsoundText",
            f"A text without NUL and lone surrogates is expected; see character {at}.",
        )
    return value


def username(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Unacceptable("wrongType", "A username is expected here, as a text.")
    return sound(value, MOST_USERNAME)


def url(value: object) -> str:
    """A web or mail address; other schemes could run code when somebody follows them, and marks
    that aren't seen could show another address than it is."""
    given = sound(value, MOST_STRING)
    if not _is_link(given) or any(unicodedata.category(one) in _UNSEEN for one in given):
        raise Unacceptable("malformed", "An http, https or mailto address is expected here.")
    return given


def _is_link(given: str) -> bool:
    if not _LINK_PART.fullmatch(given):
        return False
    try:
        parts = urlsplit(given)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host)
    return parts.scheme == "mailto" and "@" in parts.path.strip("@")


def integer(value: object) -> int:
    number = _whole(value)
    if number is None:
        raise Unacceptable("wrongType", "A whole number is expected here, without quotes.")
    if not SMALLEST_INTEGER <= number <= LARGEST_INTEGER:
        raise Unacceptable("outOfRange", "A whole number from -2^63 to 2^63 - 1 is expected here.")
    return number


def _whole(value: object) -> int | None:
    """Also a Decimal without fraction, since an expression's division gives one."""
    if isinstance(value, Decimal):
        if not value.is_finite() or _exponent(value) < 0 or value.adjusted() > MOST_DIGITS:
            return None
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def decimal(value: object) -> str:
    """Plain digits: no exponent, no plus, no zeros that say nothing, zero is never negative."""
    number = _number(value)
    if not number:
        return "0"
    if number.adjusted() >= MOST_DIGITS or _exponent(number) < -200:
        raise _too_many_digits()
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if len(plain.lstrip("-0").replace(".", "")) > MOST_DIGITS:
        raise _too_many_digits()
    return plain


def _number(value: object) -> Decimal:
    number: Decimal | None = None
    match value:
        case bool():
            pass
        case Decimal():
            number = value
        case int():
            if abs(value) >= 10**MOST_DIGITS:
                raise _too_many_digits()
            number = Decimal(value)
        case float():
            # Shortest text that gives this float again: what was typed, up to 15 digits.
            number = Decimal(repr(value))
        case str():
            if len(value) <= 200 and _DECIMAL.fullmatch(value):
                number = Decimal(value)
    if number is None or not number.is_finite():
        raise Unacceptable(
            "wrongType", 'A decimal number is expected here, such as "12.50" in quotes.'
        )
    return number


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _too_many_digits() -> Unacceptable:
    return Unacceptable("tooManyDigits", f"A number of at most {MOST_DIGITS} digits is expected.")


def boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unacceptable("wrongType", "true or false is expected here, without quotes.")
    return value


def day(value: object) -> str:
    """A date. A moment, as expressions give them, stands for its day in UTC."""
    if isinstance(value, datetime):
        return _in_utc(value).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise Unacceptable(*_EXPECTED_DAY)


def moment(value: object) -> str:
    """A moment in UTC, always with six digits after the seconds: text order is time order.

    One without offset is taken to be in UTC, as in expressions.
    """
    return _written(_moment(value))


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=UTC)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return _in_utc(datetime.fromisoformat(value))
        except ValueError:
            pass
    raise Unacceptable(*_EXPECTED_MOMENT)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise Unacceptable(*_EXPECTED_MOMENT) from None


def _written(value: datetime) -> str:
    # strftime would write the year 33 as "33": text order would no longer be time order.
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


_EXPECTED_DAY = ("malformed", 'A date is expected here, such as "2026-03-31".')
_EXPECTED_MOMENT = (
    "malformed",
    'A moment is expected here, such as "2026-03-31T14:30:00Z".',
)

FORMS: dict[str, Callable[[object], object]] = {
    "string": string,
    "text": text,
    "integer": integer,
    "decimal": decimal,
    "boolean": boolean,
    "date": day,
    "datetime": moment,
    "enum": string,
    "user": username,
    "url": url,
}
"""By the type of an attribute, all but `list`, whose items have one of these."""


def is_empty(stored: object) -> bool:
    """No value: what `isEmpty` means in criteria and `required` in the schema."""
    return stored is None or stored in ("", [])
