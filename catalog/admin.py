"""The admin pages of what exists: schema, boards, packages; and objects, to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts import gate
from accounts.actor import Actor
from accounts.administration.asking import operates
from accounts.administration.forms import choice, lines, text
from accounts.administration.rows import Rows
from accounts.administration.saving import Saved
from accounts.administration.themed import ThemedTable
from accounts.grants import JOIN, OWN, holders
from accounts.models import Workspace
from catalog.administration import column_lines
from catalog.administration.assets import AssetPages
from catalog.administration.tables import AssetPagesWithTables, AssetTable
from catalog.models import (
    Application,
    AttributeType,
    Board,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
    GovernedObject,
    Import,
    ObjectType,
    Package,
    PackageEntry,
    RelationType,
    UserRelationType,
)
from catalog.services import boards
from catalog.services.columns import columns_of

NAMES = "Names of users and teams, one a line."
COLUMNS = (
    "Attributes that not everybody views or edits, one a line, as in "
    "“price: steward, Team::Stewards / owner”: the key, who views, who edits. "
    "An empty side means everybody."
)


@admin.register(Application)
class ApplicationPages(AssetPages):
    """Modules that group object types."""

    kind_key = "applications"
    list_display = ("name", "key")
    search_fields = ("key", "name")


class AttributeTable(AssetTable):
    """The attributes of an object type, in their order."""

    model = AttributeType
    kind_key = "attributeTypes"
    within = "objectTypeKey"


@admin.register(ObjectType)
class ObjectTypePages(AssetPagesWithTables):
    """Kinds of governed objects, with their attributes."""

    kind_key = "objectTypes"
    labels: ClassVar = {"workflowKey": "Lifecycle"}
    inlines = (AttributeTable,)
    list_display = ("name", "key", "application", "lifecycle", "attribute_count")
    list_filter = ("application", "lifecycle")
    search_fields = ("key", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(counted=Count("attributes"))
        return rows

    @admin.display(description="attributes", ordering="counted")
    def attribute_count(self, obj: Any) -> int:
        return int(obj.counted)


@admin.register(AttributeType)
class AttributeTypePages(AssetPages):
    """The attributes of all object types, to search them."""

    kind_key = "attributeTypes"
    list_display = ("name", "key", "object_type", "type", "is_required", "is_unique")
    list_filter = ("object_type", "type", "is_required", "is_unique")
    search_fields = ("key", "name")


@admin.register(RelationType)
class RelationTypePages(AssetPages):
    """How objects may relate to each other."""

    kind_key = "relationTypes"
    list_display = ("name", "key", "source_object_type", "target_object_type")
    search_fields = ("key", "name")


@admin.register(UserRelationType)
class UserRelationTypePages(AssetPages):
    """How people may relate to objects."""

    kind_key = "userRelationTypes"
    list_display = ("name", "key")
    search_fields = ("key", "name")


@admin.register(CommentTypeCategory)
class CommentTypeCategoryPages(AssetPages):
    """Types of comments, in categories, with all that their packages say of them."""

    kind_key = "commentTypeCategories"
    labels: ClassVar = {"isVisible": "Visible", "defaultCommentTypeKey": "Default type"}
    list_display = ("name", "key", "is_visible", "default_type_key", "type_count")
    list_filter = ("is_visible",)
    search_fields = ("key", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(counted=Count("types"))
        return rows

    @admin.display(description="types", ordering="counted")
    def type_count(self, obj: Any) -> int:
        return int(obj.counted)


@admin.register(CommentTypeCategoryApplication)
class CommentTypeCategoryApplicationPages(AssetPages):
    """In which applications a category of comments is offered."""

    kind_key = "commentTypeCategoryApplications"
    labels: ClassVar = {"commentTypeCategoryKey": "Category"}
    list_display = ("__str__", "category", "application")
    list_filter = ("category", "application")


@admin.register(Board)
class BoardPages(Saved):
    """Collections of objects."""

    changes = "edit"
    removes = "delete"
    fixed = frozenset({"key"})
    places: ClassVar = {"workspaceKey": "workspace"}
    list_display = ("name", "key", "workspace", "type")
    list_filter = ("workspace", "type")
    list_select_related = ("workspace",)
    search_fields = ("key", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(operates(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("workspace")

    def fields_of(self, request: HttpRequest, obj: Board | None) -> Mapping[str, forms.Field]:
        places = gate.narrow(self.actor(request), "create_board", Workspace.objects.all())
        known = [(one.key, one.name) for one in places]
        return {
            "key": text("Key", most=100),
            "name": text("Name", required=False),
            "workspace": choice("Workspace", known),
            "type": choice("Type", Board.Type.choices),
            "owners": lines("Owners", NAMES),
            "members": lines("Members", NAMES),
            "columns": lines("Columns", COLUMNS),
        }

    def read(self, obj: Board) -> Mapping[str, Any]:
        owners, members = holders(obj, OWN), holders(obj, JOIN)
        return {
            "key": obj.key,
            "name": obj.name,
            "workspace": obj.workspace.key,
            "type": obj.type,
            "owners": [*owners[0], *owners[1]],
            "members": [*members[0], *members[1]],
            "columns": [column_lines.written(one) for one in columns_of([obj])[obj.pk]],
        }

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        workspace = _workspace(given.pop("workspace"), actor)
        _read_columns(given)
        return boards.create_board(given.pop("key"), actor=actor, workspace=workspace, **given)

    def change(self, obj: Board, given: dict[str, Any], actor: Actor) -> Model:
        if "workspace" in given:
            given["workspace"] = _workspace(given["workspace"], actor)
        _read_columns(given)
        return boards.change_board(obj, actor=actor, **given)

    def remove(self, obj: Board, actor: Actor) -> None:
        boards.delete_board(obj, actor=actor)


def _read_columns(given: dict[str, Any]) -> None:
    if "columns" in given:
        given["columns"] = column_lines.read(given["columns"])


def _workspace(key: str, actor: Actor) -> Workspace:
    return gate.fetch(actor, Workspace.objects.all(), key=key)


class EntryTable(ThemedTable):
    """What a package declares."""

    model = PackageEntry
    fields = readonly_fields = ("list_name", "identity", "kind", "is_kept")
    extra = 0
    per_page = 50
    verbose_name_plural = "entries"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("package")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(operates(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Package)
class PackagePages(Rows):
    """Packages come and change by `package apply` or the API; here one sees what there is."""

    fields = ("key", "name", "applied_at", "applied_by")
    inlines = (EntryTable,)
    list_display = ("key", "name", "applied_at", "applied_by")
    search_fields = ("key", "name")


@admin.register(GovernedObject)
class ObjectPages(Rows):
    """Objects are looked at here; they are edited, moved and brought to states on their page."""

    fields = (
        "key",
        "name",
        "object_type",
        "board",
        "parent",
        "state",
        "state_since",
        "attributes",
        "version",
        "created_at",
        "created_by",
        "modified_at",
    )
    list_display = ("name", "key", "object_type", "state", "board", "modified_at")
    list_select_related = ("object_type", "state", "board")
    list_filter = ("object_type", "board", "state", "modified_at")
    search_fields = ("key", "name")
    ordering = ("-id",)

    def view_on_site(self, obj: GovernedObject) -> str:
        return reverse("object", args=[obj.pk])


@admin.register(Import)
class ImportPages(Rows):
    """How far imports are and what came of them; a file is imported by a board's page, or by the
    command."""

    fields = (
        "file_name",
        "format",
        "object_type",
        "board",
        "username",
        "status",
        "problem",
        "line_count",
        "lines_done",
        "created",
        "updated",
        "unchanged",
        "relations_added",
        "relations_removed",
        "users_created",
        "bad_lines",
        "started_at",
        "ended_at",
    )
    list_display = ("file_name", "object_type", "board", "username", "status", "started_at")
    list_select_related = ("object_type", "board")
    list_filter = ("status", "object_type", "board")
    search_fields = ("file_name", "username")
    ordering = ("-id",)

    def view_on_site(self, obj: Import) -> str:
        return reverse("import", args=[obj.pk])
