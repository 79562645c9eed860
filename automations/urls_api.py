"""The API's addresses of executions, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from automations.api.executions import Executions, Items, OneExecution, Steps

urlpatterns = [
    path("executions/", Executions.as_view()),
    path("executions/<int:id>/", OneExecution.as_view()),
    path("executions/<int:id>/items/", Items.as_view()),
    path("executions/<int:id>/steps/", Steps.as_view()),
]
