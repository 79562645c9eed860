"""The API's addresses of conditions, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from permissions.api import Conditions, OneCondition

urlpatterns = [
    path("conditions/", Conditions.as_view()),
    path("conditions/<int:id>/", OneCondition.as_view()),
]
