"""Workflows as the API shows them, in few queries for a whole page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.grants import JOIN, OWN, all_holders
from accounts.services.users import admins
from workflows.authoring.labels import with_changes
from workflows.authoring.models import Version, Workflow


def with_columns(rows: QuerySet[Workflow]) -> QuerySet[Workflow]:
    """With what `present` reads beside each workflow."""
    return with_changes(rows).select_related("workspace", "live_version")


def present(rows: Sequence[Workflow], *, actor: Actor) -> list[dict[str, Any]]:
    """A page of workflows that were read `with_columns`."""
    owners, members = all_holders(rows, OWN), all_holders(rows, JOIN)
    mine = Workflow.objects.filter(pk__in=[row.pk for row in rows])
    editable = set(gate.narrow(actor, "edit", mine).values_list("pk", flat=True))
    keepers = _admins() if any(row.is_owned_by_admins for row in rows) else []
    return [
        {
            "key": row.key,
            "name": row.name,
            "description": row.description,
            "workspaceKey": row.workspace.key,
            "type": row.type,
            "draftMode": row.draft_mode,
            "status": row.status,
            "hasUnpublishedChanges": bool(getattr(row, "has_changes", False)),
            "liveVersion": row.live_version.number if row.live_version else None,
            "categoryKey": None,
            "sectionKey": None,
            "tags": row.tags,
            "owners": _joined(owners[row.pk], keepers if row.is_owned_by_admins else []),
            "members": members[row.pk],
            "timeBackMinutes": row.time_back_minutes,
            "canEdit": row.pk in editable,
        }
        for row in rows
    ]


def present_versions(rows: Sequence[Version]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "description": row.description,
            "tags": row.tags,
            "timeBackMinutes": row.time_back_minutes,
            "publishedBy": row.published_by,
            "publishedAt": row.published_at,
        }
        for row in rows
    ]


def _admins() -> list[str]:
    return list(admins().order_by("username").values_list("username", flat=True))


def _joined(names: list[str], more: list[str]) -> list[str]:
    return list(dict.fromkeys([*names, *more]))
