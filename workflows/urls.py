"""The addresses of workflows."""

from __future__ import annotations

from django.urls import path

from workflows.views import approvals, listing, switching, workflow

urlpatterns = [
    path("approvals/", approvals.page, name="approvals"),
    path("approvals/<int:pk>/vote/", approvals.vote, name="vote"),
    path("approvals/<int:pk>/vote/withdraw/", approvals.withdraw_vote, name="withdraw-vote"),
    path("approvals/<int:pk>/withdraw/", approvals.withdraw, name="withdraw-approval"),
    path("workflows/", listing.workflows, name="workflows"),
    path("workflows/<slug:key>/", workflow.page, name="workflow"),
    path("workflows/<slug:key>/publish/", switching.publish, name="publish-workflow"),
    path("workflows/<slug:key>/unpublish/", switching.unpublish, name="unpublish-workflow"),
    path("workflows/<slug:key>/enable/", switching.enable, name="enable-workflow"),
    path("workflows/<slug:key>/disable/", switching.disable, name="disable-workflow"),
]
