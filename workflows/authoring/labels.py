"""The labels of a workflow's publication, derived from what is stored, with their queryset twin."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from workflows.authoring.models import Draft, Workflow


@dataclass(frozen=True, slots=True)
class Label:
    """What stands beside a workflow's name: words, the name of an icon, and how it looks.

    `tone` is good, waiting, note or nothing, as `static/sluice.css` knows them.
    """

    text: str
    icon: str
    tone: str = ""


LABELS = {
    "notPublished": Label("Not published", "circle-dashed"),
    "publishedEnabled": Label("Published, trigger enabled", "circle-check", "good"),
    "publishedDisabled": Label("Published, trigger disabled", "player-pause", "waiting"),
}
UNPUBLISHED_CHANGES = Label("Has unpublished changes", "pencil", "note")


def with_changes(workflows: QuerySet[Workflow]) -> QuerySet[Workflow]:
    """Adds `has_changes`: a draft beside the live version that differs from it."""
    drafts = Draft.objects.filter(workflow=OuterRef("pk"), owner=None)
    differing = drafts.exclude(digest=OuterRef("live_version__digest"))
    return workflows.annotate(has_changes=Q(live_version__isnull=False) & Exists(differing))


def has_unpublished_changes(workflow: Workflow) -> bool:
    """The same, for one workflow."""
    live = workflow.live_version
    if live is None:
        return False
    drafts = Draft.objects.filter(workflow=workflow, owner=None)
    return drafts.exclude(digest=F("workflow__live_version__digest")).exists()


def labels_of(status: str, has_changes: bool) -> list[Label]:
    """The labels to show, the status first."""
    return [LABELS[status], UNPUBLISHED_CHANGES] if has_changes else [LABELS[status]]
