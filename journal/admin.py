"""The admin pages of the journal: what happened, and what no consumer could act on."""

from __future__ import annotations

from django.contrib import admin

from accounts.actor import Actor
from accounts.administration.buttons import Button
from accounts.administration.rows import Rows
from accounts.services.incidents import retry_incident
from journal.models import Event, Pending


@admin.register(Event)
class EventPages(Rows):
    """Events are written once and never changed."""

    fields = (
        "kind",
        "at",
        "subject_id",
        "subject_type_id",
        "actor_name",
        "via_kind",
        "via_id",
        "root_id",
        "depth",
        "payload",
    )
    list_display = ("id", "kind", "at", "subject_id", "actor_name", "via_kind", "depth")
    list_filter = ("kind", "via_kind", "at")
    search_fields = ("=subject_id", "actor_name", "kind")
    ordering = ("-id",)


def _retry(mark: Pending, actor: Actor) -> None:
    retry_incident(mark, actor=actor)


@admin.register(Pending)
class PendingPages(Rows):
    """Events that a consumer has still to act on. A parked one is an incident: it waits for us."""

    buttons = (
        Button(
            "retry",
            "Try again",
            "handed out again",
            "retry",
            _retry,
            icon="refresh",
            fits=lambda one: one.parked_at is not None,
        ),
    )
    fields = ("consumer", "event", "due_at", "lease_count", "leased_until", "parked_at", "problem")
    list_display = ("id", "consumer", "event", "due_at", "lease_count", "parked_at", "problem")
    list_select_related = ("event",)
    list_filter = ("consumer", ("parked_at", admin.EmptyFieldListFilter))
    search_fields = ("consumer", "problem")
    ordering = ("-parked_at", "-id")
