"""Functions on texts. Positions and lengths count code points; sizes are checked before work."""

from functools import lru_cache
from typing import Any

import re2

from catalog.expressions.errors import Code, Fault
from catalog.expressions.functions.signature import Example, Function, Parameter
from catalog.expressions.limits import check_list_size, check_text_size
from catalog.expressions.rendering import render
from catalog.expressions.text import fold
from catalog.expressions.values import Kind, Value, admit, equal, kind_of

_MAX_PATTERN = 1_000
_MATCHES_A_STEP = 10_000
_TEXT = (Kind.TEXT,)
_ANY = (Kind.ANY,)


def _concat(*parts: Value) -> str:
    texts = [render(part) for part in parts]
    check_text_size(sum(map(len, texts)))
    return "".join(texts)


def _substring(text: str, start: int, length: int | None = None) -> str:
    if start < 0:
        raise Fault(Code.OUT_OF_RANGE, "The start can't be negative", argument=1)
    if length is None:
        return text[start:]
    if length < 0:
        raise Fault(Code.OUT_OF_RANGE, "The length can't be negative", argument=2)
    return text[start : start + length]


def _replace(text: str, old: str, new: str) -> str:
    if not old:
        return text
    check_text_size(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _split(text: str, separator: str) -> list[object]:
    if not separator:
        raise Fault(Code.OUT_OF_RANGE, "The separator can't be empty", argument=1)
    check_list_size(text.count(separator) + 1)
    return list(text.split(separator))


def _join(items: list[object], separator: str = "") -> str:
    texts = [render(admit(item)) for item in items if item is not None]
    check_text_size(sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1))
    return separator.join(texts)


def _length(value: Value) -> int:
    return len(value) if isinstance(value, str | list) else 0


def _contains(whole: Value, part: Value) -> bool:
    if isinstance(whole, list):
        return any(equal(admit(item), part) for item in whole)
    if not isinstance(part, str):
        raise Fault(
            Code.WRONG_TYPE,
            f"contains() looks for a text in a text, not for {kind_of(part).phrase}",
            argument=1,
        )
    return isinstance(whole, str) and fold(part) in fold(whole)


def _matches(text: str, pattern: str) -> bool:
    try:
        return _compiled(pattern).search(text) is not None
    except UnicodeEncodeError:
        raise Fault(Code.WRONG_TYPE, "The text holds half of a surrogate pair") from None


def _matching_steps(text: str, pattern: str) -> int:
    """The time is at worst proportional to the product of text and compiled pattern."""
    return len(text) * int(_compiled(pattern).programsize) // _MATCHES_A_STEP


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    if len(pattern) > _MAX_PATTERN:
        message = f"The pattern is longer than {_MAX_PATTERN:,} characters"
        raise Fault(Code.INVALID_PATTERN, message, argument=1)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except UnicodeEncodeError:
        message = "The pattern holds half of a surrogate pair"
        raise Fault(Code.INVALID_PATTERN, message, argument=1) from None
    except re2.error as error:
        raise Fault(
            Code.INVALID_PATTERN, f"The pattern is not RE2: {_reason(error)}", argument=1
        ) from None


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else "unreadable"
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


TEXTS = (
    Function(
        name="concat",
        group="Text",
        parameters=(Parameter("values", _ANY, repeated=True),),
        result=Kind.TEXT,
        doc="One text of all values, each written in its canonical form.",
        call=_concat,
        deep=True,
        examples=(
            Example("concat('PEP ', 8)", "'PEP 8'"),
            Example("concat('due ', date('2026-01-31'))", "'due 2026-01-31'"),
            Example("concat('a', null)", "null"),
        ),
    ),
    Function(
        name="substring",
        group="Text",
        parameters=(
            Parameter("text", _TEXT),
            Parameter("start", (Kind.INTEGER,)),
            Parameter("length", (Kind.INTEGER,), optional=True),
        ),
        result=Kind.TEXT,
        doc="The part that begins at `start`, counted from 0, of at most `length` characters, "
        "or to the end. What lies beyond the end is left out; negative numbers are refused.",
        call=_substring,
        examples=(
            Example("substring('workflow', 0, 4)", "'work'"),
            Example("substring('workflow', 4)", "'flow'"),
            Example("substring('work', 9)", "''"),
        ),
    ),
    Function(
        name="replace",
        group="Text",
        parameters=(Parameter("text", _TEXT), Parameter("old", _TEXT), Parameter("new", _TEXT)),
        result=Kind.TEXT,
        doc="Every `old`, compared exactly, replaced by `new`. An empty `old` changes nothing.",
        call=_replace,
        examples=(Example("replace('a-b-c', '-', '/')", "'a/b/c'"),),
    ),
    Function(
        name="upper",
        group="Text",
        parameters=(Parameter("text", _TEXT),),
        result=Kind.TEXT,
        doc="The text in capital letters.",
        call=str.upper,
        examples=(Example("upper('Straße')", "'STRASSE'"),),
    ),
    Function(
        name="lower",
        group="Text",
        parameters=(Parameter("text", _TEXT),),
        result=Kind.TEXT,
        doc="The text in small letters.",
        call=str.lower,
        examples=(Example("lower('In Review')", "'in review'"),),
    ),
    Function(
        name="trim",
        group="Text",
        parameters=(Parameter("text", _TEXT),),
        result=Kind.TEXT,
        doc="The text without white space at both ends.",
        call=lambda text: text.strip(),
        examples=(Example("trim('  soup ')", "'soup'"),),
    ),
    Function(
        name="split",
        group="Text",
        parameters=(Parameter("text", _TEXT), Parameter("separator", _TEXT)),
        result=Kind.LIST,
        doc="The parts between the separators. The separator can't be empty.",
        call=_split,
        examples=(
            Example("split('a;b;', ';')", "['a', 'b', '']"),
            Example("split('', ';')", "['']"),
        ),
    ),
    Function(
        name="join",
        group="Text",
        parameters=(
            Parameter("list", (Kind.LIST,)),
            Parameter("separator", _TEXT, optional=True),
        ),
        result=Kind.TEXT,
        doc="The items as one text with the separator between them; nulls are left out.",
        call=_join,
        deep=True,
        examples=(
            Example("join(['a', null, 2], ', ')", "'a, 2'"),
            Example("join(@object.userRelations.reviewer, ' and ')", "'ana and bob'"),
        ),
    ),
    Function(
        name="length",
        group="Text",
        parameters=(Parameter("value", (Kind.TEXT, Kind.LIST)),),
        result=Kind.INTEGER,
        doc="The number of characters (code points) of a text, or of items of a list.",
        call=_length,
        examples=(Example("length('naïve')", "5"), Example("length([1, 2])", "2")),
    ),
    Function(
        name="contains",
        group="Text",
        parameters=(Parameter("value", (Kind.TEXT, Kind.LIST)), Parameter("part", _ANY)),
        result=Kind.BOOLEAN,
        doc="Whether a text contains the part, ignoring case as the operator `contains` of "
        "streams does, or whether a list has an item that equals it.",
        call=_contains,
        deep=True,
        examples=(
            Example("contains('Tomato Soup', 'soup')", "true"),
            Example("contains(['a', 'b'], 'B')", "false"),
        ),
    ),
    Function(
        name="startsWith",
        group="Text",
        parameters=(Parameter("text", _TEXT), Parameter("start", _TEXT)),
        result=Kind.BOOLEAN,
        doc="Whether the text starts so, compared exactly.",
        call=lambda text, start: text.startswith(start),
        examples=(
            Example("startsWith('Tomato', 'Tom')", "true"),
            Example("startsWith('Tomato', 'tom')", "false"),
        ),
    ),
    Function(
        name="endsWith",
        group="Text",
        parameters=(Parameter("text", _TEXT), Parameter("end", _TEXT)),
        result=Kind.BOOLEAN,
        doc="Whether the text ends so, compared exactly.",
        call=lambda text, end: text.endswith(end),
        examples=(Example("endsWith('report.pdf', '.pdf')", "true"),),
    ),
    Function(
        name="matches",
        group="Text",
        parameters=(Parameter("text", _TEXT), Parameter("pattern", _TEXT)),
        result=Kind.BOOLEAN,
        doc="Whether the RE2 pattern is found anywhere in the text; `^` and `$` bind it to the "
        "ends. RE2 takes linear time and has no back references.",
        call=_matches,
        cost=_matching_steps,
        literals={1: _compiled},
        examples=(
            Example(r"matches('PEP 8', '^PEP \d+$')", "true"),
            Example("matches('soup', '(?i)SOUP')", "true"),
        ),
    ),
    Function(
        name="text",
        group="Text",
        parameters=(Parameter("value", _ANY),),
        result=Kind.TEXT,
        doc="The value in its canonical form: `true`, `2.50`, ISO 8601 in UTC for dates; items of "
        "a list with a comma and a space between them.",
        call=render,
        deep=True,
        examples=(
            Example("text(2.50)", "'2.50'"),
            Example("text(@now)", "'2026-01-31T10:00:00Z'"),
            Example("text([1, true])", "'1, true'"),
        ),
    ),
)
