"""`notifications/`, `notifications/ID/read/`, and the templates of notifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, DateTimeField

from accounts import gate
from accounts.gates import gated
from accounts.http.forms import Form, Text, Whole
from accounts.http.pagination import Sorted
from accounts.http.resources import Listing, Resource
from notifications.inbox import Entry, inbox_of, mark_read, shown
from notifications.models import Notification

NEWEST_FIRST = Sorted.by("-pk")


class NotificationForm(Form):
    """What the signed-in user was told; `body` is sanitised HTML."""

    id = Whole()
    subject = Text()
    body = Text(allow_blank=True)
    url = Text(allow_blank=True)
    object_id = Whole(allow_null=True)
    read_at = DateTimeField(allow_null=True)
    created_at = DateTimeField()


class NotificationParameters(Form):
    """How the inbox may be narrowed."""

    unread = ChoiceField(choices=["true", "false"], required=False)


@gated("view", Notification)
class Notifications(Listing):
    """The signed-in user's own inbox, newest first."""

    parameters = NotificationParameters

    @extend_schema(
        responses=NotificationForm(many=True),
        parameters=[NotificationParameters],
        summary="Read the inbox",
    )
    def get(self, request: Request) -> Response:
        rows = inbox_of(self.actor)
        if "unread" in self.query:
            rows = rows.filter(read_at__isnull=self.query["unread"] == "true")
        return self.answer_page(rows, NEWEST_FIRST, self._shown)

    def _shown(self, rows: Sequence[Notification]) -> list[dict[str, Any]]:
        return [_shown(entry) for entry in shown(rows, actor=self.actor)]


@gated("view", Notification)
class ReadNotification(Resource):
    """Marks a notification as read; a second time changes nothing."""

    @extend_schema(request=None, responses={200: NotificationForm}, summary="Mark as read")
    def post(self, request: Request, id: int) -> Response:
        found = gate.fetch(self.actor, Notification.objects.filter(is_in_inbox=True), pk=id)
        self.nothing()
        read = mark_read(found, actor=self.actor)
        return Response(_shown(shown([read], actor=self.actor)[0]))


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "subject": entry.subject,
        "body": entry.body,
        "url": entry.url,
        "objectId": entry.object_id,
        "readAt": entry.read_at,
        "createdAt": entry.created_at,
    }
