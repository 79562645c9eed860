"""The addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.mark_all_read, name="mark-all-read"),
    path("inbox/<int:pk>/open/", views.open_one, name="open-notification"),
    path("inbox/<int:pk>/read/", views.mark_read, name="mark-read"),
]
