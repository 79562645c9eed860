"""The admin pages of executions: what ran, why, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.administration.asking import may, operates
from accounts.administration.rows import Rows
from accounts.administration.themed import ThemedTable
from automations.models import Execution, ExecutionItem


class ItemTable(ThemedTable):
    """The objects that an execution went through, with what each step did."""

    model = ExecutionItem
    fields = readonly_fields = ("position", "object_id", "status", "steps")
    extra = 0
    per_page = 20
    verbose_name_plural = "items"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(operates(request)) and (obj is None or bool(may(request, "view", obj)))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Execution)
class ExecutionPages(Rows):
    """One firing of a workflow, as it was recorded."""

    fields = (
        "workflow_key",
        "version_number",
        "mode",
        "status",
        "trigger",
        "event_id",
        "root_event_id",
        "depth",
        "actor_name",
        "run_as_name",
        "error",
        "created_at",
        "started_at",
        "ended_at",
        "item_count",
        "succeeded_count",
        "failed_count",
        "lease_count",
    )
    inlines = (ItemTable,)
    list_display = (
        "id",
        "workflow_key",
        "version_number",
        "mode",
        "status",
        "actor_name",
        "created_at",
        "ended_at",
        "failed_count",
    )
    list_filter = ("status", "mode", "created_at")
    search_fields = ("workflow_key", "actor_name")
