"""A package's document, taken apart into its header and its entries, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.packages.fields import (
    MOST_UNKNOWN,
    Content,
    Field,
    checked,
    more_unknown,
    shown,
)
from catalog.packages.kinds import AssetKind, Scope, kinds_of_list, list_names
from journal.strict_json import escaped

MOST_ENTRIES = 50_000
HEADER = (
    Field("packageKey", "key", required=True),
    Field("name", "text"),
    Field("dependsOn", "keys"),
)
HEADER_NAMES = tuple(one.name for one in HEADER)


@dataclass(frozen=True, slots=True)
class Given:
    """One entry as it was written.

    A list with a dot in its name stands inside the entries of another: `workflows.transitions`.
    One that `stands_for` an older form wasn't written: its pointer leads to that form.
    """

    kind: AssetKind
    list_name: str
    position: int
    pointer: str
    entry: Any
    written: Any
    problems: tuple[Problem, ...] = ()
    stands_for: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A package that was read; `order` are its top-level names as they came."""

    key: str
    header: Content
    order: tuple[str, ...]
    given: tuple[Given, ...]
    scope: Scope
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def read(document: object) -> Document:
    """Takes a document apart; its problems are those of the frame, not of the entries."""
    if not isinstance(document, dict):
        problem = Problem("", "wrongType", "A package is one JSON object.", shown(document))
        return Document("", {}, (), (), Scope(), (problem,))
    problems = _frame_problems(document)
    header, more = checked(
        HEADER, {name: document[name] for name in HEADER_NAMES if name in document}, ""
    )
    crowd = _crowd_problems(document)
    scope = scope_of(document)
    given, warnings = _in_newer_form([] if crowd else list(_entries(document)), scope)
    return Document(
        key=str(header.get("packageKey", "")),
        header=header,
        order=tuple(document),
        given=tuple(given),
        scope=scope,
        problems=(*crowd, *problems, *more),
        warnings=tuple(warnings),
    )


def _in_newer_form(entries: list[Given], scope: Scope) -> tuple[list[Given], list[Problem]]:
    """The entries without older forms, those that say the same behind all others."""
    newer: list[Given] = []
    instead: list[Given] = []
    warnings: list[Problem] = []
    last = Counter({one.list_name: one.position for one in entries})
    for one in entries:
        older = one.kind.older(one.entry, scope) if isinstance(one.entry, dict) else None
        if older is None:
            newer.append(one)
            continue
        newer.append(replace(one, **_without(one, older.fields)))
        warnings.append(older.warning.under(one.pointer))
        for pointer, name, entry in older.instead:
            last[name] += 1
            kind = kind_of(name, entry)
            at = one.pointer + pointer
            instead.append(Given(kind, name, last[name], at, entry, entry, stands_for=True))
    return [*newer, *instead], warnings


def _without(given: Given, fields: Collection[str]) -> dict[str, Any]:
    return {
        part: {name: one for name, one in getattr(given, part).items() if name not in fields}
        for part in ("entry", "written")
    }


def _crowd_problems(document: Mapping[str, Any]) -> list[Problem]:
    count = sum(len(entries) for entries in document.values() if isinstance(entries, list))
    if count <= MOST_ENTRIES:
        return []
    detail = f"A package has at most {MOST_ENTRIES:,} entries, not {count:,}: part it."
    return [Problem("", "tooManyItems", detail)]


def scope_of(document: Mapping[str, Any]) -> Scope:
    """What may be left out in its entries, since there is one of it only."""
    return Scope(
        workflow_key=_only_key(document.get("workflows")),
        object_type_key=_only_key(document.get("objectTypes")),
    )


def _only_key(entries: object) -> str | None:
    if not isinstance(entries, list) or len(entries) != 1 or not isinstance(entries[0], dict):
        return None
    key = entries[0].get("key")
    return key if isinstance(key, str) else None


def _frame_problems(document: Mapping[str, Any]) -> list[Problem]:
    known = [name for name in list_names() if "." not in name]
    problems: list[Problem] = []
    unknown = [name for name in document if name not in (*known, *HEADER_NAMES)]
    kept = frozenset(unknown[:MOST_UNKNOWN])
    for name, value in document.items():
        pointer = f"/{escaped(name[:200])}"
        if name in HEADER_NAMES:
            continue
        if name in kept:
            near = nearest(name, [*known, *HEADER_NAMES])
            detail = f"{name[:120]!r} is no kind of asset that this version knows."
            problems.append(Problem(pointer, "unknownAssetKind", detail, name[:120], near))
        elif name in known and not isinstance(value, list):
            detail = "A list of entries is expected here."
            problems.append(Problem(pointer, "wrongType", detail, shown(value)))
    return [*problems, *more_unknown(len(unknown), "")]


def _entries(document: Mapping[str, Any]) -> Iterator[Given]:
    for name in list_names():
        outer, _, inner = name.partition(".")
        entries = document.get(outer)
        if not isinstance(entries, list):
            continue
        if inner:
            yield from _nested(name, inner, entries)
        else:
            for at, entry in enumerate(entries):
                kind = kind_of(name, entry)
                yield Given(kind, name, at, f"/{name}/{at}", entry, entry)


def _nested(name: str, inner: str, parents: list[Any]) -> Iterator[Given]:
    """Entries inside another's entry: they name it, without saying so."""
    count = 0
    for at, parent in enumerate(parents):
        entries = parent.get(inner) if isinstance(parent, dict) else None
        for place, written in enumerate(entries if isinstance(entries, list) else []):
            kind = kind_of(name, written)
            pointer = f"/{name.partition('.')[0]}/{at}/{inner}/{place}"
            entry, problems = kind.nested(written, parent)
            yield Given(kind, name, count, pointer, entry, written, tuple(problems))
            count += 1


def kind_of(list_name: str, entry: object) -> AssetKind:
    """The kind of an entry, by its list and, where kinds share it, by what the entry carries."""
    kinds = kinds_of_list(list_name)
    if isinstance(entry, dict):
        kinds = [kind for kind in kinds if kind.claims(list_name, entry)] or kinds
    return kinds[0]
