"""Functions on lists and numbers. Nulls inside a list are left out of sums and extremes."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from catalog.expressions.errors import Code, Fault, shortened
from catalog.expressions.functions.signature import Example, Function, Parameter
from catalog.expressions.literals import read_number
from catalog.expressions.numbers import add, is_number, negate, round_half_up
from catalog.expressions.values import Kind, Value, admit, kind_of, less

_LIST = (Kind.LIST,)
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<digits>[0-9]+(?:\.[0-9]+)?)")


def _items(values: tuple[Value, ...]) -> Iterator[tuple[int, Value]]:
    """The values that are not null, of one list or of the arguments themselves, with the argument
    that each one came in."""
    if len(values) == 1 and isinstance(values[0], list):
        values = tuple(admit(item) for item in values[0])
        yield from ((0, value) for value in values if value is not None)
    else:
        yield from enumerate(values)


def _count(values: list[object]) -> int:
    return len(values)


def _sum(*values: Value) -> int | Decimal:
    total: int | Decimal = 0
    for argument, value in _items(values):
        if not is_number(value):
            raise Fault(
                Code.WRONG_TYPE,
                f"sum() adds numbers, not {kind_of(value).phrase}",
                argument=argument,
            )
        total = add(total, value)
    return total


def _extreme(values: tuple[Value, ...], *, better: Callable[[Value, Value], bool]) -> Value:
    best: Value = None
    for argument, value in _items(values):
        try:
            if best is None:
                less(value, value)
                best = value
            elif better(value, best):
                best = value
        except Fault as fault:
            fault.argument = argument
            raise
    return best


def _min(*values: Value) -> Value:
    return _extreme(values, better=less)


def _max(*values: Value) -> Value:
    return _extreme(values, better=lambda one, other: less(other, one))


def _first(values: list[object]) -> Value:
    return admit(values[0]) if values else None


def _last(values: list[object]) -> Value:
    return admit(values[-1]) if values else None


def _round(value: int | Decimal, digits: int = 0) -> int | Decimal:
    return round_half_up(value, digits)


def _number(value: int | Decimal | str) -> int | Decimal:
    if not isinstance(value, str):
        return value
    found = _NUMBER.fullmatch(value.strip())
    if found is None:
        raise Fault(
            Code.INVALID_NUMBER,
            f"{shortened(value)!r} is not a number; numbers are written 12 or -3.50",
            argument=0,
        )
    read = read_number(found["digits"])
    return negate(read) if found["sign"] == "-" else read


LISTS = (
    Function(
        name="count",
        group="Lists and numbers",
        parameters=(Parameter("list", _LIST),),
        result=Kind.INTEGER,
        doc="The number of items; nulls count as items.",
        call=_count,
        examples=(Example("count(@object.relations.requires)", "2"), Example("count([])", "0")),
    ),
    Function(
        name="sum",
        group="Lists and numbers",
        parameters=(Parameter("values", (Kind.LIST, Kind.NUMBER), repeated=True),),
        result=Kind.NUMBER,
        doc="The sum of the numbers in a list, or of the arguments; nulls in the list are left "
        "out, the sum of nothing is 0.",
        call=_sum,
        examples=(
            Example("sum([1, 2.5, null])", "3.5"),
            Example("sum(@object.relations.requires.attributes.price)", "7.00"),
        ),
    ),
    Function(
        name="min",
        group="Lists and numbers",
        parameters=(Parameter("values", (Kind.ANY,), repeated=True),),
        result=Kind.ANY,
        doc="The smallest of a list, or of the arguments: numbers, texts or dates. Nulls in the "
        "list are left out; nothing has no smallest (null).",
        call=_min,
        passes=None,
        examples=(Example("min([3, 1, 2])", "1"), Example("min([])", "null")),
    ),
    Function(
        name="max",
        group="Lists and numbers",
        parameters=(Parameter("values", (Kind.ANY,), repeated=True),),
        result=Kind.ANY,
        doc="The largest of a list, or of the arguments: numbers, texts or dates.",
        call=_max,
        passes=None,
        examples=(
            Example("max(1, 2.5)", "2.5"),
            Example("max(date('2026-01-31'), date('2026-02-01'))", "2026-02-01"),
        ),
    ),
    Function(
        name="first",
        group="Lists and numbers",
        parameters=(Parameter("list", _LIST),),
        result=Kind.ANY,
        doc="The first item; null for an empty list.",
        call=_first,
        passes=(0,),
        examples=(
            Example("first(['a', 'b'])", "'a'"),
            Example("first(@object.relations.requires).name", "'Stock'"),
        ),
    ),
    Function(
        name="last",
        group="Lists and numbers",
        parameters=(Parameter("list", _LIST),),
        result=Kind.ANY,
        doc="The last item; null for an empty list.",
        call=_last,
        passes=(0,),
        examples=(Example("last(['a', 'b'])", "'b'"), Example("last([])", "null")),
    ),
    Function(
        name="round",
        group="Lists and numbers",
        parameters=(
            Parameter("number", (Kind.NUMBER,)),
            Parameter("digits", (Kind.INTEGER,), optional=True),
        ),
        result=Kind.NUMBER,
        doc="The number with so many digits after the point, an integer without; halves are "
        "rounded away from zero.",
        call=_round,
        examples=(
            Example("round(2.5)", "3"),
            Example("round(-2.5)", "-3"),
            Example("round(2.345, 2)", "2.35"),
            Example("round(1250, -2)", "1300"),
        ),
    ),
    Function(
        name="number",
        group="Lists and numbers",
        parameters=(Parameter("value", (Kind.NUMBER, Kind.TEXT)),),
        result=Kind.NUMBER,
        doc="The number that a text says, an integer or an exact decimal.",
        call=_number,
        examples=(Example("number('12') + 1", "13"), Example("number(' -3.50 ')", "-3.50")),
    ),
)
