"""Reads histories of states from JSON Lines, for replay. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from journal.strict_json import BadJSON, loads
from workflows.lifecycle.replay import Step

MOST_LINE = 1024 * 1024
MOST_KEY = 500


class BadHistory(Exception):
    """A line that can't be read; the message names it."""


def steps(lines: Iterable[bytes]) -> Iterator[Step]:
    """The steps of a history, one a line; empty lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _step(line, number)


def _step(line: bytes, number: int) -> Step:
    try:
        given = loads(line.rstrip(b"\r\n"), max_bytes=MOST_LINE)
    except BadJSON as problem:
        raise BadHistory(f"Line {number}, column {problem.column}: {problem.message}") from problem
    if not isinstance(given, dict):
        raise BadHistory(f"Line {number}: an object is expected.")
    begins_at = _text(given, "fromStateKey", number)
    key, to_state = _text(given, "key", number), _text(given, "toStateKey", number)
    if key is None or to_state is None:
        missing = "key" if key is None else "toStateKey"
        raise BadHistory(f"Line {number}: {missing} is needed.")
    return Step(key, begins_at, to_state)


def _text(given: dict[str, Any], name: str, number: int) -> str | None:
    value = given.get(name)
    if value is None or (isinstance(value, str) and len(value) <= MOST_KEY):
        return value
    raise BadHistory(f"Line {number}: {name} is a text of at most {MOST_KEY} characters.")
