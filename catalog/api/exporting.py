"""The objects of a board as a file that can be imported again: `boards/KEY/export/`.

Written a chunk at a time, so memory doesn't grow with the board. It holds what its reader sees:
no unseen object, no hidden attribute, no relation or parent that leads to what they may not see.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import QueryDict, StreamingHttpResponse

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from catalog.api import listing
from catalog.api.presenting import present, with_columns
from catalog.importing import cells
from catalog.models import (
    AttributeType,
    Board,
    GovernedObject,
    ObjectType,
    Relation,
    RelationType,
    UserRelation,
    UserRelationType,
)
from journal.clock import now

CHUNK = 500
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
NUMBERS = frozenset({"integer", "decimal"})
NEVER = ("key", "boardKey", "sort")
"""Parameters of the list of objects that mean nothing here."""
BYTE_ORDER_MARK = "\ufeff"


class Streamed(StreamingHttpResponse):
    """An answer made while it is sent: under ASGI too, where Django would first gather all of it
    in memory, since its parts come from a database that is asked in a thread."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = iter(cast(Iterable[bytes], self.streaming_content))
        following = sync_to_async(lambda: next(parts, None))
        while (part := await following()) is not None:
            yield part


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written: objects of one type, in an order that new ones don't disturb."""

    format: str
    object_type: ObjectType | None
    rows: QuerySet[GovernedObject]
    actor: Actor
    file_name: str


def export_of(board: Board, query: QueryDict, format: str, *, actor: Actor) -> Export:
    """Reads what of the board is asked for, in the words of the list of objects."""
    on_board = gate.narrow(actor, "view", GovernedObject.objects.filter(board=board))
    object_type = _object_type(on_board, board, query.get("objectTypeKey"), actor)
    asked = query.copy()
    asked.pop("format", None)
    for name in NEVER:
        if name in asked:
            detail = f"An export knows no parameter {name}."
            raise Invalid(problems=[Problem(f"/{name}", "unknownParameter", detail)])
    rows = listing.read(asked, actor=actor).narrow(on_board)
    if object_type is not None:
        rows = rows.filter(object_type=object_type)
    noun = f"-{object_type.key}" if object_type and object_type.key != board.key else ""
    name = f"{board.key}{noun}-{now():%Y-%m-%d}.{format}"
    return Export(format, object_type, rows, actor, name)


def answer(export: Export, *, for_spreadsheets: bool = False) -> Streamed:
    """The file. Spreadsheets know UTF-8 by a byte order mark, programs are better off without."""
    texts = _csv(export) if export.format == "csv" else _json_lines(export)
    if for_spreadsheets and export.format == "csv":
        texts = _marked(texts)
    answered = Streamed((text.encode() for text in texts), content_type=MEDIA_TYPES[export.format])
    answered["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return answered


def types_on(rows: QuerySet[GovernedObject]) -> list[ObjectType]:
    present_types = rows.order_by().values("object_type").distinct()
    return list(ObjectType.objects.filter(pk__in=present_types).order_by("name", "key"))


def _object_type(
    rows: QuerySet[GovernedObject], board: Board, key: str | None, actor: Actor
) -> ObjectType | None:
    """The type that was named, or the only one there is."""
    types = types_on(rows)
    if key is not None:
        known = list(gate.narrow(actor, "view", ObjectType.objects.all()))
        found = next((one for one in known if one.key == key), None)
        if found is None:
            near = nearest(key, [one.key for one in known])
            detail = f"There is no object type {key[:100]!r}."
            raise Invalid(problems=[Problem("/objectTypeKey", "unknownKey", detail, None, near)])
        return found
    if len(types) > 1:
        detail = (
            "Objects of several types are on this board, and a file holds those of one. Name one "
            f"of them: {', '.join(one.key for one in types[:20])}."
        )
        raise Invalid(problems=[Problem("/objectTypeKey", "missing", detail)])
    return types[0] if types else ObjectType.objects.filter(key=board.key).first()


def _lines(export: Export) -> Iterator[dict[str, Any]]:
    """Each object as a line of an import says it."""
    last = 0
    rows = with_columns(export.rows).order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        for shown in present(chunk, actor=export.actor):
            yield _line(shown)


def _line(shown: dict[str, Any]) -> dict[str, Any]:
    """No word of what is empty: the same file comes in again without change."""
    line = {name: shown[name] for name in ("key", "name", "stateKey", "parentKey")}
    line |= {name: shown[name] for name in ("attributes", "relations", "userRelations")}
    return {name: value for name, value in line.items() if value not in (None, {})}


def _json_lines(export: Export) -> Iterator[str]:
    for line in _lines(export):
        yield json.dumps(line, ensure_ascii=False) + "\n"


# --- CSV ---


def _csv(export: Export) -> Iterator[str]:
    attributes = list(export.object_type.attributes.all()) if export.object_type else []
    relations, people = _tie_keys(export)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *("key", "name", "stateKey", "parentKey"),
            *(f"attributes.{one.key}" for one in attributes),
            *(f"relations.{key}" for key in relations),
            *(f"userRelations.{key}" for key in people),
        ]
    )
    for at, line in enumerate(_lines(export), start=1):
        writer.writerow(_cells(line, attributes, relations, people))
        if at % CHUNK == 0:
            yield taken(out)
    yield taken(out)


def taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _tie_keys(export: Export) -> tuple[list[str], list[str]]:
    """The types of relations that some object of the export has, of objects and of people."""
    ids = export.rows.order_by().values("pk")
    seen = gate.narrow(export.actor, "view", GovernedObject.objects.all()).order_by().values("pk")
    used = Relation.objects.filter(source__in=ids, target__in=seen).values("type")
    held = UserRelation.objects.filter(object__in=ids).values("type")
    return (
        list(
            RelationType.objects.filter(pk__in=used).order_by("key").values_list("key", flat=True)
        ),
        list(
            UserRelationType.objects.filter(pk__in=held)
            .order_by("key")
            .values_list("key", flat=True)
        ),
    )


def _cells(
    line: dict[str, Any],
    attributes: Sequence[AttributeType],
    relations: Iterable[str],
    people: Iterable[str],
) -> list[str]:
    values = line.get("attributes", {})
    related, held = line.get("relations", {}), line.get("userRelations", {})
    return [
        *(cells.guarded(line.get(name, "")) for name in ("key", "name", "stateKey", "parentKey")),
        *(_cell(one, values.get(one.key)) for one in attributes),
        *(cells.joined(related.get(key, ())) for key in relations),
        *(cells.guarded(cells.joined(held.get(key, ()))) for key in people),
    ]


def _cell(attribute: AttributeType, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return cells.guarded(cells.joined(_text(item) for item in value))
    return _text(value) if attribute.type in NUMBERS else cells.guarded(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _marked(texts: Iterator[str]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    yield from texts
