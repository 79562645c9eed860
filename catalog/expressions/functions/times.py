"""Functions on dates. Dates come as dates, moments or ISO 8601 texts, as attributes hold them."""

from datetime import date
from decimal import Decimal

from catalog.expressions.dates import (
    check_format,
    day_of,
    format_date,
    moved,
    read_date,
    span_of,
    whole_days_between,
    zone_of,
)
from catalog.expressions.errors import Code, Fault
from catalog.expressions.functions.signature import Example, Function, Parameter
from catalog.expressions.values import Kind, Value, moment_of

_DATE = (Kind.DATE, Kind.TEXT)


def _read(value: date | str, argument: int = 0) -> date:
    try:
        return read_date(value)
    except Fault as fault:
        fault.argument = argument
        raise


def _add_days(value: date | str, days: int) -> date:
    return moved(_read(value), span_of(days=days))


def _add_hours(value: date | str, hours: int | Decimal) -> date:
    return moved(moment_of(_read(value)), span_of(hours=hours))


def _days_between(start: date | str, end: date | str) -> int:
    return whole_days_between(_read(start), _read(end, 1))


def _format_date(value: date | str, directives: str, zone: str | None = None) -> str:
    return format_date(_read(value), directives, zone)


def _date(value: Value, month: int | None = None, day: int | None = None) -> date:
    if isinstance(value, date | str) and month is None:
        return day_of(_read(value))
    if not isinstance(value, int) or month is None or day is None:
        raise Fault(Code.WRONG_TYPE, "date() takes a date or text, or a year, a month and a day")
    try:
        return date(value, month, day)
    except (ValueError, OverflowError):
        raise Fault(Code.INVALID_DATE, "There is no such day") from None


def _datetime(value: date | str) -> date:
    return moment_of(_read(value))


def _now() -> Value:
    raise Fault(Code.UNKNOWN_VARIABLE, "now() is read from the context, not called")


TIMES = (
    Function(
        name="now",
        group="Dates",
        parameters=(),
        result=Kind.DATE,
        doc="The moment of the run; the same as `@now`.",
        call=_now,
        examples=(Example("now()", "2026-01-31T10:00:00Z"),),
    ),
    Function(
        name="date",
        group="Dates",
        parameters=(
            Parameter("value", (Kind.DATE, Kind.TEXT, Kind.INTEGER)),
            Parameter("month", (Kind.INTEGER,), optional=True),
            Parameter("day", (Kind.INTEGER,), optional=True),
        ),
        result=Kind.DATE,
        doc="The calendar day of a date, a moment (in UTC) or an ISO 8601 text; or the day with "
        "this year, month and day.",
        call=_date,
        examples=(
            Example("date('2026-01-31T23:30:00-02:00')", "2026-02-01"),
            Example("date(2026, 2, 28)", "2026-02-28"),
            Example("date(@object.attributes.due) < @now", "true"),
        ),
    ),
    Function(
        name="datetime",
        group="Dates",
        parameters=(Parameter("value", _DATE),),
        result=Kind.DATE,
        doc="The moment that a date or an ISO 8601 text says; a day is its midnight in UTC.",
        call=_datetime,
        examples=(
            Example("datetime('2026-01-31T12:00+02:00')", "2026-01-31T10:00:00Z"),
            Example("datetime('2026-01-31')", "2026-01-31T00:00:00Z"),
        ),
    ),
    Function(
        name="addDays",
        group="Dates",
        parameters=(Parameter("date", _DATE), Parameter("days", (Kind.INTEGER,))),
        result=Kind.DATE,
        doc="The date so many days later, or earlier for a negative number; a day stays a day, a "
        "moment stays a moment.",
        call=_add_days,
        literals={0: read_date},
        examples=(
            Example("addDays('2026-01-31', 1)", "2026-02-01"),
            Example("addDays(@now, -7)", "2026-01-24T10:00:00Z"),
        ),
    ),
    Function(
        name="addHours",
        group="Dates",
        parameters=(Parameter("date", _DATE), Parameter("hours", (Kind.NUMBER,))),
        result=Kind.DATE,
        doc="The moment so many hours later; parts of an hour may be given.",
        call=_add_hours,
        literals={0: read_date},
        examples=(Example("addHours('2026-01-31', 1.5)", "2026-01-31T01:30:00Z"),),
    ),
    Function(
        name="daysBetween",
        group="Dates",
        parameters=(Parameter("start", _DATE), Parameter("end", _DATE)),
        result=Kind.INTEGER,
        doc="The whole days from `start` to `end` (`end - start`), negative where `end` is "
        "earlier. A part of a day does not count.",
        call=_days_between,
        literals={0: read_date, 1: read_date},
        examples=(
            Example("daysBetween('2026-01-01', '2026-01-31')", "30"),
            Example("daysBetween(@now, '2026-01-31')", "0"),
            Example("daysBetween('2026-01-31', '2026-01-01')", "-30"),
        ),
    ),
    Function(
        name="formatDate",
        group="Dates",
        parameters=(
            Parameter("date", _DATE),
            Parameter("format", (Kind.TEXT,)),
            Parameter("zone", (Kind.TEXT,), optional=True),
        ),
        result=Kind.TEXT,
        doc="The date as the directives say, in UTC or in the IANA time zone. A day without time "
        "is the same in every zone.",
        call=_format_date,
        literals={0: read_date, 1: check_format, 2: zone_of},
        examples=(
            Example("formatDate(@now, '%d.%m.%Y %H:%M')", "'31.01.2026 10:00'"),
            Example("formatDate(@now, '%H:%M %Z', 'Europe/Berlin')", "'11:00 CET'"),
            Example("formatDate('2026-01-31', '%B %-d, %Y')", "'January 31, 2026'"),
        ),
    ),
)
