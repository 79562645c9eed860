"""The addresses of executions."""

from __future__ import annotations

from django.urls import path

from automations import views

urlpatterns = [
    path("executions/", views.executions, name="executions"),
    path("executions/<int:pk>/", views.execution, name="execution"),
]
