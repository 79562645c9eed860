"""Asset kinds: what a package's lists may hold. Each app contributes the kinds of its own models.

A kind knows the form of an entry, what an entry means once its defaults are filled in (its
*content*, a plain JSON object with every field), and how that content is read from and written to
rows. Planning needs the contents only; it asks no kind about another's rows.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from accounts.exceptions import Problem
from catalog.packages.fields import Content, Field
from catalog.packages.world import World, identity, same
from journal.registry import Registry
from journal.strict_json import escaped

if TYPE_CHECKING:
    from accounts.actor import Actor

MOST_IDENTITY = 400
MOST_TITLE = 200

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """What entries of one package may leave out because the package has only one of them."""

    workflow_key: str | None = None
    object_type_key: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A key that an entry names: where (a pointer into the entry), of which kind, and whose.

    `place` are line and column in the text at the pointer, where an expression in it names the key.
    """

    pointer: str
    kind: str
    identity: str
    value: Any
    place: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Whoever used an asset that leaves will use another of its kind.

    `pointer` leads to where the entry says so, both assets are named by their identities.
    """

    pointer: str
    kind: str
    gone: str
    by: str

    @property
    def asset(self) -> tuple[str, str]:
        """What leaves."""
        return self.kind, self.gone


@dataclass(frozen=True, slots=True)
class Older:
    """An older form of an entry: the fields to leave out of it, the entries that say the same, each
    with a pointer into the old one and the list it belongs to, and what people are told of it."""

    fields: tuple[str, ...]
    instead: tuple[tuple[str, str, Content], ...]
    warning: Problem


class AssetKind(ABC):
    """One kind of asset.

    `lists` are the lists of a package in which it stands; `after` the kinds that are written before
    it. A keyless kind's entries are a set: its identity is all of its content. `scoped` are the
    fields that may be left out because the package has only one of what they name. Where a kind
    `may_never_match`, an entry that names unknown keys can be kept, without effect, if asked for;
    it takes effect when the keys are there, or, where it doesn't `begins_by_itself`, when its
    package is applied again. Where a kind `needs_rows`, it is verified and tried beside them before
    a plan is believed.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    lists: ClassVar[tuple[str, ...]]
    fields: ClassVar[tuple[Field, ...]]
    after: ClassVar[tuple[str, ...]] = ()
    identity_fields: ClassVar[tuple[str, ...]] = ("key",)
    is_keyless: ClassVar[bool] = False
    is_kept_only: ClassVar[bool] = False
    may_never_match: ClassVar[bool] = False
    begins_by_itself: ClassVar[bool] = True
    needs_rows: ClassVar[bool] = False
    scoped: ClassVar[tuple[str, ...]] = ()
    model: ClassVar[type[models.Model] | None] = None

    def claims(self, list_name: str, entry: Mapping[str, Any]) -> bool:
        """Whether an entry of one of its lists is of this kind, where kinds share a list."""
        return True

    def own_fields(self) -> list[Field]:
        """The fields that make up the content."""
        return [one for one in self.fields if not one.packages_only]

    def nested(self, written: Any, parent: Content) -> tuple[Any, list[Problem]]:
        """An entry that stands inside another's, with what it need not say there."""
        return written, []

    def older(self, entry: Content, scope: Scope) -> Older | None:
        """What is said in an older form, where that is sound; None where nothing is."""
        return None

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        """What a well-formed entry means: every field, defaults filled in, no older words."""
        filled = {one.name: one.value_of(entry) for one in self.own_fields()}
        if "name" in filled and filled["name"] is None:
            filled["name"] = filled.get("key")
        return filled

    def minimal(self, content: Content) -> Content:
        """The shortest entry that means this content, whatever package it stands in."""
        short = {
            one.name: content[one.name]
            for one in self.own_fields()
            if one.required or not same(content.get(one.name), one.default)
        }
        if short.get("name") == short.get("key"):
            short.pop("name", None)
        return short

    def identity(self, content: Content) -> str | None:
        """What names it among its kind; None where a part of that is missing."""
        parts = [content.get(name) for name in self.identity_fields]
        if self.is_keyless:
            return _condensed("" if part is None else str(part) for part in parts)
        if not all(isinstance(part, str) for part in parts):
            return None
        return identity(*map(str, parts))

    def title(self, content: Content) -> str:
        """Which asset this is, for people: what names it, or where it has no key what it says."""
        if not self.is_keyless:
            return self.identity(content) or str(content.get("key") or "")
        return said(self.minimal(content))

    def address(self, content: Content) -> str:
        """The page on which people mend it; empty where it has none."""
        if self.model is None:
            return ""
        meta = self.model._meta
        page = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return f"{page}?{urlencode({'q': content.get('key') or ''})}"

    def check_written(self, entry: Content) -> Iterable[Problem]:
        """What is wrong with the fields that don't come into the content."""
        return ()

    def missing(self, content: Content) -> Iterable[Problem]:
        """Fields left out although the package hasn't exactly one of what they could name."""
        for name in self.scoped:
            if content[name] is None:
                yield needed(name)

    def references(self, content: Content, world: World) -> Iterable[Named]:
        """The keys of other assets that it names."""
        for one in self.fields:
            if one.references:
                yield from _named_by(one, content)

    def may_lack(self, named: Sequence[Named], *, is_there: bool) -> bool:
        """Whether an entry is kept that names these unknown keys; `is_there`: it has a row."""
        return self.may_never_match

    def check_kept(self, content: Content) -> Iterable[Problem]:
        """What is wrong with the form of an entry that is kept although it names unknown keys."""
        return ()

    def others(self, world: World) -> Iterable[tuple[str, str, Named]]:
        """Keys that are named by what is no asset but belongs to one: its identity, who names the
        key in words, and the key."""
        return ()

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        """What form and references can't say; pointers begin at the entry."""
        return ()

    def obstacles(self, content: Content, before: Content) -> Iterable[Problem]:
        """What stands against changing it from `before`: things that exist and would not fit."""
        return ()

    def replaced(
        self, entry: Content, content: Content, world: World
    ) -> tuple[list[Replacement], list[Problem]]:
        """What its entry says of users of assets that leave; `world` is how all will be."""
        return [], []

    def replace(self, gone: Content, by: Content, *, actor: Actor) -> None:
        """Gives the users of an asset that is about to leave another one; both are there."""
        raise NotImplementedError(f"Nothing takes the place of a {self.label}.")

    def keep(self, unmatched: Sequence[Content]) -> None:
        """Told at the end of every apply which entries name keys that don't exist."""
        return

    def verify(self, content: Content) -> Iterable[Problem]:
        """What can be told only when the rows of all it names are there; see `needs_rows`."""
        return ()

    def provides(self, content: Content) -> Iterable[tuple[str, str]]:
        """Keys that come with it, as pairs of a kind of their own and an identity."""
        return ()

    def not_yet_active(self, content: Content) -> str | None:
        """Why it is applied without effect in this version; None where it has its effect."""
        return None

    @abstractmethod
    def present(self) -> dict[str, Content]:
        """All that exist, by identity."""

    @abstractmethod
    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        """Makes it, or changes it from `before`; what it names is there already."""

    def settle(self, content: Content, *, actor: Actor) -> None:
        """Writes what names assets of kinds that come after it; called when all are there."""
        return

    @abstractmethod
    def remove(self, content: Content, *, actor: Actor) -> None:
        """Deletes it; what named it is gone already."""


def needed(name: str) -> Problem:
    detail = f"{name} is needed here: the package hasn't exactly one that could be meant."
    return Problem(f"/{name}", "missing", detail)


def _condensed(parts: Iterable[str]) -> str:
    """An identity made of a whole content, short enough for an index."""
    whole = identity(*map(escaped, parts))
    if len(whole) <= MOST_IDENTITY:
        return whole
    return f"{whole[:MOST_IDENTITY]}:{hashlib.sha256(whole.encode()).hexdigest()}"


def said(entry: Mapping[str, Any]) -> str:
    """What an entry says, as one short line."""
    members = ((name, _text(value)) for name, value in entry.items())
    line = ", ".join(f"{name} {text}" for name, text in members)
    return line if len(line) <= MOST_TITLE else f"{line[: MOST_TITLE - 1]}…"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _named_by(one: Field, content: Content) -> Iterable[Named]:
    value = content.get(one.name)
    within = [content.get(name) for name in one.within]
    if value is None or not all(isinstance(part, str) for part in within):
        return
    outer = [str(part) for part in within]
    if not isinstance(value, list):
        yield Named(f"/{one.name}", one.references, identity(*outer, str(value)), value)
        return
    for at, item in enumerate(value):
        yield Named(f"/{one.name}/{at}", one.references, identity(*outer, str(item)), item)


class RowKind(AssetKind, Generic[M]):
    """A kind whose assets are rows of one model."""

    model: ClassVar[type[models.Model]]

    @abstractmethod
    def rows(self) -> models.QuerySet[M]:
        """All rows, with what `read` needs."""

    @abstractmethod
    def read(self, row: M) -> Content:
        """The content of a row."""

    @abstractmethod
    def find(self, content: Content) -> M | None:
        """The row with this identity."""

    @abstractmethod
    def fill(self, row: M, content: Content) -> None:
        """Sets the row's columns, unsaved."""

    def present(self) -> dict[str, Content]:
        found = ((self.read(row)) for row in self.rows())
        return {self.identity(content) or "": content for content in found}

    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        row = None if before is None else self.find(before)
        if row is None:
            made: Any = self.model()
            self.fill(made, content)
            made.save(force_insert=True)
            return
        old = _columns(row)
        self.fill(row, content)
        changed = [name for name, value in _columns(row).items() if value != old[name]]
        if changed:
            row.save(update_fields=changed)

    def remove(self, content: Content, *, actor: Actor) -> None:
        row = self.find(content)
        if row is not None:
            row.delete()


def _columns(row: models.Model) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


class KeptKind(AssetKind):
    """A kind that this version checks, keeps and exports, but that has no effect yet."""

    is_kept_only = True
    reason: ClassVar[str]

    def not_yet_active(self, content: Content) -> str | None:
        return self.reason

    def present(self) -> dict[str, Content]:
        return {}

    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        """The entry that the package keeps is all there is."""

    def remove(self, content: Content, *, actor: Actor) -> None:
        """The entry that the package keeps is all there is."""


asset_kinds: Registry[AssetKind] = Registry("asset kinds")


def row_kind(key: str) -> RowKind[Any]:
    """The kind of this key; only of kinds whose assets are rows."""
    kind = asset_kinds[key]
    if not isinstance(kind, RowKind):
        raise TypeError(f"Assets of the kind {key} are no rows.")
    return kind


def in_order() -> list[AssetKind]:
    """The kinds, each behind those whose assets it names."""
    graph = {kind.key: [one for one in kind.after if one in asset_kinds] for kind in asset_kinds}
    return [asset_kinds[key] for key in TopologicalSorter(graph).static_order()]


def kinds_of_list(name: str) -> list[AssetKind]:
    return [kind for kind in asset_kinds if name in kind.lists]


def list_names() -> list[str]:
    """Every list that a package may have."""
    return list(dict.fromkeys(name for kind in asset_kinds for name in kind.lists))
