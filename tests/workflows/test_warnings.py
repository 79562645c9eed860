"""What has no effect yet is told at every door, and keeps nothing from being published."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from catalog.packages.applying import plan
from tests.cast import Cast, Client
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition
from tests.pages import browser, text_of
from workflows.authoring.services.drafts import save_draft
from workflows.authoring.services.workflows import create_workflow
from workflows.authoring.warnings import warnings

pytestmark = pytest.mark.django_db

PATIENT = {**NOTE, "retry": {"maxAttempts": 3}, "timeoutSeconds": 5}
WARNED = [("/steps/0/retry", "notYetActive"), ("/steps/0/timeoutSeconds", "notYetActive")]


@pytest.fixture
def patient(cast: Cast, kitchen: Kitchen) -> None:
    workflow = create_workflow("w", actor=SYSTEM, workspace=cast.main, owners=[cast.owner])
    save_draft(workflow, definition(PATIENT), actor=SYSTEM)


def places(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in found]


def test_checking_and_publishing_by_the_api_warn(api: Client, patient: None) -> None:
    checked = api("owner").post("/api/v1/workflows/w/draft/check/").json()
    assert (checked["problems"], places(checked["warnings"])) == ([], WARNED)
    published = api("owner").post("/api/v1/workflows/w/publish/", {}).json()
    assert (published["version"], places(published["warnings"])) == (1, WARNED)


def test_publishing_on_the_page_warns(cast: Cast, patient: None) -> None:
    page = browser(cast.owner).post("/workflows/w/publish/", follow=True)
    assert "retry is kept, but has no effect" in text_of(page)
    assert "Version 1 of w is live." in text_of(page)


def test_publishing_by_the_command_warns(patient: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("publish", "w")
    assert "/steps/0/timeoutSeconds: A step is not yet ended" in capsys.readouterr().out


def test_a_package_plan_warns(cast: Cast, kitchen: Kitchen) -> None:
    content = definition(PATIENT)
    automation = {"key": "w", "trigger": content["trigger"], "actions": content["steps"]}
    found = plan({"packageKey": "p", "automations": [automation]}, actor=SYSTEM)
    assert [one.pointer for one in found.not_yet_active] == ["/automations/0"]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        (definition(NOTE), []),
        ({"trigger": {"schedule": "daily", "time": "07:30"}, "steps": []}, ["/trigger/schedule"]),
        (
            {"steps": [{"type": "condition", "then": [PATIENT], "retry": {}}]},
            ["/steps/0/retry", "/steps/0/then/0/retry", "/steps/0/then/0/timeoutSeconds"],
        ),
        (
            {"steps": [{**NOTE, "onFailure": {"steps": [{**NOTE, "timeoutSeconds": 1}]}}]},
            ["/steps/0/onFailure/steps/0/timeoutSeconds"],
        ),
        ({"trigger": 3, "steps": {"retry": 1}}, []),
        ([], []),
    ],
)
def test_every_place_is_named_whatever_else_is_wrong(said: object, places: list[str]) -> None:
    assert [one.pointer for one in warnings(said)] == places
