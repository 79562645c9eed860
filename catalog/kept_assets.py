"""Asset kinds that packages bring and that this version keeps, checked, without effect."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.exceptions import Problem
from catalog.packages.fields import KEY, MOST_TEXT, NAME, Content, Field, checked
from catalog.packages.kinds import KeptKind, Named, Scope
from catalog.packages.world import World

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
