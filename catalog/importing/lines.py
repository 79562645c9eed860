"""JSON Lines: from bytes to lines whose form is right. Knows nothing of what exists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from accounts.exceptions import Invalid, Problem
from accounts.keys import FORM_TEXT, is_key, nearest
from catalog.importing.reading import (
    MOST_BYTES,
    Keys,
    Line,
    Patience,
    Read,
    Survey,
    Unreadable,
    hopeless,
    refuse_blank,
    refuse_other_encodings,
)
from catalog.services.beginnings import key_problems, name_problems
from journal.strict_json import LENGTH_OF_MARK, BadJSON, escaped, loads, without_mark

MOST_DEPTH = 32
MOST_RELATED = 10_000
MEMBERS = (
    "key",
    "name",
    "stateKey",
    "parentKey",
    "attributes",
    "relations",
    "userRelations",
)
_KNOWN = frozenset(MEMBERS)


class JsonLines:
    """A file of JSON objects, one a line."""

    def __init__(self, path: Path) -> None:
        refuse_other_encodings(path)
        self._path = path

    def survey(self) -> Survey:
        """Lines that can't be read are left to be told about when their turn comes."""
        found: Keys = {}
        last = 0
        patience = Patience()
        with self._path.open("rb") as source:
            for line in raw_lines(source):
                last = line.number
                glance = _glanced(line.content or b"")
                patience.note(is_good=glance.is_good)
                if patience.is_over:
                    raise hopeless(self, last)
                if glance.key is not None:
                    found.setdefault(glance.key.lower(), (glance.key, line.number))
        return Survey(found, last)

    def lines(self, *, after: int = 0) -> Iterator[Read]:
        with self._path.open("rb") as source:
            for raw in raw_lines(source):
                if raw.number <= after:
                    continue
                try:
                    yield parse(raw)
                except Invalid as refusal:
                    yield Unreadable(raw.number, tuple(refusal.problems))

    def placed(self, problem: Problem) -> Problem:
        return problem


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in the file; None where it is too long."""

    number: int
    content: bytes | None


def raw_lines(source: BinaryIO) -> Iterator[RawLine]:
    """The lines that are not blank, numbered from 1; a byte order mark before them is none of the
    first."""
    number = blank = 0
    while content := source.readline(MOST_BYTES + 1):
        number += 1
        if number == 1 and (bare := without_mark(content)) != content:
            content = bare if bare.endswith(b"\n") else bare + source.readline(LENGTH_OF_MARK)
        if len(content) > MOST_BYTES and not content.endswith(b"\n"):
            while (rest := source.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield RawLine(number, None)
        elif not content.strip():
            blank += 1
            refuse_blank(blank, number)
        else:
            yield RawLine(number, content.rstrip(b"\r\n"))


@dataclass(frozen=True, slots=True)
class _Glance:
    """What a quick look tells of a line: its key, and whether it may be a line at all."""

    key: str | None
    is_good: bool


def _glanced(content: bytes) -> _Glance:
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError):
        return _Glance(None, is_good=False)
    if not isinstance(raw, dict):
        return _Glance(None, is_good=False)
    key = raw.get("key")
    if not is_key(key):
        return _Glance(None, is_good=False)
    return _Glance(key, is_good="name" in raw and raw.keys() <= _KNOWN)


def parse(raw: RawLine) -> Line:
    """The line in its form; raises `Invalid` with every problem of it."""
    if raw.content is None:
        detail = f"A line of at most {MOST_BYTES:,} bytes is expected."
        raise Invalid(problems=[Problem("", "tooLarge", detail)])
    try:
        value = loads(raw.content, max_bytes=MOST_BYTES, max_depth=MOST_DEPTH, exact=True)
    except BadJSON as bad:
        detail = f"{bad.message} (column {bad.column})"
        raise Invalid(problems=[Problem(bad.pointer, bad.code, detail)]) from None
    if not isinstance(value, dict):
        detail = "A JSON object is expected on each line."
        raise Invalid(problems=[Problem("", "wrongType", detail)])
    return line_of(raw.number, value)


def line_of(number: int, value: Mapping[str, Any]) -> Line:
    """The same from JSON that was read already."""
    problems = [_unknown(name) for name in value if name not in MEMBERS]
    problems += _key_problems(value) + name_problems(value.get("name"))
    state_key = _optional_key(value, "stateKey", problems)
    parent_key = _optional_key(value, "parentKey", problems)
    attributes = _members(value, "attributes", problems)
    line = Line(
        number=number,
        key=value.get("key", ""),
        name=value.get("name", ""),
        state_key=state_key,
        names_parent="parentKey" in value,
        parent_key=parent_key,
        attributes=attributes,
        relations=_lists(value, "relations", problems),
        people=_lists(value, "userRelations", problems),
    )
    if problems:
        raise Invalid(problems=problems)
    return line


def _key_problems(value: Mapping[str, Any]) -> list[Problem]:
    key = value.get("key")
    if key is None:
        return [Problem("/key", "missing", "A line needs the key of its object.")]
    return key_problems(key)


def _optional_key(value: Mapping[str, Any], name: str, problems: list[Problem]) -> str | None:
    key = value.get(name)
    if key is None:
        return None
    if is_key(key):
        return str(key)
    problems.append(Problem(f"/{name}", "malformedKey", FORM_TEXT))
    return None


def _members(value: Mapping[str, Any], name: str, problems: list[Problem]) -> Mapping[str, Any]:
    members = value.get(name)
    if members is None:
        return {}
    if isinstance(members, dict):
        return members
    problems.append(Problem(f"/{name}", "wrongType", "A JSON object is expected here."))
    return {}


def _lists(
    value: Mapping[str, Any], name: str, problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    """Members that are lists of names, each name once."""
    lists: dict[str, tuple[str, ...]] = {}
    for key, names in _members(value, name, problems).items():
        place = f"/{name}/{escaped(key[:100])}"
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            problems.append(Problem(place, "wrongType", "A list of texts is expected here."))
        elif len(names) > MOST_RELATED:
            detail = f"At most {MOST_RELATED:,} entries are expected here."
            problems.append(Problem(place, "tooManyItems", detail))
        else:
            lists[key] = tuple(dict.fromkeys(names))
    return lists


def _unknown(name: str) -> Problem:
    near = nearest(name, MEMBERS)
    detail = f"One of these is expected here: {', '.join(MEMBERS)}."
    return Problem(f"/{escaped(name[:100])}", "unknownMember", detail, name[:100], near)
