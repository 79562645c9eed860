"""Drafts, versions and the status of workflows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.exceptions import Conflict, Denied, Invalid
from accounts.models import Workspace
from automations.models import Deployment, EnabledSpan
from tests.cast import Cast
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from workflows.authoring.labels import has_unpublished_changes, with_changes
from workflows.authoring.services import drafts, publishing, workflows
from workflows.authoring.services.parts import shared_draft
from workflows.models import Version, Workflow

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft_of(kitchen: Kitchen, cast: Cast) -> Workflow:
    workflow = workflows.create_workflow(
        "greet", actor=cast.acting("owner"), workspace=Workspace.objects.get(key="main")
    )
    drafts.save_draft(workflow, definition(NOTE), actor=cast.acting("owner"))
    return workflow


def fresh(workflow: Workflow) -> Workflow:
    return Workflow.objects.get(pk=workflow.pk)


def test_publishing_numbers_versions_and_projects_the_deployment(
    draft_of: Workflow, cast: Cast
) -> None:
    owner = cast.acting("owner")
    first = publishing.publish(draft_of, actor=owner, description="one", tags=["a"])
    live = fresh(draft_of)
    assert (first.number, live.status, live.live_version) == (1, "publishedEnabled", first)
    assert live.tags == ["a"]
    assert first.run_as == cast["owner"]
    assert shared_draft(live) is None
    deployment = Deployment.objects.get(workflow=live)
    assert (deployment.version, deployment.event_kind) == (first, "workflowStateChanged")
    drafts.begin_draft(live, actor=owner)
    assert publishing.publish(live, actor=owner).number == 2
    assert Deployment.objects.get(workflow=live).version.number == 2
    assert EnabledSpan.objects.filter(workflow=live, until=None).count() == 1


def test_only_owners_publish(draft_of: Workflow, cast: Cast) -> None:
    with pytest.raises(Denied):
        publishing.publish(draft_of, actor=cast.acting("member"))
    publishing.publish(draft_of, actor=cast.acting("owner"))


def test_publishing_without_a_draft_conflicts(draft_of: Workflow, cast: Cast) -> None:
    publishing.publish(draft_of, actor=cast.acting("owner"))
    with pytest.raises(Conflict) as refusal:
        publishing.publish(draft_of, actor=cast.acting("owner"))
    assert refusal.value.code == "noDraft"


def test_publishing_over_another_version_conflicts(draft_of: Workflow, cast: Cast) -> None:
    with pytest.raises(Conflict):
        publishing.publish(draft_of, actor=cast.acting("owner"), expected_version=7)


def test_an_invalid_draft_is_refused_with_every_place(draft_of: Workflow, cast: Cast) -> None:
    owner = cast.acting("owner")
    broken = definition(
        {"type": "setAttributeValue", "attributeKey": "noot", "value": "{{ 1 + }}"},
        {"type": "setAtributeValue"},
        {"type": "setAttributeValue", "attributeKey": "servings", "value": "{{ 2 + 2 }}"},
        {"type": "setAttributeValue", "attributeKey": "servings", "value": "{{ 2 / 0 }}"},
        {"type": "setAttributeValue", "attributeKey": "servings", "value": "many"},
        {"type": "changeWorkflowState"},
        trigger={"event": "workflowStateChanged", "toStateKey": "reviews"},
    )
    drafts.save_draft(draft_of, broken, actor=owner)
    with pytest.raises(Invalid) as refusal:
        publishing.publish(draft_of, actor=owner)
    found = {one.pointer: (one.code, one.nearest) for one in refusal.value.problems}
    assert found["/trigger/toStateKey"] == ("unknownReference", "review")
    assert found["/steps/0/attributeKey"] == ("unknownReference", "note")
    assert found["/steps/1/type"] == ("unknownStepType", "setAttributeValue")
    assert found["/steps/5/toStateKey"][0] == "missing"
    assert "/steps/0/value" in found
    assert "/steps/2/value" not in found
    assert found["/steps/3/value"][0] == "divisionByZero"
    assert found["/steps/4/value"][0] == "wrongType"
    assert not Version.objects.exists()


def test_enable_and_disable_switch_the_trigger_only(draft_of: Workflow, cast: Cast) -> None:
    owner = cast.acting("owner")
    with pytest.raises(Conflict):
        publishing.enable(draft_of, actor=owner)
    publishing.publish(draft_of, actor=owner)
    publishing.disable(draft_of, actor=owner)
    assert fresh(draft_of).status == "publishedDisabled"
    assert not EnabledSpan.objects.filter(workflow=draft_of, until=None).exists()
    with pytest.raises(Conflict):
        publishing.disable(draft_of, actor=owner)
    drafts.begin_draft(draft_of, actor=owner)
    publishing.publish(draft_of, actor=owner)
    assert fresh(draft_of).status == "publishedDisabled"
    publishing.enable(draft_of, actor=owner)
    assert fresh(draft_of).status == "publishedEnabled"


def test_unpublish_leaves_the_live_definition_as_draft(draft_of: Workflow, cast: Cast) -> None:
    owner = cast.acting("owner")
    publishing.publish(draft_of, actor=owner)
    publishing.unpublish(draft_of, actor=owner)
    again = fresh(draft_of)
    assert (again.status, again.live_version) == ("notPublished", None)
    draft = shared_draft(again)
    assert draft is not None
    assert draft.definition == definition(NOTE)
    assert not Deployment.objects.filter(workflow=again).exists()
    with pytest.raises(Conflict):
        publishing.unpublish(again, actor=owner)


def test_unpublish_keeps_an_open_draft(draft_of: Workflow, cast: Cast) -> None:
    owner = cast.acting("owner")
    publishing.publish(draft_of, actor=owner)
    drafts.begin_draft(draft_of, actor=owner)
    other = definition({**NOTE, "value": "other"})
    drafts.save_draft(draft_of, other, actor=owner)
    publishing.unpublish(draft_of, actor=owner)
    draft = shared_draft(draft_of)
    assert draft is not None
    assert draft.definition == other


def test_unpublished_changes_are_a_draft_that_differs(draft_of: Workflow, cast: Cast) -> None:
    owner = cast.acting("owner")

    def answers() -> set[bool]:
        row = with_changes(Workflow.objects.filter(pk=draft_of.pk)).get()
        return {bool(row.has_changes), has_unpublished_changes(fresh(draft_of))}  # type: ignore[attr-defined]

    assert answers() == {False}
    publishing.publish(draft_of, actor=owner)
    drafts.begin_draft(draft_of, actor=owner)
    assert answers() == {False}
    drafts.save_draft(draft_of, definition({**NOTE, "value": "other"}), actor=owner)
    assert answers() == {True}
    drafts.revert_draft(draft_of, actor=owner)
    assert answers() == {False}
    with pytest.raises(Conflict):
        drafts.revert_draft(draft_of, actor=owner)


def test_the_status_cannot_be_assigned(kitchen: Kitchen) -> None:
    workflow = published("greet", definition(NOTE))
    with pytest.raises(AttributeError):
        workflow.status = "notPublished"


def test_the_database_refuses_a_live_workflow_without_version(kitchen: Kitchen) -> None:
    workflow = published("greet", definition(NOTE))
    with pytest.raises(IntegrityError), transaction.atomic():
        Workflow.objects.filter(pk=workflow.pk).update(live_version=None)


def test_what_the_system_makes_is_owned_by_the_admins(kitchen: Kitchen, cast: Cast) -> None:
    workflow = published("greet", definition(NOTE), actor=SYSTEM)
    with pytest.raises(Denied):
        publishing.disable(workflow, actor=cast.acting("owner"))
    publishing.disable(workflow, actor=cast.acting("admin"))
    publishing.enable(workflow, actor=cast.acting("admin"))


def test_a_deleted_workflow_leaves_nothing_live(draft_of: Workflow, cast: Cast) -> None:
    publishing.publish(draft_of, actor=cast.acting("owner"))
    workflows.delete_workflow(draft_of, actor=cast.acting("owner"))
    assert not Workflow.objects.exists()
    assert not Deployment.objects.exists()
