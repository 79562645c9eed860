"""Conditions as assets of packages: a set, compared by content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.exceptions import Problem
from catalog.models import AttributeType, ObjectType, State, UserRelationType
from catalog.packages.fields import Content, Field
from catalog.packages.kinds import Named, RowKind, Scope, needed
from catalog.packages.world import World, identity
from permissions.models import Condition
from workflows.models import Transition


class Conditions(RowKind[Condition]):
    """What a relation to an object, or a state, grants on an object type, attribute, transition."""

    key = "conditions"
    label = "condition"
    lists = ("conditions",)
    after = ("attributeTypes", "workflowTransitions", "userRelationTypes", "workflowStates")
    is_keyless = True
    may_never_match = True
    scoped = ("objectTypeKey", "workflowKey")
    fields = (
        Field("objectTypeKey", "key", "The object type; whose attribute, where one is named."),
        Field("attributeTypeKey", "key", "The attribute that it stands on."),
        Field("transitionKey", "key", "The transition that it stands on."),
        Field("workflowKey", "key", "The transition's lifecycle, where its key is ambiguous."),
        Field(
            "userRelationTypeKey", "key", "Everybody, if absent.", references="userRelationTypes"
        ),
        Field("workflowStateKey", "key", "Every state, if absent."),
        Field("editable", "boolean", "Grants editing, or the move.", default=False),
        Field("visible", "boolean", "Grants seeing.", default=True),
    )
    identity_fields = tuple(one.name for one in fields)
    model = Condition

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        """With the asset it stands on, where there is just one that it can mean."""
        filled = super().content(entry, scope, world)
        if filled["transitionKey"] is not None:
            filled["workflowKey"] = filled["workflowKey"] or _lifecycle_of(filled, scope, world)
            return filled
        if filled["attributeTypeKey"] is not None:
            filled["objectTypeKey"] = filled["objectTypeKey"] or _owner_of(filled, scope, world)
        else:
            filled["objectTypeKey"] = filled["objectTypeKey"] or scope.object_type_key
        filled["workflowKey"] = filled["workflowKey"] or _lifecycle_of_type(filled, world)
        return filled

    def check_written(self, entry: Content) -> Iterable[Problem]:
        if entry.get("transitionKey") is None:
            return
        for name in ("objectTypeKey", "attributeTypeKey"):
            if entry.get(name) is not None:
                detail = f"A condition stands on one asset: a transition or an {name[:-3]}."
                yield Problem(f"/{name}", "severalAssets", detail)

    def address(self, content: Content) -> str:
        return reverse("admin:permissions_condition_changelist")

    def missing(self, content: Content) -> Iterable[Problem]:
        name = "workflowKey" if content["transitionKey"] is not None else "objectTypeKey"
        if content[name] is None:
            yield needed(name)

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        if content["transitionKey"] is not None:
            return
        own = _lifecycle_of_type(content, world)
        if content["workflowKey"] != own:
            detail = f"The objects of {content['objectTypeKey']} live by {own or 'no lifecycle'}."
            yield Problem("/workflowKey", "wrongPlace", detail, content["workflowKey"], own)

    def references(self, content: Content, world: World) -> Iterable[Named]:
        yield from super().references(content, world)
        yield from _asset_references(content)
        state, lifecycle = content["workflowStateKey"], content["workflowKey"]
        if content["transitionKey"] is None:
            lifecycle = _lifecycle_of_type(content, world)
        if state is not None:
            named = identity(lifecycle or "", state)
            yield Named("/workflowStateKey", "workflowStates", named, state)

    def rows(self) -> QuerySet[Condition]:
        return (
            Condition.objects.filter(never_matches=False)
            .select_related(
                "object_type__lifecycle",
                "attribute__object_type__lifecycle",
                "transition__lifecycle",
                "user_relation_type",
                "state",
            )
            .order_by("pk")
        )

    def read(self, row: Condition) -> Content:
        object_type = row.attribute.object_type if row.attribute else row.object_type
        lifecycle = row.transition.lifecycle if row.transition else None
        if object_type is not None:
            lifecycle = object_type.lifecycle
        return {
            "objectTypeKey": object_type.key if object_type else None,
            "attributeTypeKey": row.attribute.key if row.attribute else None,
            "transitionKey": row.transition.key if row.transition else None,
            "workflowKey": lifecycle.key if lifecycle else None,
            "userRelationTypeKey": row.user_relation_type.key if row.user_relation_type else None,
            "workflowStateKey": row.state.key if row.state else None,
            "editable": row.is_editable,
            "visible": row.is_visible,
        }

    def keep(self, unmatched: Sequence[Content]) -> None:
        """Their assets get a condition that never matches; without it they would be open to all."""
        wanted = {asset for one in unmatched if (asset := _asset(one))}
        for row in Condition.objects.filter(never_matches=True):
            asset = (row.object_type_id, row.attribute_id, row.transition_id)
            if asset not in wanted:
                row.delete()
            wanted.discard(asset)
        Condition.objects.bulk_create(
            Condition(
                object_type_id=object_type,
                attribute_id=attribute,
                transition_id=transition,
                never_matches=True,
            )
            for object_type, attribute, transition in sorted(wanted, key=str)
        )

    def find(self, content: Content) -> Condition | None:
        return self.rows().filter(**_columns(content)).first()

    def fill(self, row: Condition, content: Content) -> None:
        for name, value in _columns(content).items():
            setattr(row, name, value)

    def minimal(self, content: Content) -> Content:
        short = super().minimal(content)
        if content["transitionKey"] is None:
            short.pop("workflowKey", None)
        return short


def _asset(content: Content) -> tuple[int | None, int | None, int | None] | None:
    """Ids of the object type, attribute or transition it stands on; None where there is none."""
    owner, attribute = content["objectTypeKey"], content["attributeTypeKey"]
    if (transition := content["transitionKey"]) is not None:
        moves = Transition.objects.filter(lifecycle__key=content["workflowKey"], key=transition)
        found = moves.values_list("pk", flat=True).first()
        return None if found is None else (None, None, found)
    if attribute is not None:
        attributes = AttributeType.objects.filter(object_type__key=owner, key=attribute)
        found = attributes.values_list("pk", flat=True).first()
        return None if found is None else (None, found, None)
    found = ObjectType.objects.filter(key=owner).values_list("pk", flat=True).first()
    return None if found is None else (found, None, None)


def _asset_references(content: Content) -> Iterable[Named]:
    transition, attribute = content["transitionKey"], content["attributeTypeKey"]
    owner = content["objectTypeKey"]
    if transition is not None:
        named = identity(content["workflowKey"] or "", transition)
        yield Named("/transitionKey", "workflowTransitions", named, transition)
        return
    if owner is not None:
        yield Named("/objectTypeKey", "objectTypes", owner, owner)
    if attribute is not None:
        named = identity(owner or "", attribute)
        yield Named("/attributeTypeKey", "attributeTypes", named, attribute)


def _lifecycle_of(content: Content, scope: Scope, world: World) -> str | None:
    """The lifecycle that has this transition: the package's own, else the only one."""
    if scope.workflow_key is not None:
        return scope.workflow_key
    return _only_owner("workflowTransitions", content["transitionKey"], world)


def _owner_of(content: Content, scope: Scope, world: World) -> str | None:
    """The object type that has this attribute: the package's own, else the only one."""
    own = scope.object_type_key
    attribute = content["attributeTypeKey"]
    if own is not None and world.has("attributeTypes", identity(own, attribute)):
        return own
    return _only_owner("attributeTypes", attribute, world) or own


def _only_owner(kind: str, key: str, world: World) -> str | None:
    owners = world.owners(kind, key)
    return owners[0] if len(owners) == 1 else None


def _lifecycle_of_type(content: Content, world: World) -> str | None:
    found = world.get("objectTypes", content["objectTypeKey"] or "")
    return found["workflowKey"] if found else None


def _columns(content: Content) -> dict[str, Any]:
    transition, attribute = content["transitionKey"], content["attributeTypeKey"]
    owner, lifecycle = content["objectTypeKey"], content["workflowKey"]
    return {
        "object_type": (
            ObjectType.objects.get(key=owner) if transition is None and attribute is None else None
        ),
        "attribute": (
            AttributeType.objects.get(object_type__key=owner, key=attribute)
            if attribute is not None
            else None
        ),
        "transition": (
            Transition.objects.get(lifecycle__key=lifecycle, key=transition)
            if transition is not None
            else None
        ),
        "user_relation_type": _named(UserRelationType, key=content["userRelationTypeKey"]),
        "state": _named(State, lifecycle__key=lifecycle, key=content["workflowStateKey"]),
        "is_editable": content["editable"],
        "is_visible": content["visible"],
    }


def _named(model: Any, **lookup: str | None) -> Any:
    return None if lookup["key"] is None else model.objects.get(**lookup)
