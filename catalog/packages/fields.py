"""The fields of an asset's entry: what each may hold, checked strictly. Pure: knows no rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.exceptions import Problem
from accounts.keys import FORM_TEXT, is_key, nearest
from accounts.names import misleading_in
from catalog.expressions.text import first_unsound
from journal.strict_json import escaped

Content = dict[str, Any]

MOST_NAME = 200
MOST_TEXT = 100_000
MOST_ITEMS = 10_000
MOST_UNKNOWN = 100
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entry.

    `type` is one of TYPES. `references` names the asset kind whose key it holds (each item of
    `keys`); `within` the fields that, before it, make up that asset's identity. `aliases` are older
    words for values of `enum`. A field that is absent, or null, has its default. What is for
    `packages_only` is no part of the content: entries nested in this one, and older forms.
    """

    name: str
    type: str
    description: str = ""
    required: bool = False
    default: Any = None
    enum: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    references: str = ""
    within: tuple[str, ...] = ()
    minimum: int = -(2**31)
    maximum: int = 2**31 - 1
    most: int = MOST_NAME
    packages_only: bool = False

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"{self.type!r} is no type of a field.")

    def value_of(self, content: Mapping[str, Any]) -> Any:
        """The field's value in its one form: the default where absent, no older words."""
        value = content.get(self.name)
        if value is None:
            return list(self.default) if isinstance(self.default, list) else self.default
        return self.aliases.get(value, value) if isinstance(value, str) else value


def checked(fields: Sequence[Field], entry: object, pointer: str) -> tuple[Content, list[Problem]]:
    """The entry's fields that can be read, and all that is wrong with the others."""
    if not isinstance(entry, dict):
        return {}, [Problem(pointer, "wrongType", "An object is expected here.", shown(entry))]
    known = {one.name: one for one in fields}
    unknown = [name for name in entry if name not in known]
    found = [unknown_field(name, list(known), pointer) for name in unknown[:MOST_UNKNOWN]]
    problems = [*found, *more_unknown(len(unknown), pointer)]
    good: Content = {}
    for name, one in known.items():
        value = entry.get(name)
        wrong = list(_check(one, value, f"{pointer}/{escaped(name)}"))
        problems += wrong
        if not wrong and value is not None:
            good[name] = value
    return good, problems


def unknown_field(name: str, known: Sequence[str], pointer: str) -> Problem:
    near = nearest(name, known)
    hint = f" Perhaps {near} was meant." if near else ""
    detail = f"{name[:120]!r} is no field of this kind of asset.{hint}"
    return Problem(f"{pointer}/{escaped(name[:200])}", "unknownKey", detail, name[:120], near)


def more_unknown(count: int, pointer: str) -> list[Problem]:
    """Says how many unknown names there are past those that are told one by one."""
    if count <= MOST_UNKNOWN:
        return []
    detail = f"{count - MOST_UNKNOWN:,} more names are unknown here."
    return [Problem(pointer, "tooManyProblems", detail)]


def shown(value: object) -> Any:
    """A value as it may stand in a problem: short."""
    if isinstance(value, str):
        return value[:120]
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:120]


def _check(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if value is None:
        if one.required:
            yield Problem(pointer, "missing", f"{one.name} is needed here.")
        return
    problems = list(TYPES[one.type](one, value, pointer))
    yield from problems
    if not problems and one.enum and value not in (*one.enum, *one.aliases):
        yield _not_in_enum(one, str(value), pointer)


def _not_in_enum(one: Field, value: str, pointer: str) -> Problem:
    detail = f"One of these is expected here: {', '.join(one.enum)}."
    near = nearest(value, [*one.enum, *one.aliases])
    return Problem(pointer, "unknownValue", detail, value[:120], near)


def _text(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong("A text", value, pointer)
    elif len(value) > one.most:
        detail = f"At most {one.most:,} characters are expected here, not {len(value):,}."
        yield Problem(pointer, "tooLong", detail)
    elif first_unsound(value) is not None:
        yield Problem(pointer, "badCharacter", "This holds a character that can't be stored.")
    elif one.name == NAME.name and (character := misleading_in(value)):
        detail = f"A name can't hold the character {character}."
        yield Problem(pointer, "badCharacter", detail)
    elif one.required and not value.strip():
        yield Problem(pointer, "missing", f"{one.name} can't be empty.", value)


def _key(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong("A key", value, pointer)
    elif not is_key(value):
        yield Problem(pointer, "malformedKey", FORM_TEXT, value[:120])


def _color(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong("A colour", value, pointer)
    elif not _COLOR.match(value):
        detail = "A colour is #RGB or #RRGGBB in hexadecimal digits."
        yield Problem(pointer, "badColor", detail, value[:120])


def _integer(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield _wrong("An integer", value, pointer)
    elif not one.minimum <= value <= one.maximum:
        detail = f"An integer from {one.minimum:,} to {one.maximum:,} is expected here."
        yield Problem(pointer, "outOfRange", detail, str(value)[:40])


def _boolean(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield _wrong("true or false", value, pointer)


def _object(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong("An object", value, pointer)
    elif one.required and not value:
        yield Problem(pointer, "missing", f"{one.name} can't be empty.")


def _list(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _wrong("A list", value, pointer)
    elif len(value) > MOST_ITEMS:
        yield Problem(pointer, "tooManyItems", f"At most {MOST_ITEMS:,} items are expected here.")
    elif one.required and not value:
        yield Problem(pointer, "missing", f"{one.name} can't be empty.")


def _texts(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    yield from _items(one, value, pointer, _text)


def _keys(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    yield from _items(one, value, pointer, _key)


def _items(one: Field, value: object, pointer: str, check: Check) -> Iterator[Problem]:
    problems = list(_list(one, value, pointer))
    yield from problems
    if problems or not isinstance(value, list):
        return
    seen: set[str] = set()
    for at, item in enumerate(value):
        yield from check(one, item, f"{pointer}/{at}")
        if isinstance(item, str) and item in seen:
            yield Problem(f"{pointer}/{at}", "duplicate", "This stands here already.", item[:120])
        seen.add(str(item))


def _anything(one: Field, value: object, pointer: str) -> Iterator[Problem]:
    return iter(())


def _wrong(expected: str, value: object, pointer: str) -> Problem:
    return Problem(pointer, "wrongType", f"{expected} is expected here.", shown(value))


Check = Callable[[Field, object, str], Iterator[Problem]]

TYPES: Mapping[str, Check] = {
    "key": _key,
    "text": _text,
    "color": _color,
    "integer": _integer,
    "boolean": _boolean,
    "object": _object,
    "list": _list,
    "texts": _texts,
    "keys": _keys,
    "anything": _anything,
}

KEY = Field("key", "key", "How it is called by programs; it can't be changed.", required=True)
NAME = Field("name", "text", "How it is called by people; the key where left out.")
