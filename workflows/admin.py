"""The admin pages of lifecycles, and of workflows, which are published and switched there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from accounts.actor import Actor
from accounts.administration.asking import may, operates
from accounts.administration.buttons import Button
from accounts.administration.forms import lines
from accounts.administration.rows import Rows
from accounts.administration.themed import ThemedTable
from accounts.exceptions import Invalid, Problem
from catalog.administration.assets import AssetPages
from catalog.administration.tables import AssetPagesWithTables, AssetTable
from catalog.models import Lifecycle, State
from catalog.packages.fields import Content
from workflows.authoring.labels import labels_of, with_changes
from workflows.authoring.services import publishing
from workflows.lifecycle import mapping
from workflows.lifecycle.mapping import Mapped
from workflows.lifecycle.saving import move_mapped
from workflows.models import Transition, Version, Workflow

MAPPING = "One a line, as in “review: draft”: all objects of the first will stand in the second."


class StateTable(AssetTable):
    """The states of a lifecycle, in their order."""

    model = State
    kind_key = "workflowStates"
    within = "workflowKey"


class TransitionTable(AssetTable):
    """The transitions of a lifecycle; what else they have stands on pages of their own."""

    model = Transition
    kind_key = "workflowTransitions"
    within = "workflowKey"
    show_change_link = True
    left_out = frozenset(
        {
            "isForceComment",
            "requiredCommentTypeKey",
            "allowRequesterVote",
            "watchedAttributeKeys",
            "deadlineHours",
        }
    )
    labels: ClassVar = {
        "fromStateKey": "From",
        "toStateKey": "To",
        "changeThresholdTypeKey": "Mode",
    }


def _mapped(lifecycle: Lifecycle, given: Sequence[str] | None) -> list[Mapped]:
    """The lines of the form as a mapping to states that there are."""
    pairs = {
        key.strip(): into.strip() for key, _, into in (one.partition(":") for one in given or ())
    }
    present = lifecycle.states.values_list("key", flat=True)
    found, problems = mapping.mapped(pairs, [key for key in present if key not in pairs])
    if problems:
        raise Invalid(problems=problems)
    return found


@admin.register(Lifecycle)
class LifecyclePages(AssetPagesWithTables):
    """The states through which objects move, and the transitions between them."""

    kind_key = "workflows"
    labels: ClassVar = {"initStateKey": "Initial state"}
    references: ClassVar = {"initStateKey": "workflowStates"}
    inlines = (StateTable, TransitionTable)
    list_display = ("name", "key", "state_count", "transition_count")
    search_fields = ("key", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = {
            "states_counted": Count("states", distinct=True),
            "transitions_counted": Count("transitions", distinct=True),
        }
        rows: QuerySet[Any] = super().get_queryset(request).annotate(**counted)
        return rows

    def fields_of(self, request: HttpRequest, obj: Any | None) -> Mapping[str, forms.Field]:
        fields = dict(super().fields_of(request, obj))
        if obj is None:
            # It has no states yet, so none of them can be the first one.
            fields.pop("initStateKey")
        else:
            fields[mapping.FIELD] = lines("Where objects of deleted states go", MAPPING)
        return fields

    def read(self, obj: Any) -> Content:
        return {**super().read(obj), mapping.FIELD: []}

    def change(self, obj: Any, given: dict[str, Any], actor: Actor) -> Model:
        """The objects go first; whether their states leave is seen when the tables are saved."""
        obj.mapped = _mapped(obj, given.pop(mapping.FIELD, None))
        move_mapped(obj, obj.mapped, actor=actor)
        return super().change(obj, given, actor) if given else obj

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        left = [one.gone for one in getattr(form.instance, "mapped", ())]
        for state in State.objects.filter(lifecycle=form.instance, key__in=left):
            detail = f"The state {state.key} is not marked to be deleted, so its objects stay."
            raise Invalid(problems=[Problem(f"/{mapping.FIELD}", "stillThere", detail)])

    @admin.display(description="states", ordering="states_counted")
    def state_count(self, obj: Any) -> int:
        return int(obj.states_counted)

    @admin.display(description="transitions", ordering="transitions_counted")
    def transition_count(self, obj: Any) -> int:
        return int(obj.transitions_counted)


@admin.register(Transition)
class TransitionPages(AssetPages):
    """Moves from one state to another, with all they ask for."""

    kind_key = "workflowTransitions"
    labels: ClassVar = {
        "workflowKey": "Lifecycle",
        "fromStateKey": "From",
        "toStateKey": "To",
        "changeThresholdTypeKey": "Mode",
        "isForceComment": "Any comment is required",
        "requiredCommentTypeKey": "Required type of comment",
        "watchedAttributeKeys": "Watched attributes",
        "allowRequesterVote": "The requester may vote",
        "deadlineHours": "Deadline in hours",
    }
    list_display = ("name", "key", "lifecycle", "from_state", "to_state", "mode")
    list_filter = ("lifecycle", "mode")
    search_fields = ("key", "name")


# --- workflows -----------------------------------------------------------------------------------


def _publish(workflow: Workflow, actor: Actor) -> None:
    publishing.publish(workflow, actor=actor)


def _unpublish(workflow: Workflow, actor: Actor) -> None:
    publishing.unpublish(workflow, actor=actor)


def _enable(workflow: Workflow, actor: Actor) -> None:
    publishing.enable(workflow, actor=actor)


def _disable(workflow: Workflow, actor: Actor) -> None:
    publishing.disable(workflow, actor=actor)


class VersionTable(ThemedTable):
    """What was published, newest first."""

    model = Version
    fk_name = "workflow"
    fields = readonly_fields = ("number", "description", "published_by", "published_at", "run_as")
    extra = 0
    per_page = 20

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(operates(request)) and (obj is None or bool(may(request, "view", obj)))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("run_as", "workflow")


def _is_live(workflow: Workflow) -> bool:
    return workflow.live_version_id is not None


@admin.register(Workflow)
class WorkflowPages(Rows):
    """Workflows are written by their owners; here one sees them and switches them."""

    buttons = (
        Button(
            "publish",
            "Publish",
            "published",
            "publish",
            _publish,
            icon="publish",
            fits=lambda one: one.has_changes or not _is_live(one),
        ),
        Button(
            "enable",
            "Enable trigger",
            "enabled",
            "enable",
            _enable,
            icon="play_circle",
            fits=lambda one: one.status == Workflow.Status.PUBLISHED_DISABLED,
        ),
        Button(
            "disable",
            "Disable trigger",
            "disabled",
            "disable",
            _disable,
            icon="pause_circle",
            fits=lambda one: one.status == Workflow.Status.PUBLISHED_ENABLED,
        ),
        Button(
            "unpublish",
            "Unpublish",
            "unpublished",
            "unpublish",
            _unpublish,
            icon="unpublished",
            fits=_is_live,
        ),
    )
    fields = (
        "key",
        "name",
        "description",
        "workspace",
        "type",
        "draft_mode",
        "publication",
        "live_version",
        "tags",
        "time_back_minutes",
        "created_by",
        "created_at",
        "modified_at",
    )
    inlines = (VersionTable,)
    list_display = ("name", "key", "workspace", "publication", "modified_at")
    list_select_related = ("workspace",)
    list_filter = ("status", "workspace", "type")
    search_fields = ("key", "name", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_changes(super().get_queryset(request)).select_related(
            "workspace", "live_version", "created_by"
        )

    def view_on_site(self, obj: Workflow) -> str:
        return reverse("workflow", args=[obj.key])

    @admin.display(description="status", ordering="status")
    def publication(self, obj: Any) -> str:
        return ". ".join(label.text for label in labels_of(obj.status, obj.has_changes))
