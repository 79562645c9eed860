"""The addresses of workflows."""

from __future__ import annotations

from django.urls import path

from workflows.views import listing, switching, workflow

urlpatterns = [
    path("workflows/", listing.workflows, name="workflows"),
    path("workflows/<slug:key>/", workflow.page, name="workflow"),
    path("workflows/<slug:key>/publish/", switching.publish, name="publish-workflow"),
    path("workflows/<slug:key>/unpublish/", switching.unpublish, name="unpublish-workflow"),
    path("workflows/<slug:key>/enable/", switching.enable, name="enable-workflow"),
    path("workflows/<slug:key>/disable/", switching.disable, name="disable-workflow"),
]
