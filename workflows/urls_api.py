"""The API's addresses of lifecycles and workflows, below `/api/v1/`."""

from __future__ import annotations

from accounts.http.addresses import path
from workflows.authoring.api.publishing import (
    CheckDraft,
    DisableWorkflow,
    EnableWorkflow,
    OneVersion,
    PublishWorkflow,
    UnpublishWorkflow,
    Versions,
    WorkflowDraft,
)
from workflows.authoring.api.workflows import OneWorkflow, Workflows
from workflows.lifecycle.api.approvals import (
    Approvals,
    ApprovalVotes,
    BulkVotes,
    Delegations,
    OneApproval,
    OneDelegation,
)
from workflows.lifecycle.api.lifecycles import Lifecycles, ObjectTransitions, OneLifecycle

urlpatterns = [
    path("approvals/", Approvals.as_view()),
    path("approvals/bulk/", BulkVotes.as_view()),
    path("approvals/<int:id>/", OneApproval.as_view()),
    path("approvals/<int:id>/votes/", ApprovalVotes.as_view()),
    path("delegations/", Delegations.as_view()),
    path("delegations/<int:id>/", OneDelegation.as_view()),
    path("lifecycles/", Lifecycles.as_view()),
    path("lifecycles/<key:key>/", OneLifecycle.as_view()),
    path("objects/<int:id>/transitions/", ObjectTransitions.as_view()),
    path("workflows/", Workflows.as_view()),
    path("workflows/<key:key>/", OneWorkflow.as_view()),
    path("workflows/<key:key>/draft/", WorkflowDraft.as_view()),
    path("workflows/<key:key>/draft/check/", CheckDraft.as_view()),
    path("workflows/<key:key>/publish/", PublishWorkflow.as_view()),
    path("workflows/<key:key>/unpublish/", UnpublishWorkflow.as_view()),
    path("workflows/<key:key>/enable/", EnableWorkflow.as_view()),
    path("workflows/<key:key>/disable/", DisableWorkflow.as_view()),
    path("workflows/<key:key>/versions/", Versions.as_view()),
    path("workflows/<key:key>/versions/<int:number>/", OneVersion.as_view()),
]
