"""Asset kinds that packages bring and that this version keeps, checked, without effect."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog.packages.fields import KEY, MOST_TEXT, NAME, Content, Field, checked
from catalog.packages.kinds import KeptKind, Named, Scope
from catalog.packages.world import World

COMMENT_TYPE = (KEY, NAME)
PLACE = (
    Field(
        "kind",
        "text",
        "What sort of place it is.",
        required=True,
        enum=("console", "category", "source"),
    ),
    Field("key", "key", "Which of them; all where left out."),
)
PLACE_KINDS = {"category": "categories", "source": "sources"}


class CommentTypeCategories(KeptKind):
    """Types of comments, in categories; a type's optional features are kept as they are."""

    key = "commentTypeCategories"
    label = "comment type category"
    lists = ("commentTypeCategories",)
    reason = "Comments come with a later version."
    fields = (
        KEY,
        NAME,
        Field("defaultCommentTypeKey", "key", "The type that is selected first."),
        Field("isVisible", "boolean", "People see it.", default=True),
        Field("commentTypes", "list", "Each with key, name and optional features.", default=[]),
    )

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        seen: dict[str, str] = {}
        for at, entry in enumerate(content["commentTypes"]):
            pointer = f"/commentTypes/{at}"
            good, problems = checked(COMMENT_TYPE, _without_features(entry), pointer)
            yield from problems
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

    def provides(self, content: Content) -> Iterable[tuple[str, str]]:
        for entry in content["commentTypes"]:
            key = entry.get("key") if isinstance(entry, dict) else None
            if isinstance(key, str):
                yield "commentTypes", key


def _without_features(entry: object) -> object:
    if not isinstance(entry, dict):
        return entry
    return {one.name: entry[one.name] for one in COMMENT_TYPE if one.name in entry}


class CommentTypeCategoryApplications(KeptKind):
    """In which applications a category of comments is offered."""

    key = "commentTypeCategoryApplications"
    label = "application of a comment type category"
    lists = ("commentTypeCategoryApplications",)
    after = ("commentTypeCategories", "applications")
    reason = "Comments come with a later version."
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


class PolicyRules(KeptKind):
    """Expressions that guard parts of the product."""

    key = "policyRules"
    label = "policy rule"
    lists = ("policyRules",)
    after = ("categories", "sources")
    reason = "Policy rules come with a later version."
    fields = (
        KEY,
        NAME,
        Field("description", "text", "For people.", default="", most=MOST_TEXT),
        Field(
            "expression",
            "text",
            "What must hold, over identity and request.",
            required=True,
            most=MOST_TEXT,
        ),
        Field("message", "text", "What those denied are told.", default="", most=2000),
        Field("appliesTo", "list", "What it guards: {kind, key?}.", default=[]),
    )

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        for at, place in enumerate(content["appliesTo"]):
            pointer = f"/appliesTo/{at}"
            good, problems = checked(PLACE, place, pointer)
            yield from problems
            if good.get("kind") in PLACE_KINDS and "key" not in good and not problems:
                detail = f"Which {good['kind']} is needed here."
                yield Problem(f"{pointer}/key", "missing", detail)

    def references(self, content: Content, world: World) -> Iterable[Named]:
        for at, place in enumerate(content["appliesTo"]):
            kind = PLACE_KINDS.get(str(place.get("kind"))) if isinstance(place, dict) else None
            key = place.get("key") if kind else None
            if kind and isinstance(key, str):
                yield Named(f"/appliesTo/{at}/key", kind, key, key)


class Categories(KeptKind):
    """Categories that organise workflows."""

    key = "categories"
    label = "category"
    lists = ("categories",)
    reason = "Categories come with a later version."
    fields = (KEY, NAME)


class Sources(KeptKind):
    """Outside systems that may start workflows; a secret is never part of a package."""

    key = "sources"
    label = "source"
    lists = ("sources",)
    after = ("automations",)
    reason = "Sources come with a later version."
    fields = (
        KEY,
        NAME,
        Field(
            "auth",
            "text",
            "How its calls are signed.",
            default="bearer",
            enum=("bearer", "standardWebhooks", "github"),
        ),
        Field(
            "workflowKeys",
            "keys",
            "The workflows that it may start.",
            default=[],
            references="automations",
        ),
        Field("serviceAccount", "text", "On whose behalf its calls act."),
    )
