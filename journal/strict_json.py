"""Reads JSON from outside: strictly, with the place of what is wrong, in time linear in its size.

Refused are a byte order mark, any encoding but UTF-8, duplicate keys, NaN and infinities, numbers
out of range, NUL and lone surrogates, nesting past a depth, and too many values. Pure Python.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

MOST_BYTES = 32 * 1024 * 1024
MOST_DEPTH = 64
MOST_VALUES = 3_000_000
MOST_DIGITS = 308

# A string that is never closed goes on to the end: what can't fail can't be tried again and again.
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_MARK = re.compile(rf'(?:[^"\[\]{{}},]++|{_STRING})*+(?:([\[{{])|([\]}}])|,|\Z)', re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<mark>[\[\]{{}},:])|(?P<space>[ \t\n\r]++)"
    r'|(?P<word>[^"\[\]{},: \t\n\r]++)',
    re.DOTALL,
)
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
    _measure(text, max_depth)
    _check_characters(text)
    return _parsed(text, _decimal if exact else _float)


def escaped(segment: str | int) -> str:
    """One segment of a JSON pointer."""
    return str(segment).replace("~", "~0").replace("/", "~1")


def _decoded(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise BadJSON("A byte order mark is not allowed.", 1, 1, "", "encoding")
    if raw[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in raw[:2]:
        raise BadJSON("This is UTF-16 or UTF-32; JSON is UTF-8.", 1, 1, "", "encoding")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start].decode("utf-8")
        _refuse("This is not valid UTF-8.", "encoding", before, len(before))


def _measure(text: str, max_depth: int) -> None:
    """Counts depth and values before anything is built: a bomb is refused while it is small."""
    depth = 0
    for count, mark in enumerate(_MARK.finditer(text)):
        kind = mark.lastindex
        if kind == 1:
            depth += 1
            if depth > max_depth:
                message = f"This is nested more than {max_depth} deep."
                _refuse(message, "tooDeep", text, mark.end() - 1, place="")
        elif kind == 2:
            depth -= 1
        if count > MOST_VALUES:
            message = f"This holds more than {MOST_VALUES:,} values."
            _refuse(message, "tooMany", text, mark.end() - 1, place="")


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
        for token in _tokens(text):
            if problem.concerns(token):
                _refuse(
                    problem.message,
                    problem.code,
                    text,
                    token.start,
                    place=token.pointer,
                )
        _refuse(problem.message, problem.code, text, 0, place="")


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


@dataclass(frozen=True, slots=True)
class _Token:
    """A key, a string or a word (a number, a constant), where it stands."""

    kind: str
    text: str
    start: int
    pointer: str
    repeated: bool = False


class _Unacceptable(Exception):
    """Found while decoding, where the place isn't known; `concerns` finds it again."""

    def __init__(self, message: str, code: str, concerns: Callable[[_Token], bool]) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.concerns = concerns


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        message = f"The key {twice[:100]!r} stands twice in one object."
        raise _Unacceptable(message, "duplicateKey", lambda token: token.repeated)
    return made


def _no_constant(name: str) -> NoReturn:
    raise _Unacceptable(f"{name} is no JSON number.", "notANumber", lambda t: t.text == name)


def _float(literal: str) -> float:
    value = float(literal)
    if not math.isfinite(value):
        raise _Unacceptable("A number is out of range.", "notANumber", lambda t: t.text == literal)
    return value


def _decimal(literal: str) -> Decimal:
    if len(literal) > MOST_DIGITS:
        raise _Unacceptable("A number is too long.", "notANumber", lambda t: t.text == literal)
    try:
        return Decimal(literal)
    except InvalidOperation:
        raise _Unacceptable(
            "A number is out of range.", "notANumber", lambda t: t.text == literal
        ) from None


def _int(literal: str) -> int:
    if len(literal) > MOST_DIGITS:
        raise _Unacceptable("A number is too long.", "notANumber", lambda t: t.text == literal)
    return int(literal)


def _pointer_at(text: str, offset: int) -> str:
    """The pointer of the value in which the offset lies, as far as the text can be read."""
    pointer = ""
    for token in _tokens(text):
        if token.start > offset:
            break
        pointer = token.pointer
    return pointer


class _Level:
    """An object or a list that is being read."""

    __slots__ = ("index", "key", "keys", "pointer")

    def __init__(self, pointer: str, *, is_object: bool) -> None:
        self.pointer = pointer
        self.keys: set[str] | None = set() if is_object else None
        self.key: str | None = None
        self.index = 0

    def here(self) -> str:
        if self.keys is None:
            return f"{self.pointer}/{self.index}"
        return self.pointer if self.key is None else f"{self.pointer}/{escaped(self.key)}"


def _tokens(text: str) -> Iterator[_Token]:
    """Every key, string and word with its pointer; stops where the text is no JSON."""
    levels: list[_Level] = []
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        content, start = found[kind], found.start(kind)
        level = levels[-1] if levels else None
        if kind == "space":
            continue
        if kind != "mark":
            yield _word(kind, content, start, level)
        elif content in "[{":
            levels.append(_Level(level.here() if level else "", is_object=content == "{"))
        elif content in "]}":
            if level is None:
                return
            levels.pop()
        elif content == "," and level is not None:
            level.index += 1
            level.key = None


def _word(kind: str, content: str, start: int, level: _Level | None) -> _Token:
    if level is None:
        return _Token(kind, content, start, "")
    if level.keys is None or level.key is not None or kind != "string":
        return _Token(kind, content, start, level.here())
    level.key = _unquoted(content)
    repeated = level.key in level.keys
    level.keys.add(level.key)
    return _Token("key", content, start, level.here(), repeated)


def _unquoted(literal: str) -> str:
    try:
        return str(json.loads(literal))
    except json.JSONDecodeError:
        return literal[1:-1]


def _refuse(message: str, code: str, text: str, offset: int, *, place: str = "") -> NoReturn:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    raise BadJSON(message, line, column, place, code)
