"""A board's columns as lines of a form: `price: steward, Team::Stewards / owner`.

The key, then who views, then who edits; an empty side means everybody. Both ways.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.exceptions import Invalid, Problem
from catalog.services.columns import Column


def written(column: Column) -> str:
    viewers, editors = ", ".join(column.viewers), ", ".join(column.editors)
    return f"{column.attribute_key}: {viewers}".rstrip() + f" / {editors}".rstrip()


def read(lines: Iterable[str]) -> list[Column]:
    """The columns; raises `Invalid` where a line has no key."""
    return [_column(at, line) for at, line in enumerate(lines)]


def _column(at: int, line: str) -> Column:
    key, parted, people = line.partition(":")
    if not parted:
        detail = f"Line {at + 1}: a key, a colon and names are expected, as in “price: steward /”."
        raise Invalid(problems=[Problem(f"/columns/{at}", "malformed", detail, line[:100])])
    viewers, _, editors = people.partition("/")
    return Column(key.strip(), _names(viewers), _names(editors))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for one in text.split(",") if (name := one.strip()))
