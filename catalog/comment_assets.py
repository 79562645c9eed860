"""Types of comments as assets: categories with their types, and where they are offered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.expressions.text import first_unsound
from catalog.models import (
    Application,
    Comment,
    CommentType,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
)
from catalog.packages.fields import KEY, NAME, Content, Field, checked
from catalog.packages.kinds import RowKind, Scope
from catalog.packages.world import World
from journal.strict_json import escaped

COMMENT_TYPE = (KEY, NAME)
OWN = frozenset(one.name for one in COMMENT_TYPE)


class CommentTypeCategories(RowKind[CommentTypeCategory]):
    """Types of comments, in categories; a type's optional features are kept as they are."""

    key = "commentTypeCategories"
    label = "comment type category"
    lists = ("commentTypeCategories",)
    fields = (
        KEY,
        NAME,
        Field("defaultCommentTypeKey", "key", "The type that is selected first."),
        Field(
            "isVisible",
            "boolean",
            "Its types are offered, and their comments read, by all who see the object.",
            default=True,
        ),
        Field("commentTypes", "list", "Each with key, name and optional features.", default=[]),
    )
    model = CommentTypeCategory

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        filled["commentTypes"] = [_with_name(one) for one in filled["commentTypes"]]
        return filled

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        seen: dict[str, str] = {}
        for at, entry in enumerate(content["commentTypes"]):
            pointer = f"/commentTypes/{at}"
            good, problems = checked(COMMENT_TYPE, _without_features(entry), pointer)
            yield from problems
            yield from _unsound_places(_features(entry), pointer)
            key = good.get("key")
            if key is not None and key.lower() in seen:
                detail = "Another comment type of this category has this key already."
                yield Problem(f"{pointer}/key", "duplicate", detail, key, seen[key.lower()])
            elif key is not None:
                seen[key.lower()] = key
        default = content["defaultCommentTypeKey"]
        if default is not None and default not in seen.values():
            detail = f"This category has no comment type {default!r}."
            near = nearest(default, seen.values())
            yield Problem("/defaultCommentTypeKey", "unknownReference", detail, default, near)

    def obstacles(self, content: Content, before: Content) -> Iterable[Problem]:
        kept = {_key_of(one) for one in content["commentTypes"]}
        for gone in [one for one in map(_key_of, before["commentTypes"]) if one not in kept]:
            count = Comment.objects.filter(
                type__category__key=content["key"], type__key=gone
            ).count()
            if count:
                some = "1 comment is" if count == 1 else f"{count:,} comments are"
                detail = f"{some} of the type {gone}."
                yield Problem("/commentTypes", "inUse", detail, gone)

    def provides(self, content: Content) -> Iterable[tuple[str, str]]:
        for entry in content["commentTypes"]:
            key = _key_of(entry)
            if isinstance(key, str):
                yield "commentTypes", key

    def rows(self) -> QuerySet[CommentTypeCategory]:
        return CommentTypeCategory.objects.prefetch_related("types")

    def read(self, row: CommentTypeCategory) -> Content:
        return {
            "key": row.key,
            "name": row.name,
            "defaultCommentTypeKey": row.default_type_key or None,
            "isVisible": row.is_visible,
            "commentTypes": [
                {"key": one.key, "name": one.name, **one.features} for one in row.types.all()
            ],
        }

    def find(self, content: Content) -> CommentTypeCategory | None:
        return self.rows().filter(key=content["key"]).first()

    def fill(self, row: CommentTypeCategory, content: Content) -> None:
        row.key, row.name = content["key"], content["name"]
        row.default_type_key = content["defaultCommentTypeKey"] or ""
        row.is_visible = content["isVisible"]

    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        super().write(content, before=before, actor=actor)
        _write_types(CommentTypeCategory.objects.get(key=content["key"]), content["commentTypes"])


def _write_types(category: CommentTypeCategory, entries: list[Content]) -> None:
    present = {one.key: one for one in category.types.all()}
    wanted = {entry["key"] for entry in entries}
    for key, row in present.items():
        if key not in wanted:
            row.delete()
    for position, entry in enumerate(entries):
        row = present.get(entry["key"]) or CommentType(category=category, key=entry["key"])
        row.name, row.position = entry["name"], position
        row.features_text = json.dumps(_features(entry))
        row.save()


def count_comments(content: Mapping[str, Any]) -> int:
    """How many comments are of the types of a category."""
    return Comment.objects.filter(type__category__key=content["key"]).count()


def _with_name(entry: Any) -> Any:
    """With a name: the key, where none is given."""
    if not isinstance(entry, dict) or entry.get("name") is not None:
        return entry
    key = entry.get("key")
    return {**entry, "name": key} if isinstance(key, str) else entry


def _key_of(entry: object) -> Any:
    return entry.get("key") if isinstance(entry, dict) else None


def _features(entry: object) -> dict[str, Any]:
    return {name: one for name, one in _members(entry) if name not in OWN}


def _without_features(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {name: one for name, one in _members(entry) if name in OWN}


def _members(entry: object) -> Iterable[tuple[str, Any]]:
    return entry.items() if isinstance(entry, dict) else ()


def _unsound_places(value: object, pointer: str) -> Iterable[Problem]:
    """Texts anywhere in the features that no page and no database could take."""
    if isinstance(value, str) and first_unsound(value) is not None:
        yield Problem(pointer, "badCharacter", "This holds a character that can't be stored.")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _unsound_places(one, f"{pointer}/{at}")
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _unsound_places(name, pointer)
            yield from _unsound_places(one, f"{pointer}/{escaped(name[:200])}")


class CommentTypeCategoryApplications(RowKind[CommentTypeCategoryApplication]):
    """In which applications a category of comments is offered; without any, in all of them."""

    key = "commentTypeCategoryApplications"
    label = "application of a comment type category"
    lists = ("commentTypeCategoryApplications",)
    after = ("commentTypeCategories", "applications")
    is_keyless = True
    identity_fields = ("commentTypeCategoryKey", "applicationKey")
    fields = (
        Field(
            "commentTypeCategoryKey",
            "key",
            "The category.",
            required=True,
            references="commentTypeCategories",
        ),
        Field(
            "applicationKey",
            "key",
            "The application that it is offered in.",
            required=True,
            references="applications",
        ),
    )
    model = CommentTypeCategoryApplication

    def rows(self) -> QuerySet[CommentTypeCategoryApplication]:
        rows = CommentTypeCategoryApplication.objects.select_related("category", "application")
        return rows.order_by("pk")

    def read(self, row: CommentTypeCategoryApplication) -> Content:
        return {
            "commentTypeCategoryKey": row.category.key,
            "applicationKey": row.application.key,
        }

    def find(self, content: Content) -> CommentTypeCategoryApplication | None:
        rows = self.rows().filter(category__key=content["commentTypeCategoryKey"])
        return rows.filter(application__key=content["applicationKey"]).first()

    def fill(self, row: CommentTypeCategoryApplication, content: Content) -> None:
        row.category = CommentTypeCategory.objects.get(key=content["commentTypeCategoryKey"])
        row.application = Application.objects.get(key=content["applicationKey"])
