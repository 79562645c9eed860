"""The API's addresses of notifications, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from catalog.api.assets import addresses_of
from notifications.api import Notifications, ReadNotification

urlpatterns = [
    *addresses_of("notification-templates", "notificationTemplates"),
    path("notifications/", Notifications.as_view()),
    path("notifications/<int:id>/read/", ReadNotification.as_view()),
]
