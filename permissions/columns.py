"""What the columns of boards leave to one person, and whom they leave a column to.

A column only takes away: on top of it, conditions and boards decide as everywhere. Who may edit a
column sees it; one that says who views and not who edits leaves editing to those who view.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.grants import codename
from accounts.models import User
from accounts.remembering import remembered
from catalog.models import BoardColumn
from journal.prepared import QuestionOfSeveral
from permissions.condition_queries import ALWAYS
from permissions.grants import Holdings, holders, holdings_among

VIEW, EDIT = "view", "edit"
ON_BOARDS: QuestionOfSeveral[BoardColumn] = QuestionOfSeveral(
    lambda boards: BoardColumn.objects.filter(board__in=boards).order_by()
)
Place = tuple[int, str]
"""A board's id and an attribute's key."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of some boards that one person may not see, or not edit."""

    hidden: frozenset[Place] = frozenset()
    fixed: frozenset[Place] = frozenset()


OPEN = Columns()


def of_boards(user: User, boards: Iterable[int]) -> Columns:
    """What the columns of these boards keep from this person; two queries."""
    asked = frozenset(boards)
    return remembered(("columns", user.pk, asked), lambda: _of_boards(user, asked))


def _of_boards(user: User, boards: frozenset[int]) -> Columns:
    rows = ON_BOARDS.rows(sorted(boards))
    if not rows:
        return OPEN
    held = _held(user, rows)
    return Columns(
        hidden=frozenset(_place(row) for row in rows if not _sees(held, row)),
        fixed=frozenset(_place(row) for row in rows if not _edits(held, row)),
    )


def boards_that_hide(user: User, key: str) -> list[int]:
    """The boards on which this person doesn't see the attributes of this key; two queries."""
    rows = list(BoardColumn.objects.filter(attribute_key=key, is_view_restricted=True).order_by())
    if not rows:
        return []
    held = _held(user, rows)
    return sorted(row.board_id for row in rows if not _sees(held, row))


def hidden_keys(user: User, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys whose attributes some board doesn't show to this person; two queries."""
    restricted = BoardColumn.objects.filter(attribute_key__in=keys, is_view_restricted=True)
    rows = list(restricted.order_by())
    if not rows:
        return frozenset()
    held = _held(user, rows)
    return frozenset(row.attribute_key for row in rows if not _sees(held, row))


def people_who_see(board_id: int, key: str) -> Q:
    row = _row(board_id, key)
    return holders(row, (VIEW, EDIT)) if row is not None and row.is_view_restricted else ALWAYS


def people_who_edit(board_id: int, key: str) -> Q:
    row = _row(board_id, key)
    if row is not None and row.is_edit_restricted:
        return holders(row, (EDIT,))
    return people_who_see(board_id, key)


def is_restricted(board_id: int, key: str) -> bool:
    """Whether the column keeps anybody from editing."""
    return _row(board_id, key) is not None


def _row(board_id: int, key: str) -> BoardColumn | None:
    return BoardColumn.objects.filter(board=board_id, attribute_key=key).first()


def _held(user: User, rows: Sequence[BoardColumn]) -> Holdings:
    return holdings_among(user, {BoardColumn: [row.pk for row in rows]})


def _sees(held: Holdings, row: BoardColumn) -> bool:
    if not row.is_view_restricted:
        return True
    return any((codename(BoardColumn, level), row.pk) in held.rows for level in (VIEW, EDIT))


def _edits(held: Holdings, row: BoardColumn) -> bool:
    if row.is_edit_restricted:
        return (codename(BoardColumn, EDIT), row.pk) in held.rows
    return _sees(held, row)


def _place(row: BoardColumn) -> Place:
    return row.board_id, row.attribute_key
