"""Texts and numbers as they are written in an expression."""

import re
from decimal import Decimal

from catalog.expressions.errors import Code, Fault, Span
from catalog.expressions.numbers import DIGITS, bounded
from catalog.expressions.text import first_unsound

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"'}
_ESCAPE = re.compile(
    r"\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u(?P<unit>[0-9a-fA-F]{4})"
    r"|\\(?P<plain>.)",
    re.DOTALL,
)


def read_text(quoted: str, start: int) -> str:
    r"""The text between the quotes. Escapes: \n \r \t \\ \' \" \uXXXX.

    A backslash before anything else stays, so that patterns can be written as usual: '\d+'.
    """

    def replacement(match: re.Match[str]) -> str:
        made = _unescaped(match)
        if first_unsound(made) is not None:
            begin = start + 1 + match.start()
            raise Fault(
                Code.SYNTAX_ERROR,
                "A text can't hold NUL or half of a surrogate pair",
                span=Span(begin, begin + len(match.group())),
            )
        return made

    return _ESCAPE.sub(replacement, quoted[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    if high := match["high"]:
        offset = (int(high, 16) - 0xD800) * 0x400 + int(match["low"], 16) - 0xDC00
        return chr(0x10000 + offset)
    if unit := match["unit"]:
        return chr(int(unit, 16))
    return _ESCAPES.get(match["plain"], match.group())


def read_number(digits: str) -> int | Decimal:
    """An integer, or an exact decimal where there is a point."""
    if len(digits) - digits.count(".") > DIGITS:
        raise Fault(Code.NUMBER_TOO_LARGE, f"The number has more than {DIGITS} digits")
    return bounded(Decimal(digits) if "." in digits else int(digits))


def write_text(text: str) -> str:
    """The text as a literal that reads back as the same text."""
    return "'" + "".join(_WRITTEN.get(char, char) for char in text) + "'"


_WRITTEN = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
