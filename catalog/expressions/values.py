"""The values that expressions know, and how they compare.

Nothing else gets in: `admit` stands at every door through which a value enters an evaluation and
turns all that is not in the list into an error, so an expression never holds a Python object.
"""

import math
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias, TypeGuard, TypeVar, cast

from catalog.expressions.errors import Code, Fault
from catalog.expressions.limits import MAX_DEPTH, check_list_size, check_text_size
from catalog.expressions.numbers import bounded, is_number

Part = TypeVar("Part")


class Purse(Protocol):
    """What an evaluation may still cost, at the selector that is being evaluated."""

    @property
    def left(self) -> int:
        """The steps that are left."""
        ...

    def spend(self, steps: int) -> None:
        """Raises a fault with the place where fewer are left."""
        ...

    def once(self, key: Hashable, read: Callable[[], Part]) -> Part:
        """What was read under this key in the same evaluation, else what is read now."""
        ...


class Selectable(Protocol):
    """A read-only thing with named parts, such as an object; shown in texts by its key.

    `select` raises `UnknownSelector` (or any LookupError) for a name that it does not have. One
    step is paid already; what costs more, such as a query, spends from the purse.
    """

    def select(self, name: str, purse: Purse) -> object: ...

    def __str__(self) -> str: ...


def is_selectable(value: object) -> TypeGuard[Selectable]:
    """Whether the class of the value says that it has named parts."""
    return callable(getattr(type(value), "select", None))


class UnknownSelector(LookupError):
    """A Selectable has no part of this name. `choices` are offered as the nearest name."""

    def __init__(self, name: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name = name
        self.choices = choices


class Context(Protocol):
    """Where the variables come from. A LookupError says that one is not available here."""

    def lookup(self, root: str) -> object: ...


Number: TypeAlias = int | Decimal
Value: TypeAlias = (
    bool | int | Decimal | str | date | list[object] | Mapping[str, object] | Selectable | None
)
"""`date` includes `datetime`, which is always aware and in UTC. Items are admitted when read."""


class Kind(StrEnum):
    """The kinds of values, named as people read them in messages and in the reference."""

    NULL = "null"
    BOOLEAN = "boolean"
    NUMBER = "number"
    INTEGER = "integer"
    TEXT = "text"
    DATE = "date"
    LIST = "list"
    OBJECT = "object"
    ANY = "any"

    @property
    def phrase(self) -> str:
        """The kind with its article."""
        if self in (Kind.NULL, Kind.ANY):
            return {"null": "null", "any": "any value"}[self.value]
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.value}"


# Many values are of these types; asking for them first makes evaluation faster.
_PLAIN = frozenset({type(None), bool, dict})


def admit(value: object) -> Value:
    """A value from outside as one that expressions know; a wrong one is a fault."""
    if type(value) in _PLAIN:
        return cast(Value, value)
    match value:
        case None | bool():
            return value
        case str():
            check_text_size(len(value))
            return str.__str__(value)
        case int():
            return bounded(int(value))
        case Decimal():
            return bounded(value)
        case float():
            return _from_float(value)
        case datetime():
            return to_utc(value)
        case date():
            return value
        case list() | tuple():
            check_list_size(len(value))
            return list(value)
        case Mapping():
            return value
    if is_selectable(value):
        return value
    raise Fault(Code.WRONG_TYPE, "This value is of a kind that expressions do not know")


def _from_float(value: float) -> Number:
    if not math.isfinite(value):
        raise Fault(Code.WRONG_TYPE, "This number is not finite")
    return bounded(Decimal(repr(value)))


def to_utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is taken to be in UTC already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Fault(Code.DATE_OUT_OF_RANGE, "The date is out of range") from None


def kind_of(value: Value) -> Kind:
    """The kind of an admitted value; integers and decimals are one kind."""
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case int() | Decimal():
            return Kind.NUMBER
        case str():
            return Kind.TEXT
        case date():
            return Kind.DATE
        case list():
            return Kind.LIST
    return Kind.OBJECT


def moment_of(value: date) -> datetime:
    """A date as the moment it begins in UTC; a moment as it is."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=UTC)


def equal(left: Value, right: Value, depth: int = 0) -> bool:
    """Equality never fails on types: values of different kinds are not equal."""
    if depth > MAX_DEPTH:
        raise Fault(Code.TOO_DEEP, f"The values are nested deeper than {MAX_DEPTH} levels")
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if is_number(left) and is_number(right):
        return left == right
    if left is None or isinstance(left, bool):
        return left is right
    if isinstance(left, date) and isinstance(right, date):
        return moment_of(left) == moment_of(right)
    if isinstance(left, list) and isinstance(right, list):
        return _equal_lists(left, right, depth)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return _equal_mappings(left, right, depth)
    if is_selectable(left) and is_selectable(right):
        return str(left) == str(right)
    return False


def _equal_lists(left: list[object], right: list[object], depth: int) -> bool:
    return len(left) == len(right) and all(
        equal(admit(one), admit(other), depth + 1) for one, other in zip(left, right, strict=True)
    )


def _equal_mappings(left: Mapping[str, object], right: Mapping[str, object], depth: int) -> bool:
    return left.keys() == right.keys() and all(
        equal(admit(left[name]), admit(right[name]), depth + 1) for name in left
    )


def less(left: Value, right: Value) -> bool:
    """Whether left comes before right; only numbers, texts and dates have an order."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if is_number(left) and is_number(right):
        return left < right
    if isinstance(left, date) and isinstance(right, date):
        return moment_of(left) < moment_of(right)
    raise Fault(Code.WRONG_TYPE, _no_order(kind_of(left), kind_of(right)))


def _no_order(left: Kind, right: Kind) -> str:
    if left is right:
        return f"{left.phrase.capitalize()} can't be compared by size"
    hint = ""
    if {left, right} == {Kind.DATE, Kind.TEXT}:
        hint = "; date() and datetime() turn a text into a date"
    if {left, right} == {Kind.NUMBER, Kind.TEXT}:
        hint = "; number() turns a text into a number"
    return f"{left.phrase.capitalize()} and {right.phrase} can't be compared by size{hint}"
