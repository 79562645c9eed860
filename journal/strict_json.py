"""Reads JSON from outside: strictly, with the place of what is wrong, in time linear in its size.

Refused are a byte order mark, any encoding but UTF-8, duplicate keys, NaN and infinities, numbers
out of range or of more digits than are kept, NUL and lone surrogates, nesting past a depth, and too
many values. Pure Python.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import accumulate
from typing import Any, NoReturn

MOST_BYTES = 32 * 1024 * 1024
MOST_DEPTH = 64
MOST_VALUES = 3_000_000
MOST_DIGITS = 308
_MARK_OF_UTF8 = b"\xef\xbb\xbf"
LENGTH_OF_MARK = len(_MARK_OF_UTF8)

# A string that is never closed goes on to the end: what can't fail can't be tried again and again.
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_STRINGS = re.compile(_STRING.encode(), re.DOTALL)
_SPACE = r"[ \t\n\r]*+"
_MARK = re.compile(rf'(?:[^"\[\]{{}},]++|{_STRING})*+(?:([\[{{])|([\]}}])|,|\Z)', re.DOTALL)
_MOST = re.compile(
    rf'(?:(?:[^"\[\]{{}},]++|{_STRING})*+[\[\]{{}},]){{0,{MOST_VALUES}}}+', re.DOTALL
)
# Values are stepped over together with what stands before the next key, bracket or comma.
_STEP = re.compile(
    rf'(?:[^"\[\]{{}},]++|{_STRING}(?!{_SPACE}:))*+'
    rf"(?:,?{_SPACE}({_STRING}){_SPACE}:|([\[{{])|([\]}}])|(,)|\Z)",
    re.DOTALL,
)
_NOT_STRUCTURE = bytes(set(range(256)) - set(b"[]{}"))
_RISE = bytes.maketrans(b"[{]}", b"\1\1\0\0")
_NO_CHARACTER = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_CHARACTERS = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F]|0000)|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*+",
    re.DOTALL,
)


class BadJSON(Exception):
    """What was given is no JSON that can be accepted; the message is a sentence.

    `line` and `column` count from 1; `pointer` is the RFC 6901 place of the value concerned.
    """

    def __init__(self, message: str, line: int, column: int, pointer: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.pointer = pointer
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column})"


def loads(
    raw: bytes,
    *,
    max_bytes: int = MOST_BYTES,
    max_depth: int = MOST_DEPTH,
    exact: bool = False,
) -> Any:
    """The value of a JSON text of at most `max_bytes`, nested at most `max_depth` deep.

    With `exact` numbers with a fraction or an exponent are Decimals, and lose no digit.
    """
    if len(raw) > max_bytes:
        raise BadJSON(f"This is larger than {max_bytes:,} bytes.", 1, 1, "", "tooLarge")
    text = _decoded(raw)
    _measure(raw, text, max_depth)
    _check_characters(text)
    return _parsed(text, _decimal if exact else _float)


def without_mark(raw: bytes) -> bytes:
    """A file's bytes without the byte order mark that some programs write before UTF-8."""
    return raw.removeprefix(_MARK_OF_UTF8)


def escaped(segment: str | int) -> str:
    """One segment of a JSON pointer."""
    return str(segment).replace("~", "~0").replace("/", "~1")


def _unescaped(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~")


def _decoded(raw: bytes) -> str:
    if raw.startswith(_MARK_OF_UTF8):
        raise BadJSON("A byte order mark is not allowed.", 1, 1, "", "encoding")
    if raw[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in raw[:2]:
        detail = "This is in UTF-16 or UTF-32, not in UTF-8: save it as UTF-8."
        raise BadJSON(detail, 1, 1, "", "encoding")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start].decode("utf-8")
        _refuse("This is not valid UTF-8.", "encoding", before, len(before))


def _measure(raw: bytes, text: str, max_depth: int) -> None:
    """Counts depth and values before anything is built: a bomb is refused while it is small."""
    # A value has four quotes at most, its key's and its own.
    if raw.count(b'"') - raw.count(b'\\"') > 4 * MOST_VALUES + 4:
        _refuse_many(text)
    bare = _STRINGS.sub(b"", raw)
    structure = bare.translate(None, _NOT_STRUCTURE)
    rises = structure.translate(_RISE)
    if len(structure) + bare.count(b",") > MOST_VALUES:
        _refuse_many(text)
    if rises.count(1) > max_depth and _depth(rises) > max_depth:
        _refuse_depth(text, max_depth)


def _refuse_many(text: str) -> NoReturn:
    most = _MOST.match(text) if text.count(",") > MOST_VALUES else None
    message = f"This holds more than {MOST_VALUES:,} values."
    _refuse(message, "tooMany", text, most.end() if most else 0, place="")


def _depth(rises: bytes) -> int:
    """The greatest depth that brackets reach; each is 1 where it opens and 0 where it closes."""
    return max(accumulate(map((-1, 1).__getitem__, rises)))


def _refuse_depth(text: str, max_depth: int) -> None:
    depth = 0
    for mark in _MARK.finditer(text):
        kind = mark.lastindex
        depth += (kind == 1) - (kind == 2)
        if depth > max_depth:
            message = f"This is nested more than {max_depth} deep."
            _refuse(message, "tooDeep", text, mark.end() - 1, place="")


def _check_characters(text: str) -> None:
    """Escapes of NUL and of halves of surrogate pairs, which no database takes."""
    if not _NO_CHARACTER.search(text):
        return
    good = _CHARACTERS.match(text)
    end = good.end() if good else 0
    if _NO_CHARACTER.match(text, end):
        message = f"{text[end : end + 6]} stands for no character."
        _refuse(message, "noCharacter", text, end, place=_pointer_at(text, end))


def _parsed(text: str, number: Callable[[str], float | Decimal]) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=number,
            parse_int=_int,
        )
    except json.JSONDecodeError as problem:
        message = f"This is not JSON: {_lowered(problem.msg)}."
        _refuse(message, "syntax", text, problem.pos, place=_pointer_at(text, problem.pos))
    except _Unacceptable as problem:
        place = _place(text, problem.literal.find(text))
        _refuse(problem.message, problem.code, text, place.offset, place=place.pointer)
    except _Repeated:
        place = _place(text, None)
        key = _unescaped(place.pointer.rpartition("/")[2])
        message = f"The key {key[:100]!r} stands twice in one object."
        _refuse(message, "duplicateKey", text, place.offset, place=place.pointer)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


@dataclass(frozen=True, slots=True)
class _Literal:
    """A number or constant as it is written, to be found again among all others."""

    written: str

    def find(self, text: str) -> int:
        """Where it first stands outside of strings, as a word of its own."""
        # Of a number that is too long, so much that none before it can begin alike: a pattern of
        # millions of characters would take a minute to be compiled.
        beginning = self.written[: MOST_DIGITS + 1]
        end = "(?![0-9A-Za-z.+-])" if beginning == self.written else ""
        first = re.escape(self.written[0])
        word = rf"(?<![0-9A-Za-z.+-]){re.escape(beginning)}{end}"
        before = re.compile(rf'(?:[^"{first}]++|{_STRING}|(?!{word}){first})*+', re.DOTALL)
        found = before.match(text)
        return found.end() if found else 0


class _Unacceptable(Exception):
    """Found while decoding, where the place isn't known: it is that of the `literal`."""

    def __init__(self, message: str, code: str, literal: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.literal = _Literal(literal)


class _Repeated(Exception):
    """A key stands twice in one object; inner objects are decoded before it is known which."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Repeated
    return made


def _no_constant(name: str) -> NoReturn:
    raise _Unacceptable(f"{name} is no JSON number.", "notANumber", name)


def _float(literal: str) -> float:
    """The binary number that gives back the very digits; one that would round them is refused."""
    value = float(literal)
    if not math.isfinite(value):
        raise _Unacceptable("A number is out of range.", "notANumber", literal)
    if Decimal(repr(value)) != _decimal(literal):
        message = "A number has more digits than are kept here; write it in quotes."
        raise _Unacceptable(message, "notExact", literal)
    return value


def _decimal(literal: str) -> Decimal:
    if len(literal) > MOST_DIGITS:
        raise _Unacceptable("A number is too long.", "notANumber", literal)
    try:
        return Decimal(literal)
    except InvalidOperation:
        raise _Unacceptable("A number is out of range.", "notANumber", literal) from None


def _int(literal: str) -> int:
    if len(literal) > MOST_DIGITS:
        raise _Unacceptable("A number is too long.", "notANumber", literal)
    return int(literal)


@dataclass(frozen=True, slots=True)
class _Place:
    """An offset in characters, and the pointer of the value in which it lies."""

    offset: int
    pointer: str


class _Level:
    """An object or a list that is being read: the key or the index that was reached."""

    __slots__ = ("keys", "reached")

    def __init__(self, *, is_object: bool) -> None:
        self.keys: set[str] | None = set() if is_object else None
        self.reached: str | int | None = None if is_object else 0


def _pointer_at(text: str, offset: int) -> str:
    return _place(text, offset).pointer


def _place(text: str, offset: int | None) -> _Place:
    """The place at an offset, as far as the text can be read; without one, of a key's repetition.

    A step is taken for each key, bracket and comma in the text, and nothing is built for it.
    """
    levels: list[_Level] = []
    for found in _STEP.finditer(text):
        if offset is not None and found.end() > offset and found.start(1) != offset:
            break
        kind = found.lastindex
        if kind == 1 and levels:
            key, level = _unquoted(found[1]), levels[-1]
            level.reached = key
            if level.keys is None or offset is not None:
                continue
            if key in level.keys:
                return _Place(found.start(1), _pointer(levels))
            level.keys.add(key)
        elif kind == 2:
            levels.append(_Level(is_object=found[2] == "{"))
        elif not levels:
            break
        elif kind == 3:
            levels.pop()
        elif kind == 4:
            reached = levels[-1].reached
            levels[-1].reached = reached + 1 if isinstance(reached, int) else None
    return _Place(offset or 0, _pointer(levels))


def _pointer(levels: list[_Level]) -> str:
    reached = (level.reached for level in levels)
    return "".join(f"/{escaped(segment)}" for segment in reached if segment is not None)


def _unquoted(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1]
    try:
        return str(json.loads(literal))
    except json.JSONDecodeError:
        return literal[1:-1]


def _refuse(message: str, code: str, text: str, offset: int, *, place: str = "") -> NoReturn:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    raise BadJSON(message, line, column, place, code)
