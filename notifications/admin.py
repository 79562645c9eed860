"""The admin pages of what people are told: templates, and how deliveries went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.contrib import admin

from accounts.actor import Actor
from accounts.administration.buttons import Button
from accounts.administration.forms import Choices
from accounts.administration.rows import Rows
from catalog.administration.assets import AssetPages
from notifications.channels.registry import channels
from notifications.delivering import resend
from notifications.models import Delivery, Template


@admin.register(Template)
class TemplatePages(AssetPages):
    """Subject and body with expressions, checked as they are in packages."""

    kind_key = "notificationTemplates"
    labels: ClassVar = {
        "Module_Id": "Application",
        "recipientRelationTypes": "Recipients by relation",
        "notifyAuthor": "Tell the author, too",
    }
    list_display = ("name", "key", "subject", "application", "notifies_author")
    list_filter = ("application", "notifies_author")
    search_fields = ("key", "name", "subject")

    def offered(self) -> Mapping[str, Choices]:
        return {"channels": [(key, key) for key in sorted(channels.keys())]}


def _resend(delivery: Delivery, actor: Actor) -> None:
    resend(delivery, actor=actor)


@admin.register(Delivery)
class DeliveryPages(Rows):
    """How notifications went out. What they say stays with those whom they tell."""

    buttons = (
        Button(
            "resend",
            "Send again",
            "queued again",
            "resend",
            _resend,
            icon="forward_to_inbox",
            fits=lambda one: one.status in (Delivery.Status.FAILED, Delivery.Status.DOUBTFUL),
        ),
    )
    fields = ("channel", "recipient", "status", "attempts", "problem", "due_at", "sent_at")
    list_display = ("id", "channel", "recipient", "status", "attempts", "problem", "sent_at")
    list_select_related = ("notification__user",)
    list_filter = ("status", "channel", "sent_at")
    search_fields = ("notification__user__username", "problem")
    ordering = ("-id",)

    @admin.display(description="recipient", ordering="notification__user__username")
    def recipient(self, obj: Delivery) -> str:
        return obj.notification.user.username
