"""Exact arithmetic within bounds: integers stay integers, all else is decimal, never binary.

Decimals are computed with 50 significant digits in a context of our own, because the thread's
context belongs to whoever else runs in this thread. A product or quotient that needs more digits
is rounded half to even. Nothing as large as 10^40 is let through.
"""

from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import TypeGuard

from catalog.expressions.errors import Code, Fault

DIGITS = 50
LARGEST = 10**40
_SMALLEST_EXPONENT = -100
_LARGEST_EXPONENT = 40

_EXACT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=_SMALLEST_EXPONENT,
    Emax=100,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_WIDE = Context(prec=200, traps=[InvalidOperation, DivisionByZero, Overflow])


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Booleans are not numbers, though Python's bool is an int."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def bounded(value: int | Decimal) -> int | Decimal:
    """The number, if it is one we compute with; a fault otherwise."""
    if isinstance(value, int):
        if abs(value) >= LARGEST:
            raise _too_large()
        return value
    if not value.is_finite():
        raise Fault(Code.WRONG_TYPE, "This number is not finite")
    return _plain(value)


def _plain(value: Decimal) -> Decimal:
    """Without exponents that would make writing the number out long."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("A finite number has an exponent.")
    if not value:
        return value.copy_abs() if -DIGITS <= exponent <= 0 else Decimal(0)
    if value.adjusted() >= _LARGEST_EXPONENT:
        raise _too_large()
    if len(digits) > DIGITS or exponent < _SMALLEST_EXPONENT:
        return _EXACT.plus(value) or Decimal(0)
    return Decimal(int(value)) if exponent > 0 else value


def _too_large() -> Fault:
    return Fault(Code.NUMBER_TOO_LARGE, "The number is 10^40 or larger")


def add(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    if isinstance(left, int) and isinstance(right, int):
        return bounded(left + right)
    return bounded(_EXACT.add(Decimal(left), Decimal(right)))


def subtract(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    if isinstance(left, int) and isinstance(right, int):
        return bounded(left - right)
    return bounded(_EXACT.subtract(Decimal(left), Decimal(right)))


def multiply(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    if isinstance(left, int) and isinstance(right, int):
        return bounded(left * right)
    return bounded(_EXACT.multiply(Decimal(left), Decimal(right)))


def divide(left: int | Decimal, right: int | Decimal) -> Decimal:
    """Always a decimal, without trailing zeros: 6 / 3 is decimal 2, 1 / 4 is 0.25."""
    _refuse_zero(right)
    try:
        quotient = _EXACT.divide(Decimal(left), Decimal(right))
    except Overflow:
        raise _too_large() from None
    return Decimal(bounded(quotient.normalize(_EXACT)))


def modulo(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """What remains of a division; it has the sign of the divisor: -7 % 3 is 2."""
    _refuse_zero(right)
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    divisor = Decimal(right)
    remainder = _WIDE.remainder(Decimal(left), divisor)
    if remainder and remainder.is_signed() != divisor.is_signed():
        remainder = _WIDE.add(remainder, divisor)
    return bounded(remainder)


def negate(value: int | Decimal) -> int | Decimal:
    return -value if isinstance(value, int) else bounded(value.copy_negate())


def round_half_up(value: int | Decimal, digits: int) -> int | Decimal:
    """Rounded to so many digits after the point, halves away from zero; whole without digits."""
    if abs(digits) > 40:
        raise Fault(Code.OUT_OF_RANGE, "round() takes from -40 to 40 digits", argument=1)
    unit = Decimal(1).scaleb(-digits, context=_WIDE)
    rounded = Decimal(value).quantize(unit, rounding=ROUND_HALF_UP, context=_WIDE)
    return bounded(rounded) if digits > 0 else bounded(int(rounded))


def _refuse_zero(divisor: int | Decimal) -> None:
    if divisor == 0:
        raise Fault(Code.DIVISION_BY_ZERO, "Division by zero")
