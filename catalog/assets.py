"""The catalog's kinds of assets: what types of objects there are, and how they relate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from catalog import attributes
from catalog.models import (
    Application,
    AttributeType,
    GovernedObject,
    Lifecycle,
    ObjectType,
    Relation,
    RelationType,
    UserRelationType,
)
from catalog.packages.fields import KEY, NAME, Content, Field
from catalog.packages.kinds import RowKind, Scope
from catalog.packages.world import World, differing
from catalog.services.indexing import index_soon
from catalog.services.unique_values import claim_all, release_all, repeated

VALUE_TYPES = tuple(AttributeType.ValueType.values)
ITEM_TYPES = tuple(one for one in VALUE_TYPES if one != AttributeType.ValueType.LIST.value)


class Applications(RowKind[Application]):
    """Modules that group object types."""

    key = "applications"
    label = "application"
    lists = ("applications",)
    fields = (KEY, NAME)
    model = Application

    def rows(self) -> QuerySet[Application]:
        return Application.objects.all()

    def read(self, row: Application) -> Content:
        return {"key": row.key, "name": row.name}

    def find(self, content: Content) -> Application | None:
        return Application.objects.filter(key=content["key"]).first()

    def fill(self, row: Application, content: Content) -> None:
        row.key, row.name = content["key"], content["name"]


class ObjectTypes(RowKind[ObjectType]):
    """Kinds of governed objects."""

    key = "objectTypes"
    label = "object type"
    lists = ("objectTypes",)
    after = ("applications", "workflows")
    fields = (
        KEY,
        NAME,
        Field("applicationKey", "key", "Where links lead.", references="applications"),
        Field("workflowKey", "key", "The lifecycle of its objects.", references="workflows"),
    )
    model = ObjectType

    def rows(self) -> QuerySet[ObjectType]:
        return ObjectType.objects.select_related("application", "lifecycle")

    def read(self, row: ObjectType) -> Content:
        return {
            "key": row.key,
            "name": row.name,
            "applicationKey": row.application.key if row.application else None,
            "workflowKey": row.lifecycle.key if row.lifecycle else None,
        }

    def find(self, content: Content) -> ObjectType | None:
        return self.rows().filter(key=content["key"]).first()

    def fill(self, row: ObjectType, content: Content) -> None:
        application, lifecycle = content["applicationKey"], content["workflowKey"]
        row.key, row.name = content["key"], content["name"]
        row.application = Application.objects.get(key=application) if application else None
        row.lifecycle = Lifecycle.objects.get(key=lifecycle) if lifecycle else None

    def obstacles(self, content: Content, before: Content) -> Iterable[Problem]:
        if content["workflowKey"] == before["workflowKey"]:
            return
        count = GovernedObject.objects.filter(object_type__key=content["key"]).count()
        if count:
            detail = f"{count:,} objects live by its present lifecycle, and would have no state."
            yield Problem("/workflowKey", "inUse", detail, content["workflowKey"])


class AttributeTypes(RowKind[AttributeType]):
    """Typed attributes of object types."""

    key = "attributeTypes"
    label = "attribute type"
    lists = ("attributeTypes",)
    after = ("objectTypes",)
    identity_fields = ("objectTypeKey", "key")
    scoped = ("objectTypeKey",)
    fields = (
        KEY,
        NAME,
        Field("objectTypeKey", "key", "Whose attribute it is.", references="objectTypes"),
        Field("type", "text", "What a value is.", default="string", enum=VALUE_TYPES),
        Field("itemType", "text", "What a list holds.", enum=ITEM_TYPES),
        Field("required", "boolean", "An object needs a value.", default=False),
        Field("unique", "boolean", "No two objects have the same value.", default=False),
        Field("filterable", "boolean", "Indexed for filters and sorts.", default=False),
        Field("default", "anything", "The value of a new object that is given none."),
        Field("options", "texts", "The values of an enum.", default=[]),
    )
    model = AttributeType

    def content(self, entry: Content, scope: Scope, world: World) -> Content:
        filled = super().content(entry, scope, world)
        filled["objectTypeKey"] = filled["objectTypeKey"] or scope.object_type_key
        if filled["type"] == "list":
            filled["itemType"] = filled["itemType"] or "string"
        return filled

    def rows(self) -> QuerySet[AttributeType]:
        return AttributeType.objects.select_related("object_type")

    def read(self, row: AttributeType) -> Content:
        return {
            "key": row.key,
            "name": row.name,
            "objectTypeKey": row.object_type.key,
            "type": row.type,
            "itemType": row.item_type or None,
            "required": row.is_required,
            "unique": row.is_unique,
            "filterable": row.is_filterable,
            "default": row.default,
            "options": row.options,
        }

    def find(self, content: Content) -> AttributeType | None:
        rows = self.rows().filter(object_type__key=content["objectTypeKey"])
        return rows.filter(key=content["key"]).first()

    def fill(self, row: AttributeType, content: Content) -> None:
        if row.pk is None:
            row.object_type = ObjectType.objects.get(key=content["objectTypeKey"])
            last = row.object_type.attributes.order_by("-position").first()
            row.position = last.position + 1 if last else 0
        row.key, row.name = content["key"], content["name"]
        row.type, row.item_type = content["type"], content["itemType"] or ""
        row.is_required, row.is_unique = content["required"], content["unique"]
        row.is_filterable = content["filterable"]
        row.default, row.options = content["default"], content["options"]

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        is_list = content["type"] == "list"
        if content["itemType"] and not is_list:
            detail = "Only a list has a type of items."
            yield Problem("/itemType", "notAList", detail, content["itemType"])
        is_enum = "enum" in (content["type"], content["itemType"])
        if is_enum and not content["options"]:
            yield Problem("/options", "missing", "An enum needs options.")
        elif content["options"] and not is_enum:
            yield Problem("/options", "notAnEnum", "Only an enum has options.")
        else:
            yield from _default_problems(content)

    def write(self, content: Content, *, before: Content | None, actor: Actor) -> None:
        super().write(content, before=before, actor=actor)
        row = self.find(content)
        if before is not None and row is not None and before["unique"] != content["unique"]:
            (claim_all if content["unique"] else release_all)(row)
        if content["filterable"] or (before is not None and before["filterable"]):
            index_soon()

    def remove(self, content: Content, *, actor: Actor) -> None:
        super().remove(content, actor=actor)
        if content["filterable"]:
            index_soon()

    def obstacles(self, content: Content, before: Content) -> Iterable[Problem]:
        changed = set(differing(before, content))
        count = count_with_value(content)
        if not count:
            return
        for name in changed & {"type", "itemType"}:
            detail = f"{count:,} objects have a value of the present type."
            yield Problem(f"/{name}", "inUse", detail, content[name])
        row = self.find(before)
        if "unique" in changed and content["unique"] and row and (twice := repeated(row)):
            detail = f"Several objects have the same value, as {twice[0][:120]!r}."
            yield Problem("/unique", "inUse", detail, content["unique"])
        for gone in [one for one in before["options"] if one not in content["options"]]:
            if "options" in changed and (having := _with_option(content, gone)):
                detail = f"{having:,} objects have the value {gone[:120]!r}."
                near = nearest(gone, content["options"])
                yield Problem("/options", "inUse", detail, gone, near)


def _default_problems(content: Content) -> Iterable[Problem]:
    if content["default"] is None:
        return
    row: Any = AttributeType(
        key=content["key"],
        name=content["name"],
        type=content["type"],
        item_type=content["itemType"] or "",
        options=content["options"],
    )
    try:
        attributes.clean(row, content["default"], "/default")
    except Invalid as refusal:
        yield from refusal.problems


def count_with_value(content: Mapping[str, Any]) -> int:
    objects = GovernedObject.objects.filter(object_type__key=content["objectTypeKey"])
    return objects.filter(attributes__has_key=content["key"]).count()


def _with_option(content: Content, option: str) -> int:
    objects = GovernedObject.objects.filter(object_type__key=content["objectTypeKey"])
    key = content["key"]
    values = objects.filter(attributes__has_key=key).values_list("attributes", flat=True)
    return sum(1 for one in values.iterator() if option in _as_list(one[key]))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class RelationTypes(RowKind[RelationType]):
    """How objects may relate to each other."""

    key = "relationTypes"
    label = "relation type"
    lists = ("relationTypes",)
    after = ("objectTypes",)
    fields = (
        KEY,
        NAME,
        Field("sourceObjectTypeKey", "key", "Whose relation it is.", references="objectTypes"),
        Field("targetObjectTypeKey", "key", "To what it leads.", references="objectTypes"),
    )
    model = RelationType

    def rows(self) -> QuerySet[RelationType]:
        return RelationType.objects.select_related("source_object_type", "target_object_type")

    def read(self, row: RelationType) -> Content:
        source, target = row.source_object_type, row.target_object_type
        return {
            "key": row.key,
            "name": row.name,
            "sourceObjectTypeKey": source.key if source else None,
            "targetObjectTypeKey": target.key if target else None,
        }

    def find(self, content: Content) -> RelationType | None:
        return self.rows().filter(key=content["key"]).first()

    def fill(self, row: RelationType, content: Content) -> None:
        row.key, row.name = content["key"], content["name"]
        row.source_object_type = _object_type(content["sourceObjectTypeKey"])
        row.target_object_type = _object_type(content["targetObjectTypeKey"])

    def obstacles(self, content: Content, before: Content) -> Iterable[Problem]:
        for end in ("source", "target"):
            name = f"{end}ObjectTypeKey"
            if content[name] is None or content[name] == before[name]:
                continue
            relations = Relation.objects.filter(type__key=content["key"])
            count = relations.filter(~Q(**{f"{end}__object_type__key": content[name]})).count()
            if count:
                detail = f"{count:,} relations have another type of object as their {end}."
                yield Problem(f"/{name}", "inUse", detail, content[name])


def _object_type(key: str | None) -> ObjectType | None:
    return ObjectType.objects.get(key=key) if key else None


class UserRelationTypes(RowKind[UserRelationType]):
    """How people may relate to objects."""

    key = "userRelationTypes"
    label = "user relation type"
    lists = ("userRelationTypes",)
    fields = (KEY, NAME)
    model = UserRelationType

    def rows(self) -> QuerySet[UserRelationType]:
        return UserRelationType.objects.all()

    def read(self, row: UserRelationType) -> Content:
        return {"key": row.key, "name": row.name}

    def find(self, content: Content) -> UserRelationType | None:
        return UserRelationType.objects.filter(key=content["key"]).first()

    def fill(self, row: UserRelationType, content: Content) -> None:
        row.key, row.name = content["key"], content["name"]
