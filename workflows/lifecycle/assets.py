"""Lifecycles, their states and their transitions as assets of packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.keys import is_key
from catalog.models import Lifecycle, State
from catalog.packages.fields import KEY, NAME, Content, Field, shown
from catalog.packages.kinds import KeptKind, Named, Older, Replacement, RowKind, Scope
from catalog.packages.world import World, identity
from workflows.lifecycle import mapping
from workflows.lifecycle.mapping import Mapped
from workflows.lifecycle.models import Transition
from workflows.lifecycle.moving import move_all

Mode = Transition.Mode
MODES = {
    Mode.ANY.value: "any",
    Mode.MAJORITY.value: "majority",
    Mode.ALL.value: "all",
    Mode.ONE_PER_RELATION.value: "all_users_one_from_groups",
}
OLDER_CONDITIONS = "userRelationTypeKeys"
OLDER_MODES = {"one_user": "any", "all_users_all_from_groups": "all"}
TRANSITION_LISTS = ("workflowTransitionTriggers", "workflowTransitions", "workflows.transitions")

WORKFLOW_KEY = Field(
    "workflowKey",
    "key",
    "The lifecycle; may be left out where the package has one.",
    references="workflows",
)


class Lifecycles(RowKind[Lifecycle]):
    """What moves objects of a type; packages call them workflows."""

    key = "workflows"
    label = "lifecycle"
    lists = ("workflows",)
    fields = (
        KEY,
        NAME,
        Field("initStateKey", "key", "Where objects begin; the lowest position where left out."),
        Field(
            "transitions",
            "list",
            "Its transitions, which may stand here instead.",
            packages_only=True,
        ),
        Field(
            mapping.FIELD,
            "object",
            "Of a state that leaves, by its key: to which state its objects go.",
            packages_only=True,
        ),
    )
    model = Lifecycle

    def rows(self) -> QuerySet[Lifecycle]:
        return Lifecycle.objects.select_related("declared_initial_state")

    def read(self, row: Lifecycle) -> Content:
        first = row.declared_initial_state
        return {"key": row.key, "name": row.name, "initStateKey": first.key if first else None}

    def find(self, content: Content) -> Lifecycle | None:
        return self.rows().filter(key=content["key"]).first()

    def fill(self, row: Lifecycle, content: Content) -> None:
        row.key, row.name = content["key"], content["name"]

    def settle(self, content: Content, *, actor: Actor) -> None:
        states = State.objects.filter(lifecycle__key=content["key"])
        first = states.filter(key=content["initStateKey"]).first()
        Lifecycle.objects.filter(key=content["key"]).update(declared_initial_state=first)

    def replaced(
        self, entry: Content, content: Content, world: World
    ) -> tuple[list[Replacement], list[Problem]]:
        given, key = entry.get(mapping.FIELD), content["key"]
        if not isinstance(given, dict):
            return [], []
        found, problems = mapping.mapped(given, world.keys("workflowStates", key))
        return [_replacement(key, one) for one in found], problems

    def references(self, content: Content, world: World) -> Iterable[Named]:
        first = content["initStateKey"]
        if first is not None:
            yield Named("/initStateKey", "workflowStates", identity(content["key"], first), first)


LIFECYCLES = Lifecycles()


def _replacement(key: str, one: Mapped) -> Replacement:
    gone, by = identity(key, one.gone), identity(key, one.into)
    return Replacement(one.pointer, "workflowStates", gone, by)


class States(RowKind[State]):
    """Points of a lifecycle, in the order of their positions."""

    key = "workflowStates"
    label = "state"
    lists = ("workflowStates",)
    after = ("workflows",)
    identity_fields = ("workflowKey", "key")
    scoped = ("workflowKey",)
    fields = (
        KEY,
        NAME,
        WORKFLOW_KEY,
        Field("color", "color", "#RGB or #RRGGBB."),
        Field("position", "integer", "The order; equal ones keep that of their keys.", default=0),
    )
    model = State

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        filled["workflowKey"] = filled["workflowKey"] or scope.workflow_key
        return filled

    def rows(self) -> QuerySet[State]:
        return State.objects.select_related("lifecycle")

    def read(self, row: State) -> Content:
        return {
            "key": row.key,
            "name": row.name,
            "workflowKey": row.lifecycle.key,
            "color": row.color or None,
            "position": row.position,
        }

    def find(self, content: Content) -> State | None:
        rows = self.rows().filter(lifecycle__key=content["workflowKey"])
        return rows.filter(key=content["key"]).first()

    def fill(self, row: State, content: Content) -> None:
        if row.pk is None:
            row.lifecycle = Lifecycle.objects.get(key=content["workflowKey"])
        row.key, row.name = content["key"], content["name"]
        row.color, row.position = content["color"] or "", content["position"]

    def address(self, content: Content) -> str:
        return LIFECYCLES.address({"key": content["workflowKey"]})

    def replace(self, gone: Content, by: Content, *, actor: Actor) -> None:
        leaving, taking = self.find(gone), self.find(by)
        if leaving is not None and taking is not None:
            move_all(leaving, taking, actor=actor)

    def remove(self, content: Content, *, actor: Actor) -> None:
        row = self.find(content)
        if row is not None:
            Lifecycle.objects.filter(declared_initial_state=row).update(declared_initial_state=None)
            row.delete()


class Transitions(RowKind[Transition]):
    """Moves from one state to another."""

    key = "workflowTransitions"
    label = "transition"
    lists = TRANSITION_LISTS
    after = ("workflowStates", "attributeTypes", "commentTypeCategories")
    identity_fields = ("workflowKey", "key")
    scoped = ("workflowKey",)
    fields = (
        KEY,
        NAME,
        WORKFLOW_KEY,
        Field(
            "fromStateKey",
            "key",
            "The state that it leaves.",
            required=True,
            references="workflowStates",
            within=("workflowKey",),
        ),
        Field(
            "toStateKey",
            "key",
            "The state that it leads to.",
            required=True,
            references="workflowStates",
            within=("workflowKey",),
        ),
        Field(
            "changeThresholdTypeKey",
            "text",
            "How many of those entitled must agree.",
            default="any",
            enum=tuple(MODES.values()),
            aliases=OLDER_MODES,
        ),
        Field(
            "requiredCommentTypeKey",
            "key",
            "A comment of this type is required.",
            references="commentTypes",
        ),
        Field("isForceComment", "boolean", "Any comment is required.", default=False),
        Field("allowRequesterVote", "boolean", "Who asked for it may vote.", default=True),
        Field("watchedAttributeKeys", "keys", "A change of these voids votes.", default=[]),
        Field(
            "deadlineHours",
            "integer",
            "How long votes are taken.",
            minimum=1,
            maximum=24 * 366 * 10,
        ),
        Field(
            OLDER_CONDITIONS,
            "keys",
            "An older form of conditions, into which it is turned.",
            packages_only=True,
        ),
    )
    model = Transition

    def claims(self, list_name: str, entry: Mapping[str, Any]) -> bool:
        return list_name != "workflowTransitionTriggers" or entry.get("type") is None

    def nested(self, written: Any, parent: Content) -> tuple[Any, list[Problem]]:
        key = parent.get("key")
        if not isinstance(written, dict) or not isinstance(key, str):
            return written, []
        own = written.get("workflowKey")
        if own is None or own == key:
            return {**written, "workflowKey": key}, []
        detail = f"This transition stands in the lifecycle {key}."
        return written, [Problem("/workflowKey", "wrongPlace", detail, shown(own), key)]

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        filled["workflowKey"] = filled["workflowKey"] or scope.workflow_key
        filled["watchedAttributeKeys"] = sorted(filled["watchedAttributeKeys"])
        return filled

    def older(self, entry: Content, scope: Scope) -> Older | None:
        """Who was entitled stood in the transition itself; now that is said by conditions."""
        relations = entry.get(OLDER_CONDITIONS)
        key = entry.get("key")
        if not isinstance(relations, list) or not is_key(key) or not all(map(is_key, relations)):
            return None
        within = entry.get("workflowKey")
        named = {} if within in (None, scope.workflow_key) else {"workflowKey": within}
        return Older(
            (OLDER_CONDITIONS,),
            tuple(
                (f"/{OLDER_CONDITIONS}/{at}", "conditions", _condition(key, one, named))
                for at, one in enumerate(dict.fromkeys(relations))
            ),
            _turned(str(key), relations),
        )

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        if content["fromStateKey"] == content["toStateKey"]:
            detail = "A transition leads to another state than the one it starts from."
            yield Problem("/toStateKey", "selfTransition", detail, content["toStateKey"])

    def references(self, content: Content, world: World) -> Iterable[Named]:
        yield from super().references(content, world)
        if not content["watchedAttributeKeys"]:
            return
        types = [
            key
            for key, one in world.of("objectTypes").items()
            if one["workflowKey"] == content["workflowKey"]
        ]
        for at, key in enumerate(content["watchedAttributeKeys"]):
            having = [one for one in types if world.has("attributeTypes", identity(one, key))]
            owner = (having or types or [""])[0]
            yield Named(f"/watchedAttributeKeys/{at}", "attributeTypes", identity(owner, key), key)

    def rows(self) -> QuerySet[Transition]:
        return Transition.objects.select_related("lifecycle", "from_state", "to_state")

    def read(self, row: Transition) -> Content:
        return {
            "key": row.key,
            "name": row.name,
            "workflowKey": row.lifecycle.key,
            "fromStateKey": row.from_state.key,
            "toStateKey": row.to_state.key,
            "changeThresholdTypeKey": MODES[row.mode],
            "requiredCommentTypeKey": row.required_comment_type_key or None,
            "isForceComment": row.requires_any_comment,
            "allowRequesterVote": row.allows_requester_vote,
            "watchedAttributeKeys": sorted(row.watched_attribute_keys),
            "deadlineHours": row.deadline_hours,
        }

    def find(self, content: Content) -> Transition | None:
        rows = self.rows().filter(lifecycle__key=content["workflowKey"])
        return rows.filter(key=content["key"]).first()

    def fill(self, row: Transition, content: Content) -> None:
        if row.pk is None:
            row.lifecycle = Lifecycle.objects.get(key=content["workflowKey"])
        states = State.objects.filter(lifecycle__key=content["workflowKey"])
        row.key, row.name = content["key"], content["name"]
        row.from_state = states.get(key=content["fromStateKey"])
        row.to_state = states.get(key=content["toStateKey"])
        modes = {written: mode for mode, written in MODES.items()}
        row.mode = modes[content["changeThresholdTypeKey"]]
        row.required_comment_type_key = content["requiredCommentTypeKey"] or ""
        row.requires_any_comment = content["isForceComment"]
        row.allows_requester_vote = content["allowRequesterVote"]
        row.watched_attribute_keys = content["watchedAttributeKeys"]
        row.deadline_hours = content["deadlineHours"]


def _condition(key: object, relation: str, named: Content) -> Content:
    return {"transitionKey": key, **named, "userRelationTypeKey": relation, "editable": True}


def _turned(key: str, relations: list[str]) -> Problem:
    count = len(set(relations))
    noun = "condition" if count == 1 else "conditions"
    detail = (
        f"userRelationTypeKeys has left transitions. It is read as {count} {noun} on {key}, "
        "each with a userRelationTypeKey and editable; an export shows them."
    )
    return Problem(f"/{OLDER_CONDITIONS}", "olderForm", detail)


class TransitionTriggers(KeptKind):
    """Moves that objects make by themselves when their people or their place change."""

    key = "workflowTransitionTriggers"
    label = "automatic transition trigger"
    lists = ("workflowTransitionTriggers",)
    after = ("workflowStates", "userRelationTypes", "automations")
    reason = "Automatic transitions come with a later version."
    is_keyless = True
    may_never_match = True
    scoped = ("workflowKey",)
    fields = (
        Field("key", "key", "May be left out."),
        NAME,
        Field(
            "type",
            "text",
            "What makes it fire.",
            required=True,
            enum=("user_relation_changed", "object_moved"),
        ),
        WORKFLOW_KEY,
        Field(
            "fromStateKey",
            "key",
            "The state that it leaves.",
            references="workflowStates",
            within=("workflowKey",),
        ),
        Field(
            "toStateKey",
            "key",
            "The state that it leads to.",
            required=True,
            references="workflowStates",
            within=("workflowKey",),
        ),
        Field(
            "changeUserRelationTypeKey",
            "key",
            "Whose change counts.",
            references="userRelationTypes",
        ),
        Field(
            "changeToValueUserRelationTypeKey",
            "text",
            "The username or team that the relation now holds.",
        ),
        Field(
            "pipelineKey", "key", "A workflow that runs after the move.", references="automations"
        ),
        Field("orderNumber", "integer", "Several fire in this order.", default=0),
    )
    identity_fields = tuple(one.name for one in fields)

    def claims(self, list_name: str, entry: Mapping[str, Any]) -> bool:
        return entry.get("type") is not None

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        filled["workflowKey"] = filled["workflowKey"] or scope.workflow_key
        return filled

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        named = content["changeUserRelationTypeKey"]
        if content["type"] == "user_relation_changed" and named is None:
            detail = "Which relation of a person has to change is needed here."
            yield Problem("/changeUserRelationTypeKey", "missing", detail)
        if content["type"] == "object_moved" and named is not None:
            detail = "An object that moves changes no relation of a person."
            yield Problem("/changeUserRelationTypeKey", "unknownKey", detail, named)
        if content["fromStateKey"] == content["toStateKey"]:
            detail = "A transition leads to another state than the one it starts from."
            yield Problem("/toStateKey", "selfTransition", detail, content["toStateKey"])
