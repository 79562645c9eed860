"""Reading, moving and formatting dates. A date is a calendar day; a moment is in UTC.

Format directives are written out here: the C library's strftime differs between machines in
names, padding of years and what it does with a directive that it does not know.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from catalog.expressions.errors import Code, Fault, nearest, shortened
from catalog.expressions.numbers import multiply
from catalog.expressions.values import moment_of, to_utc

_ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def read_date(value: date | str) -> date:
    """A date as it is, an ISO 8601 text as the day or moment that it says; UTC without offset."""
    if isinstance(value, date):
        return value
    found = _ISO.fullmatch(value.strip()) if len(value) <= 64 else None
    try:
        if found is not None:
            return _from_iso(found)
    except ValueError:
        pass
    raise Fault(
        Code.INVALID_DATE,
        f"{shortened(value)!r} is not a date; dates are written 2026-01-31 or 2026-01-31T10:00:00Z",
    )


def _from_iso(found: re.Match[str]) -> date:
    day = date.fromisoformat(found["day"])
    if found["time"] is None:
        return day
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    offset = (found["offset"] or "Z").replace("Z", "+00:00")
    seconds = "" if found["time"].count(":") == 2 else ":00"
    return to_utc(datetime.fromisoformat(f"{day}T{found['time']}{seconds}.{fraction}{offset}"))


def day_of(value: date | str) -> date:
    """The calendar day; of a moment the one in UTC."""
    read = read_date(value)
    return read.date() if isinstance(read, datetime) else read


def moved(value: date, step: timedelta) -> date:
    """The date so much later; a day stays a day."""
    try:
        return value + step
    except OverflowError:
        raise out_of_range() from None


_MANY_HOURS = 1_000_000_000


def span_of(*, days: int = 0, hours: int | Decimal = 0) -> timedelta:
    """A length of time, exact to the microsecond."""
    if not -_MANY_HOURS < hours < _MANY_HOURS:
        raise out_of_range()
    try:
        return timedelta(days=days, microseconds=int(multiply(hours, 3_600_000_000)))
    except OverflowError:
        raise out_of_range() from None


def out_of_range() -> Fault:
    return Fault(Code.DATE_OUT_OF_RANGE, "The date would lie outside the years 1 to 9999")


def whole_days_between(start: date, end: date) -> int:
    """Whole days of 24 hours from start to end, towards zero; negative where end is earlier."""
    elapsed = moment_of(end) - moment_of(start)
    return elapsed.days if elapsed >= timedelta(0) else -(-elapsed).days


def format_date(value: date, directives: str, zone: str | None = None) -> str:
    """The date as the directives say. The zone applies to moments; a day is a day everywhere."""
    moment = moment_of(value)
    if zone is not None and isinstance(value, datetime):
        moment = _in_zone(moment, zone)
    elif zone is not None:
        zone_of(zone)
    return _DIRECTIVE.sub(lambda found: _directive(found.group())(moment), directives)


def check_format(directives: str) -> None:
    """Refuse directives that formatDate does not know."""
    for written in _DIRECTIVE.findall(directives):
        _directive(written)


def _in_zone(moment: datetime, zone: str) -> datetime:
    try:
        return moment.astimezone(zone_of(zone))
    except OverflowError:
        raise out_of_range() from None


def zone_of(name: str) -> ZoneInfo:
    """The IANA time zone of this name."""
    if name not in _zone_names():
        meant = nearest(name, _zone_names())
        hint = f"; did you mean {meant!r}?" if meant else ""
        raise Fault(
            Code.UNKNOWN_TIME_ZONE,
            f"There is no time zone {shortened(name)!r}{hint}",
            argument=2,
        )
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _directive(written: str) -> Callable[[datetime], str]:
    directive = DIRECTIVES.get(written)
    if directive is None:
        known = " ".join(DIRECTIVES)
        raise Fault(
            Code.INVALID_FORMAT,
            f"formatDate() does not know {shortened(written)!r}; it knows {known}",
            argument=1,
        )
    return directive


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta(0)).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _day_of_year(moment: datetime) -> int:
    return moment.timetuple().tm_yday


def _hour12(moment: datetime) -> int:
    return moment.hour % 12 or 12


DIRECTIVES: Final[dict[str, Callable[[datetime], str]]] = {
    "%Y": lambda m: f"{m.year:04d}",
    "%y": lambda m: f"{m.year % 100:02d}",
    "%m": lambda m: f"{m.month:02d}",
    "%-m": lambda m: str(m.month),
    "%d": lambda m: f"{m.day:02d}",
    "%-d": lambda m: str(m.day),
    "%e": lambda m: f"{m.day:2d}",
    "%j": lambda m: f"{_day_of_year(m):03d}",
    "%H": lambda m: f"{m.hour:02d}",
    "%-H": lambda m: str(m.hour),
    "%I": lambda m: f"{_hour12(m):02d}",
    "%-I": lambda m: str(_hour12(m)),
    "%p": lambda m: "AM" if m.hour < 12 else "PM",
    "%M": lambda m: f"{m.minute:02d}",
    "%-M": lambda m: str(m.minute),
    "%S": lambda m: f"{m.second:02d}",
    "%-S": lambda m: str(m.second),
    "%f": lambda m: f"{m.microsecond:06d}",
    "%A": lambda m: _DAYS[m.weekday()],
    "%a": lambda m: _DAYS[m.weekday()][:3],
    "%B": lambda m: _MONTHS[m.month - 1],
    "%b": lambda m: _MONTHS[m.month - 1][:3],
    "%u": lambda m: str(m.isoweekday()),
    "%w": lambda m: str(m.isoweekday() % 7),
    "%G": lambda m: f"{m.isocalendar().year:04d}",
    "%V": lambda m: f"{m.isocalendar().week:02d}",
    "%U": lambda m: f"{(_day_of_year(m) + 6 - m.isoweekday() % 7) // 7:02d}",
    "%W": lambda m: f"{(_day_of_year(m) + 6 - m.weekday()) // 7:02d}",
    "%F": lambda m: f"{m.year:04d}-{m.month:02d}-{m.day:02d}",
    "%T": lambda m: f"{m.hour:02d}:{m.minute:02d}:{m.second:02d}",
    "%R": lambda m: f"{m.hour:02d}:{m.minute:02d}",
    "%z": _offset,
    "%Z": lambda m: m.tzname() or "UTC",
    "%s": lambda m: str(int((m - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))),
    "%%": lambda m: "%",
}
_DIRECTIVE = re.compile(r"%-?.?", re.DOTALL)
