"""How each database reads a value out of stored JSON, and compares it, without ever failing.

Every reading is guarded: a value of another JSON type or form than expected reads as NULL. The
pieces are SQL texts made of validated keys and of texts that stand here; values are parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from catalog.canonical import LARGEST_INTEGER, SMALLEST_INTEGER
from catalog.filters import functions
from catalog.filters.shapes import Kind

Params = list[Any]

LEAD = 200
"""Characters of a text that an index holds: PostgreSQL takes 2,704 bytes at most, and without this
a long text could not be stored once its attribute is filterable."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a JSON value is: SQL for the name of its type, for its content, and for its JSON."""

    type: str
    content: str
    json: str


class Dialect(Protocol):
    """What the two databases say differently."""

    def member(self, source: str, key: str) -> Place: ...

    def items(self, place: Place) -> tuple[str, Place]:
        """A FROM clause of a list's items (none if it is no list), and where each item is."""

    def scalar(self, kind: Kind, place: Place) -> str: ...

    def lead(self, text: str) -> str:
        """The first characters of a text."""

    def column(self, source: str) -> str:
        """A text column, compared by code point."""

    def parameter(self, kind: Kind, wanted: Any) -> tuple[str, Any]: ...

    def folded(self, text: str) -> str:
        """The text with its case taken away. ASCII, which most texts are, is lowered by the
        database itself: folding all of a large list otherwise takes most of a search's time."""

    def position(self, text: str) -> str:
        """Where the parameter begins in the text, 0 if it isn't there."""

    def starts(self, text: str, wanted: str) -> tuple[str, Params]: ...

    def ends(self, text: str, wanted: str) -> tuple[str, Params]: ...

    def is_empty(self, place: Place) -> str: ...

    def whole_list(self, place: Place) -> str:
        """The list as `functions.written` writes it, NULL if it is no list."""


class PostgreSQL:
    def member(self, source: str, key: str) -> Place:
        json = f"({source} -> '{key}')"
        return Place(f"jsonb_typeof{json}", f"({source} ->> '{key}')", json)

    def items(self, place: Place) -> tuple[str, Place]:
        listed = f"CASE WHEN {place.type} = 'array' THEN {place.json} ELSE '[]'::jsonb END"
        item = Place("jsonb_typeof(item.value)", "(item.value #>> '{}')", "item.value")
        return f"jsonb_array_elements({listed}) AS item(value)", item

    def scalar(self, kind: Kind, place: Place) -> str:
        at, text = place.type, place.content
        match kind:
            case Kind.INTEGER:
                return (
                    f"CASE WHEN {at} = 'number' AND {text} ~ '^-?[0-9]{{1,19}}$' THEN "
                    f"CASE WHEN {text}::numeric BETWEEN {SMALLEST_INTEGER} AND {LARGEST_INTEGER} "
                    f"THEN {text}::numeric::bigint END END"
                )
            case Kind.DECIMAL:
                form = "^-?[0-9]{1,38}([.][0-9]{1,38})?$"
                return f"CASE WHEN {at} = 'string' AND {text} ~ '{form}' THEN {text}::numeric END"
            case Kind.BOOLEAN:
                return f"CASE WHEN {at} = 'boolean' THEN {text}::boolean END"
            case Kind.DATE:
                return self._text(at, text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
            case Kind.MOMENT:
                form = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$"
                return self._text(at, text, form)
        return self._text(at, text)

    def _text(self, type: str, text: str, form: str = "") -> str:
        guard = f" AND {text} ~ '{form}'" if form else ""
        return f"(CASE WHEN {type} = 'string'{guard} THEN {text} END COLLATE \"C\")"

    def lead(self, text: str) -> str:
        return f"left({text}, {LEAD})"

    def column(self, source: str) -> str:
        return f'({source} COLLATE "C")'

    def parameter(self, kind: Kind, wanted: Any) -> tuple[str, Any]:
        return ("%s::numeric" if kind is Kind.DECIMAL else "%s"), wanted

    def folded(self, text: str) -> str:
        # 962 is a final sigma, 963 a sigma.
        lowered = f'lower({text} COLLATE "und-x-icu") COLLATE "C"'
        full = f"replace({lowered}, chr(962), chr(963))"
        plain = f'lower({text} COLLATE "C")'
        return f"CASE WHEN octet_length({text}) = length({text}) THEN {plain} ELSE {full} END"

    def position(self, text: str) -> str:
        return f"strpos({text}, %s)"

    def starts(self, text: str, wanted: str) -> tuple[str, Params]:
        return f"starts_with({text}, %s)", [wanted]

    def ends(self, text: str, wanted: str) -> tuple[str, Params]:
        return f"right({text}, {len(wanted)}) = %s", [wanted]

    def is_empty(self, place: Place) -> str:
        return (
            f"COALESCE({place.json}, 'null'::jsonb) IN ('null'::jsonb, '\"\"'::jsonb, '[]'::jsonb)"
        )

    def whole_list(self, place: Place) -> str:
        return f"CASE WHEN {place.type} = 'array' THEN {place.json}::text COLLATE \"C\" END"


class SQLite:
    def member(self, source: str, key: str) -> Place:
        extracted = f"json_extract({source}, '$.\"{key}\"')"
        return Place(f"json_type({source}, '$.\"{key}\"')", extracted, extracted)

    def items(self, place: Place) -> tuple[str, Place]:
        listed = f"CASE WHEN {place.type} = 'array' THEN {place.json} ELSE '[]' END"
        return f"json_each({listed}) AS item", Place("item.type", "item.value", "item.value")

    def scalar(self, kind: Kind, place: Place) -> str:
        at, text = place.type, place.content
        match kind:
            case Kind.INTEGER:
                # What is larger than 64 bits is read as a rounded real number.
                guard = f"{at} = 'integer' AND typeof({text}) = 'integer'"
                return f"CASE WHEN {guard} THEN {text} END"
            case Kind.DECIMAL:
                return f"CASE WHEN {at} = 'text' THEN {functions.DECIMAL_KEY}({text}) END"
            case Kind.BOOLEAN:
                return f"CASE {at} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
            case Kind.DATE:
                return self._text(at, text, "dddd-dd-dd")
            case Kind.MOMENT:
                return self._text(at, text, "dddd-dd-ddTdd:dd:dd.ddddddZ")
        return self._text(at, text)

    def _text(self, type: str, text: str, form: str = "") -> str:
        guard = f" AND {text} GLOB '{form.replace('d', '[0-9]')}'" if form else ""
        return f"CASE WHEN {type} = 'text'{guard} THEN {text} END"

    def lead(self, text: str) -> str:
        return f"substr({text}, 1, {LEAD})"

    def column(self, source: str) -> str:
        return source

    def parameter(self, kind: Kind, wanted: Any) -> tuple[str, Any]:
        return "%s", functions.decimal_key(wanted) if kind is Kind.DECIMAL else wanted

    def folded(self, text: str) -> str:
        # SQLite counts the characters before a NUL: a text with one is no plain text here.
        is_plain = f"length(CAST({text} AS BLOB)) = length({text})"
        return f"CASE WHEN {is_plain} THEN lower({text}) ELSE {functions.FOLD}({text}) END"

    def position(self, text: str) -> str:
        return f"instr({text}, %s)"

    def starts(self, text: str, wanted: str) -> tuple[str, Params]:
        return f"substr({text}, 1, {len(wanted)}) = %s", [wanted]

    def ends(self, text: str, wanted: str) -> tuple[str, Params]:
        if not wanted:
            return f"{text} IS NOT NULL", []
        return f"substr({text}, -{len(wanted)}) = %s", [wanted]

    def is_empty(self, place: Place) -> str:
        return (
            f"CASE {place.type} WHEN 'text' THEN {place.content} = '' "
            f"WHEN 'array' THEN {place.content} = '[]' "
            f"ELSE COALESCE({place.type}, 'null') = 'null' END"
        )

    def whole_list(self, place: Place) -> str:
        return f"CASE WHEN {place.type} = 'array' THEN {functions.PLAIN_JSON}({place.json}) END"


DIALECTS: dict[str, Dialect] = {"postgresql": PostgreSQL(), "sqlite": SQLite()}
