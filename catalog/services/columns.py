"""The columns of a board: who views and who edits an attribute there.

An empty list of names means everybody. A restriction whose last holder is gone stays, for nobody
but account admins, until the column itself is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.grants import all_holders, set_holders
from accounts.keys import nearest
from accounts.services.people import People, find_people
from catalog.models import AttributeType, Board, BoardColumn

VIEW, EDIT = "view", "edit"
MOST_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class Column:
    """Names of who views and who edits; empty means everybody."""

    attribute_key: str
    viewers: Sequence[str] = ()
    editors: Sequence[str] = ()


def set_columns(board: Board, columns: Sequence[Column], *, actor: Actor) -> None:
    """Makes these, and no others, the columns of a board; the caller holds its lock and has asked
    the gate."""
    found = _checked(columns, actor)
    present = {one.attribute_key: one for one in board.columns.all()}
    board.columns.exclude(attribute_key__in=[one.attribute_key for one in columns]).delete()
    for column, viewers, editors in found:
        row = present.get(column.attribute_key) or BoardColumn(
            board=board, attribute_key=column.attribute_key
        )
        row.is_view_restricted = bool(viewers) or _is_orphaned(row, VIEW)
        row.is_edit_restricted = bool(editors) or _is_orphaned(row, EDIT)
        if not (row.is_view_restricted or row.is_edit_restricted):
            if row.pk is not None:
                row.delete()
            continue
        row.save()
        set_holders(row, VIEW, users=viewers.users, teams=viewers.teams)
        set_holders(row, EDIT, users=editors.users, teams=editors.teams)


def _is_orphaned(row: BoardColumn, level: str) -> bool:
    """Restricted, and held by nobody: an empty list was not meant to open it to everybody."""
    restricted = row.is_view_restricted if level == VIEW else row.is_edit_restricted
    return restricted and not all_holders([row], level)[row.pk]


def _checked(columns: Sequence[Column], actor: Actor) -> list[tuple[Column, People, People]]:
    """The columns with their people; raises every problem at its place."""
    if len(columns) > MOST_COLUMNS:
        detail = f"At most {MOST_COLUMNS} columns are expected here."
        raise Invalid(problems=[Problem("/columns", "tooMany", detail)])
    problems: list[Problem] = []
    found: list[tuple[Column, People, People]] = []
    known = set(AttributeType.objects.values_list("key", flat=True)) if columns else set()
    named: set[str] = set()
    for at, column in enumerate(columns):
        place = f"/columns/{at}"
        key = column.attribute_key
        if key not in known:
            detail = f"No object type has an attribute {key[:100]!r}."
            problems.append(
                Problem(f"{place}/attributeKey", "unknownKey", detail, key, nearest(key, known))
            )
        if key.lower() in named:
            detail = f"The column {key[:100]} is named twice."
            problems.append(Problem(f"{place}/attributeKey", "duplicateKey", detail, key))
        named.add(key.lower())
        viewers = _people(column.viewers, f"{place}/viewers", actor, problems)
        editors = _people(column.editors, f"{place}/editors", actor, problems)
        found.append((column, viewers, editors))
    if problems:
        raise Invalid(problems=problems)
    return found


def _people(names: Sequence[str], pointer: str, actor: Actor, problems: list[Problem]) -> People:
    if not names:
        return People()
    try:
        return find_people(names, actor=actor, pointer=pointer)
    except Invalid as refused:
        problems += refused.problems
        return People()


def columns_of(boards: Sequence[Board]) -> Mapping[int, list[Column]]:
    """By board id, its columns in the order in which they were made; three queries for them all."""
    found: dict[int, list[Column]] = {board.pk: [] for board in boards}
    rows = list(BoardColumn.objects.filter(board__in=list(found)))
    viewers, editors = all_holders(rows, VIEW), all_holders(rows, EDIT)
    for row in rows:
        found[row.board_id].append(
            Column(row.attribute_key, tuple(viewers[row.pk]), tuple(editors[row.pk]))
        )
    return found
