"""CSV: from the rows of a sheet to lines whose form is right, typed by the schema's attributes.

A row that can't be read is told of with its place, and the next one is read. Only a quote that is
never closed ends the reading: all that follows belongs to its cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from accounts.exceptions import Invalid, Problem
from accounts.keys import is_key, nearest
from catalog.canonical import Unacceptable
from catalog.importing import cells
from catalog.importing.lines import line_of
from catalog.importing.reading import (
    MOST_BYTES,
    Keys,
    Patience,
    Read,
    Survey,
    Unreadable,
    hopeless,
    refuse_blank,
    refuse_other_encodings,
)
from catalog.models import AttributeType
from journal.strict_json import escaped

PLAIN = ("key", "name", "stateKey", "parentKey")
NEEDED = ("key", "name")
LIST = AttributeType.ValueType.LIST.value
STRING = AttributeType.ValueType.STRING.value
MOST_COLUMNS = 1_000
MOST_PROBLEMS = 50
_BYTE_ORDER_MARK = "\ufeff"
_GOOD_CELL = re.compile(r'(?:"(?:[^"]|"")*+"|[^",][^,]*+|)(?:,|\Z)', re.DOTALL)

# The module's own limit is for all of the process, and smaller than a row may be here.
csv.field_size_limit(MOST_BYTES)


class Unclosed(Exception):
    """A quoted cell that goes on past the end of the file, or past what a row may hold."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `cells` is None where it can't be read, and `problem` says why."""

    number: int
    cells: Sequence[str] | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """What headings may name."""

    attributes: Mapping[str, AttributeType]
    relations: Collection[str]
    people: Collection[str]

    def under(self, prefix: str) -> Collection[str]:
        known = {"attributes": self.attributes, "relations": self.relations}
        return known.get(prefix, self.people)


class Sheet:
    """A CSV file with headings in its first row."""

    def __init__(self, path: Path, schema: Schema) -> None:
        refuse_other_encodings(path)
        self._path, self._schema = path, schema
        self._headings: list[str] = []

    def survey(self) -> Survey:
        found: Keys = {}
        last = 0
        patience = Patience()
        for row in self._rows():
            last = row.number
            key = self._key_in(row)
            patience.note(is_good=key is not None and self._fits(row))
            if patience.is_over:
                raise hopeless(self, last)
            if key is not None:
                found.setdefault(key.lower(), (key, row.number))
        return Survey(found, last)

    def lines(self, *, after: int = 0) -> Iterator[Read]:
        for row in self._rows():
            if row.number <= after:
                continue
            try:
                yield line_of(row.number, self._value_of(row))
            except Invalid as refusal:
                yield Unreadable(row.number, tuple(refusal.problems))

    def placed(self, problem: Problem) -> Problem:
        """With the column of the heading that the pointer leads to."""
        for at, heading in enumerate(self._headings):
            place = "/" + "/".join(map(escaped, heading.split(".", 1)))
            if problem.pointer == place or problem.pointer.startswith(f"{place}/"):
                return replace(problem, detail=f"{problem.detail} (column {at + 1})")
        return problem

    def _rows(self) -> Iterator[Row]:
        """The rows below the headings, without those that are empty."""
        with self._path.open("rb") as source:
            rows = rows_of(source)
            self._headings = _checked_headings(next(rows, None), self._schema)
            yield from rows

    def _key_in(self, row: Row) -> str | None:
        at = self._headings.index("key")
        if row.cells is None or len(row.cells) <= at:
            return None
        key = row.cells[at].strip()
        return key if is_key(key) else None

    def _fits(self, row: Row) -> bool:
        return row.cells is not None and len(row.cells) == len(self._headings)

    def _value_of(self, row: Row) -> dict[str, Any]:
        """The row as a line of JSON Lines would say it."""
        if row.cells is None:
            raise Invalid(problems=[row.problem] if row.problem else [])
        if not self._fits(row):
            detail = f"{len(self._headings)} cells are expected here, as there are headings; "
            detail += f"there are {len(row.cells)}."
            raise Invalid(problems=[Problem("", "raggedRow", detail)])
        value: dict[str, Any] = {}
        problems: list[Problem] = []
        for heading, cell in zip(self._headings, row.cells, strict=True):
            if cell == "":
                continue
            try:
                self._put(value, heading, cells.unguarded(cell))
            except Unacceptable as wrong:
                pointer = f"/attributes/{escaped(heading.split('.', 1)[1])}"
                problems.append(Problem(pointer, wrong.code, wrong.detail, cell[:200]))
        if problems:
            raise Invalid(problems=problems)
        return value

    def _put(self, value: dict[str, Any], heading: str, text: str) -> None:
        prefix, _, key = heading.partition(".")
        if heading == "":
            detail = "This cell stands under no heading."
            raise Invalid(problems=[Problem("", "noHeading", detail, text[:200])])
        if not key:
            value[prefix] = text if prefix == "name" else text.strip()
        elif prefix == "attributes":
            value.setdefault(prefix, {})[key] = _attribute(self._schema.attributes[key], text)
        else:
            value.setdefault(prefix, {})[key] = cells.names_in(text)


def _attribute(attribute: AttributeType, text: str) -> object:
    if attribute.type != LIST:
        return cells.typed(attribute.type, text)
    return [cells.typed(attribute.item_type or STRING, item) for item in cells.split(text)]


# --- headings ---


def _checked_headings(row: Row | None, schema: Schema) -> list[str]:
    """The headings; raises every problem of them, since no row could be read without."""
    if row is None:
        raise Invalid("Line 1: headings are expected here, at least key and name.", code="empty")
    if row.cells is None:
        detail = row.problem.detail if row.problem else ""
        raise Invalid(f"Line {row.number}, the headings: {detail}", code="headings")
    headings = [cell.strip() for cell in row.cells]
    if len(headings) == 1 and ";" in headings[0]:
        detail = "Cells are separated by commas; this line of headings uses semicolons. "
        raise Invalid(f"Line {row.number}: {detail}Save the sheet with commas.", code="headings")
    if len(headings) > MOST_COLUMNS:
        detail = f"Line {row.number}: at most {MOST_COLUMNS:,} columns are read, not "
        raise Invalid(f"{detail}{len(headings):,}.", code="tooMany")
    first: dict[str, int] = {}
    for at, heading in enumerate(headings):
        first.setdefault(heading, at)
    found = (
        problem
        for at, heading in enumerate(headings)
        for problem in _heading_problems(at, heading, first[heading], schema)
    )
    problems = list(islice(found, MOST_PROBLEMS))
    problems += [
        Problem("", "missingHeading", f"Line {row.number}: there is no heading {name}.")
        for name in NEEDED
        if name not in headings
    ]
    if problems:
        raise Invalid(problems=problems)
    return headings


def _heading_problems(at: int, heading: str, first: int, schema: Schema) -> Iterator[Problem]:
    place = f"Headings, column {at + 1}: "
    if heading and first != at:
        detail = f"{place}{heading[:100]} stands in column {first + 1} already."
        yield Problem("", "duplicateHeading", detail, heading[:200])
    prefix, dot, key = heading.partition(".")
    if not heading or heading in PLAIN:
        return
    if not dot or prefix not in ("attributes", "relations", "userRelations"):
        known = [*PLAIN, *(f"attributes.{one}" for one in schema.attributes)]
        near = nearest(heading, known)
        detail = f"{place}{heading[:100]!r} is none of {', '.join(PLAIN)}, attributes.KEY, "
        detail += f"relations.KEY, userRelations.KEY.{_hint(near)}"
        yield Problem("", "unknownHeading", detail, heading[:200], near)
    elif key not in schema.under(prefix):
        near = nearest(key, schema.under(prefix))
        detail = f"{place}there is no {_NOUN[prefix]} {key[:100]!r}.{_hint(near)}"
        yield Problem("", "unknownHeading", detail, heading[:200], near)


_NOUN = {
    "attributes": "attribute",
    "relations": "relation type",
    "userRelations": "user relation type",
}


def _hint(near: str | None) -> str:
    return f" Perhaps {near} was meant." if near else ""


# --- rows ---


def rows_of(source: BinaryIO) -> Iterator[Row]:
    """The rows that hold anything, each with the number of the line in which it begins."""
    feed = _Feed(source)
    reader = csv.reader(feed, strict=True)
    blank = 0
    while True:
        feed.begin_row()
        try:
            found = next(reader)
        except StopIteration:
            return
        except Unclosed:
            yield Row(feed.first, None, feed.unclosed())
            return
        except Invalid as bad:
            yield Row(feed.first, None, bad.problems[0])
        except csv.Error as error:
            if str(error).startswith(("unexpected end of data", "field larger")):
                yield Row(feed.first, None, feed.unclosed())
                return
            yield Row(feed.first, None, _misquoted(error, feed.text))
        else:
            if any(found):
                yield Row(feed.first, found)
            else:
                blank += 1
                refuse_blank(blank, feed.number)


class _Feed:
    """The file's lines as texts, for the csv module; knows which row they belong to."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.number = 0
        self.begin_row()

    def begin_row(self) -> None:
        self.first = self.number + 1
        self._size = 0
        self._texts: list[str] = []

    @property
    def text(self) -> str:
        """What was read of the present row."""
        return "".join(self._texts)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        content = self._source.readline(MOST_BYTES + 1)
        if not content:
            raise StopIteration
        self.number += 1
        self._size += len(content)
        if len(content) > MOST_BYTES and not content.endswith(b"\n"):
            self._pass_over()
            raise _too_large()
        if self._size > MOST_BYTES and self.number > self.first:
            raise Unclosed
        self._texts.append(self._decoded(content))
        return self._texts[-1]

    def _pass_over(self) -> None:
        while (rest := self._source.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
            pass

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as problem:
            detail = f"Line {self.number}, byte {problem.start + 1}: this is not valid UTF-8."
            raise Invalid(problems=[Problem("", "encoding", detail)]) from None
        return text.removeprefix(_BYTE_ORDER_MARK) if self.number == 1 else text

    def unclosed(self) -> Problem:
        at = _first_bad_cell(self.text) + 1
        detail = (
            f"The quote at character {at} is never closed, so neither this line nor those after "
            "it could be read. Double a quote that belongs to the text."
        )
        return Problem("", "unclosedQuote", detail)


def _too_large() -> Invalid:
    detail = f"A line of at most {MOST_BYTES:,} bytes is expected."
    return Invalid(problems=[Problem("", "tooLarge", detail)])


def _misquoted(error: csv.Error, text: str) -> Problem:
    at = _first_bad_cell(text) + 1
    if str(error).startswith("new-line"):
        detail = "A carriage return stands within this line; a line ends with LF or CR LF."
        return Problem("", "carriageReturn", detail)
    detail = f"The quotes of the cell at character {at} don't fit: a comma or the end of the line "
    return Problem("", "misquoted", f"{detail}is expected behind the closing one.")


def _first_bad_cell(text: str) -> int:
    """Where the first cell begins that is not quoted as it should be."""
    at = 0
    row = text.rstrip("\r\n")
    while at < len(row):
        found: re.Match[str] | None = _GOOD_CELL.match(row, at)
        if found is None or found.end() == at:
            break
        at = found.end()
    return at
